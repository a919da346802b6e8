"""The orders of one click: those that were credited by it, and those that name it and are held."""

from collections.abc import Iterable, Sequence

from django.db.models.fields.json import KT

from tracking.journeys.click_ids import written_click_id
from tracking.models import Action, Conversion, Step

MOST = 50


def credited_orders(step: Step) -> list[Action]:
    """The actions that it brought the credit or its values, the newest first, by the index of referring dates."""
    actions = Action.objects.filter(program=step.program_id, referring_date=step.at).select_related("partner")
    rows = actions.defer("context", "order_state", "profile").order_by("-event_date", "-id")[:MOST]
    return list(_that_keep(rows, str(step.id)))


def held_orders(step: Step) -> Sequence[Conversion]:
    """Orders that name it and could not be credited, the newest first."""
    held = Conversion.objects.filter(program=step.program_id, state=Conversion.State.HELD)
    named = held.alias(click=KT("payload__ClickId")).filter(click=written_click_id(step.id))
    return list(named.defer("payload").order_by("-id")[:MOST])


def _that_keep(actions: Iterable[Action], click: str) -> Iterable[Action]:
    """Those whose journey says that it is this one; an erased journey says nothing more of its steps."""
    for action in actions:
        kept = [step.get("Id") for step in action.journey.get("Steps", ()) if step["Verdict"] == "CREDITED"]
        if not any(kept) or click in kept:
            yield action
