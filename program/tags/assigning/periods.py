"""What becomes of the times that a customer carries a tag when it is assigned or removed from a moment on. Pure."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple


class Period(NamedTuple):
    """From when, included, until when, excluded; without an end it is carried today."""

    since: datetime
    until: datetime | None = None


class Plan(NamedTuple):
    """By place in the periods that were given: which one is changed to what, and which are removed; a new one has no
    place. `moved` are the times that the customer carries the tag now and did not before, or the other way round.
    """

    changed: Sequence[tuple[int | None, Period]] = ()
    removed: Sequence[int] = ()
    moved: Sequence[Period] = ()


def assigned(periods: Sequence[Period], since: datetime) -> Plan:
    """Carried from this moment on, without an end: what lasts until then or begins later becomes one period with it."""
    order = sorted(place for place, each in enumerate(periods) if each.until is None or each.until > since)
    order.sort(key=lambda place: periods[place].since)
    moved, end = [], since
    for place in order:
        each = periods[place]
        if each.since > end:
            moved.append(Period(end, each.since))
        if each.until is None:
            break
        end = each.until
    else:
        moved.append(Period(end))
    if not moved:
        return Plan()
    if not order:
        return Plan([(None, Period(since))], moved=moved)
    first, *others = order
    return Plan([(first, Period(min(since, periods[first].since)))], others, moved)


def ended(periods: Sequence[Period], until: datetime) -> Plan:
    """Carried until this moment at most: what begins at it or later is removed."""
    changed: list[tuple[int | None, Period]] = []
    removed, moved = [], []
    for place, each in enumerate(periods):
        if each.until is not None and each.until <= until:
            continue
        if each.since >= until:
            removed.append(place)
        else:
            changed.append((place, Period(each.since, until)))
        moved.append(Period(max(each.since, until), each.until))
    return Plan(changed, removed, moved)
