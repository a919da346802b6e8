"""Storing modifications. They wait as rows; `applying` does the rest."""

import re
from collections.abc import Collection, Sequence

from django.db import transaction
from django.db.models import Q

from common.refusals import Refusal, Refused
from program.models import EventType, Program
from tracking.conversions.event_types import EventTypes, campaign_errors
from tracking.intake import ModificationData
from tracking.models import Action, Modification, Upload
from tracking.models.conversion import Source

_ACTION_ID = re.compile(r"([0-9]{1,10})\.([0-9]{1,18})\.([0-9]{1,18})")


def check_modification(
    program: Program, data: ModificationData, *, event_types: EventTypes
) -> tuple[EventType | None, Action | None]:
    """Return the event type, and the action where its id was sent; raises Refused with all that is unknown.

    An order id need not be known: the order may arrive later. The event type may have been switched off since.
    """
    errors = campaign_errors(program, data.campaign_id)
    event_type = action = None
    try:
        event_type = event_types.of(data.event_key, switched_off=True) if data.event_key else None
    except Refused as refused:
        errors += refused
    if data.action_id is not None:
        action = _named(program, data.action_id)
        if action is None:
            errors.append(Refusal("ActionId", f"{data.action_id} is not a known action of this program.", "unknown"))
        elif data.order_id is not None and data.order_id != action.order_id:
            errors.append(
                Refusal("OrderId", f"Action {data.action_id} is of order {action.order_id}; leave OrderId out.")
            )
    if errors:
        raise Refused(*errors)
    return event_type, action


def store_modifications(
    program: Program,
    modifications: Sequence[ModificationData],
    *,
    source: Source,
    upload: Upload | None = None,
    event_types: EventTypes | None = None,
    repetitions: Sequence[int] = (),
) -> list[Modification]:
    """Store modifications as waiting rows, in their order. Raises Refused before anything is stored.

    `repetitions` counts for each how often its sender repeated it before; without it, each is the first. The caller
    enqueues the task. Whether the order allows a modification is decided when it is applied, as the order may still be
    waiting.
    """
    event_types = event_types or EventTypes(program)
    rows = []
    for index, data in enumerate(modifications):
        event_type, action = check_modification(program, data, event_types=event_types)
        rows.append(
            Modification(
                program=program,
                event_type_id=action.event_type_id if action else event_type.pk if event_type else None,
                order_id=action.order_id if action else data.order_id or "",
                modification_date=data.modification_date,
                source=source,
                upload=upload,
                payload={**data.payload, "Reason": data.reason},
                repetition=repetitions[index] if repetitions else 0,
            )
        )
    with transaction.atomic():
        return Modification.objects.bulk_create(rows, batch_size=2_000)


def action_number(modification: Modification) -> int | None:
    """The row number of the action, where the modification names it by ActionId."""
    match = _ACTION_ID.fullmatch(modification.payload.get("ActionId", ""))
    return int(match[3]) if match else None


def _named(program: Program, action_id: str) -> Action | None:
    match = _ACTION_ID.fullmatch(action_id)
    if match is None or int(match[1]) != program.pk:
        return None
    return Action.objects.filter(program=program, event_type_id=int(match[2]), pk=int(match[3])).first()


@transaction.atomic
def retry_modifications(ids: Collection[int], *, program: Program) -> int:
    """Queue refused modifications again; returns how many."""
    refused = Modification.objects.filter(program=program, pk__in=ids, state=Modification.State.REFUSED)
    return refused.wake()


def wake_applied(actions: Collection[Action]) -> int:
    """Queue again what was applied to these actions, and what found nothing to change in them since they are there:
    another action of the order is to have it. Returns how many.
    """
    applied = Q(pk__in=[])
    for action in actions:
        order = Q(event_type=action.event_type_id, order_id=action.order_id, processed_at__gte=action.creation_date)
        applied |= Q(actionupdate__action=action) | order & Q(actionupdate=None)
    rows = Modification.objects.filter(applied, state=Modification.State.APPLIED) if actions else None
    return 0 if rows is None else Modification.objects.filter(pk__in=set(rows.values_list("pk", flat=True))).wake()
