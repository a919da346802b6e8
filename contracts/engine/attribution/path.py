"""What a journey says for the rules (payouts.md §12): path values of its steps, referral values of the credited one.

Introducing is the first step, closing the credited one, participating those between them.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from common.formats.comparison import compared
from contracts.engine.attribution.credit import Credit, Step, Verdict


def journey_values(credit: Credit) -> dict[str, Any]:
    """The referral and path values, by the names of parameters; none where there are no steps up to the event."""
    steps = [each.step for each in credit.judged if each.verdict is not Verdict.AFTER_EVENT]
    if not steps:
        return {}
    return {**_referral(credit.winner), **_path(steps, credit)}


def _referral(winner: Step | None) -> Mapping[str, Any]:
    return winner.facts if winner else {}


def _path(steps: Sequence[Step], credit: Credit) -> dict[str, Any]:
    closing = credit.winner
    between = [step for step in steps[1:] if closing is None or step.place < closing.place]
    parts = {"Introducing": steps[:1], "Participating": between, "Closing": [closing] if closing else []}
    values: dict[str, Any] = {
        "PathSteps": str(len(steps)),
        "PathMediaCount": str(len({_source(step) for step in steps})),
        "PathChannelCount": str(len(_distinct(step.channel for step in steps))),
        "PathPartnerCount": str(len({step.partner for step in steps if step.partner and step.kind == "CLICK"})),
        "PathPartnerCountProgram": str(len({each.step.partner for each in credit.judged if each.is_valid})),
    }
    for name, of_part in parts.items():
        values[f"Path{name}Channels"] = _distinct(step.channel for step in of_part)
        values[f"Path{name}Groups"] = _distinct(group for step in of_part for group in step.groups)
        values[f"Path{name}Media"] = _distinct(step.media for step in of_part)
    return values


def _source(step: Step) -> int | str:
    """Whom a step came from: a partner by id, an unpaid source by its name as it is compared."""
    return step.partner or compared(step.media)


def _distinct(names: Iterable[str]) -> list[str]:
    """Each once as they are compared, as it was written first, in the order of the journey."""
    found: dict[str, str] = {}
    for name in names:
        found.setdefault(compared(name), name)
    found.pop("", None)
    return list(found.values())
