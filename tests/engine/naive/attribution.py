"""Who is credited with an order and what its journey says, read plainly: one step and one question after the other.

A step has an id, a kind, a moment, the number under which it was stored, a partner or None, and names. A contract has
a policy, whether it pays for the event type, and the window of each kind that it allows in microseconds.
"""

from datetime import datetime, timedelta
from typing import Any, NamedTuple

from .values import plain

BEGINNING = datetime(1970, 1, 1)


class Step(NamedTuple):
    id: str
    kind: str
    at: datetime
    number: int
    partner: int | None
    media: str
    channel: str
    groups: tuple[str, ...]
    facts: dict[str, Any]


class Contract(NamedTuple):
    is_first: bool
    pays: bool
    windows: dict[str, int]


def microseconds(moment):
    """Since 1970, by the world's clock."""
    return (moment.replace(tzinfo=None) - moment.utcoffset() - BEGINNING) // timedelta(microseconds=1)


def is_later(one, other):
    if microseconds(one.at) == microseconds(other.at):
        return one.number > other.number
    return microseconds(one.at) > microseconds(other.at)


def in_order(steps):
    """Each step behind all those that are not later."""
    ordered = []
    for step in steps:
        place = 0
        while place < len(ordered) and is_later(step, ordered[place]):
            place += 1
        ordered.insert(place, step)
    return ordered


def fault(step, event, contracts):
    """What is wrong with a step, None where it is valid."""
    age = microseconds(event) - microseconds(step.at)
    if age < 0:
        return "AFTER_EVENT"
    if step.partner is None:
        return "UNPAID"
    if step.partner not in contracts:
        return "NO_CONTRACT"
    contract = contracts[step.partner]
    if not contract.pays:
        return "NOT_COVERED"
    if step.kind not in contract.windows:
        return "KIND_NOT_ACCEPTED"
    return "OUTSIDE_WINDOW" if age > contract.windows[step.kind] else None


def winner(steps, event, contracts):
    valid = [step for step in steps if fault(step, event, contracts) is None]
    if any(step.kind == "CLICK" for step in valid):
        valid = [step for step in valid if step.kind == "CLICK"]
    for last in valid:
        if not any(is_later(other, last) for other in valid):
            break
    else:
        return None
    if not contracts[last.partner].is_first:
        return last
    [first] = [step for step in valid if not any(is_later(step, other) for other in valid)]
    return first


def judged(steps, event, contracts):
    """(id, verdict, whether valid) of every step in order of time."""
    won = winner(steps, event, contracts)
    return [(step.id, *verdict(step, won, event, contracts)) for step in in_order(steps)]


def verdict(step, won, event, contracts):
    wrong = fault(step, event, contracts)
    if wrong is not None:
        return wrong, False
    if step.id == won.id:
        return "CREDITED", True
    if step.kind == "IMPRESSION" and won.kind == "CLICK":
        return "BEATEN_BY_CLICK", True
    return ("NOT_FIRST" if is_later(step, won) else "NOT_LAST"), True


def reason(steps, event, contracts):
    """Why nobody is credited: the fault that lies nearest to being credited."""
    faults = {fault(step, event, contracts) for step in steps}
    if "OUTSIDE_WINDOW" in faults:
        return "OUTSIDE_ASSOCIATION_WINDOW"
    if "KIND_NOT_ACCEPTED" in faults:
        return "REFTYPE_NOT_ACCEPTED"
    if "NOT_COVERED" in faults:
        return "ACTIONTERMS_NOT_FOUND"
    if "NO_CONTRACT" in faults:
        return "CONTRACT_NOT_FOUND"
    return "NO_VALID_ACTION_REF" if faults else "ACTION_REF_NOT_FOUND"


def step_of(steps, partner, event):
    """Of a partner who is credited otherwise: the latest click, or else the latest impression."""
    own = [step for step in steps if step.partner == partner and microseconds(step.at) <= microseconds(event)]
    clicks = [step for step in own if step.kind == "CLICK"]
    for step in clicks or own:
        if not any(is_later(other, step) for other in clicks or own):
            return step
    return None


def overruled(steps, partner, event, contracts):
    """As `judged`, of an order whose partner is credited otherwise."""
    shown = step_of(steps, partner, event)
    found = []
    for step in in_order(steps):
        wrong = fault(step, event, contracts)
        says = "CREDITED" if shown and step.id == shown.id else wrong or "OVERRULED"
        found.append((step.id, says, wrong is None))
    return found


def values(steps, closing, event, contracts):
    """What the rules are told of the journey that the closing step is credited with."""
    path = [step for step in in_order(steps) if microseconds(step.at) <= microseconds(event)]
    if not path:
        return {}
    between = [step for step in path[1:] if closing is None or (step.id != closing.id and is_later(closing, step))]
    found = dict(closing.facts) if closing else {}
    found["PathSteps"] = len(path)
    found["PathMediaCount"] = len(
        {("partner", step.partner) if step.partner else ("source", same(step.media)) for step in path}
    )
    found["PathChannelCount"] = len({same(step.channel) for step in path if same(step.channel)})
    found["PathPartnerCount"] = len({step.partner for step in path if step.partner and step.kind == "CLICK"})
    valid = [step for step in path if fault(step, event, contracts) is None]
    found["PathPartnerCountProgram"] = len({step.partner for step in valid})
    parts = {"Introducing": path[:1], "Participating": between, "Closing": [closing] if closing else []}
    for name, part in parts.items():
        found[f"Path{name}Channels"] = {same(step.channel) for step in part if same(step.channel)}
        found[f"Path{name}Groups"] = {same(group) for step in part for group in step.groups}
        found[f"Path{name}Media"] = {same(step.media) for step in part}
    return found


def same(name):
    return plain(name).strip()
