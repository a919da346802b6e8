"""Storing modifications, and the actions that they name. They wait as rows; `apply` does the rest."""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence

from django.db import transaction
from django.db.models import Q, QuerySet

from common.refusals import Refusal, Refused
from program.models import EventType, Program
from tracking.conversions.event_types import EventTypes, campaign_errors
from tracking.intake import ModificationData
from tracking.models import Action, Conversion, Modification, Upload
from tracking.models.conversion import Source

type OrderKey = tuple[int | None, str]  # event type, order id

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


def actions_named(program: int, modifications: Iterable[Modification]) -> dict[int | OrderKey, Action]:
    """The actions that these modifications are about, locked: by number, and the newest of each order id."""
    orders = Q(pk__in=[number for row in modifications if (number := action_number(row))])
    for event_type, order_ids in by_event_type(modifications).items():
        orders |= Q(event_type=event_type, order_id__in=order_ids)
    rows = _locked(Action.objects.filter(orders, program_id=program))
    found: dict[int | OrderKey, Action] = {}
    # An order id shared with a test order names the real one.
    for action in sorted(rows, key=lambda action: (not action.is_test, action.event_date, action.pk)):
        found[action.pk] = found[(action.event_type_id, action.order_id)] = action
    return _of_servers(found)


def _of_servers(found: dict[int | OrderKey, Action]) -> dict[int | OrderKey, Action]:
    """The same with the server's action, locked, in place of a browser's that was reversed in its favour; with none
    while the server's order waits or is held. Asked once the actions are locked: until then a worker may be pricing it.
    """
    reversed_ones = [action for action in found.values() if action.state == Action.State.REVERSED]
    if not reversed_ones:
        return found
    gave_way = Conversion.objects.filter(pk__in={each.conversion_id for each in reversed_ones}, state="DUPLICATE")
    servers = {pk: server for pk, server in gave_way.values_list("pk", "duplicate_of") if server}
    own = {action.conversion_id: action for action in _locked(Action.objects.filter(conversion__in=servers.values()))}
    kept = {key: action for key, action in found.items() if action.conversion_id not in servers}
    moved = {key: own.get(servers[action.conversion_id]) for key, action in found.items() if key not in kept}
    return kept | {key: action for key, action in moved.items() if action}


def _locked(actions: QuerySet[Action]) -> list[Action]:
    rows = actions.select_related("conversion", "event_type", "program").select_for_update(of=("self",))
    return list(rows.order_by("id"))


def by_event_type(modifications: Iterable[Modification]) -> dict[int | None, set[str]]:
    order_ids: dict[int | None, set[str]] = defaultdict(set)
    for row in modifications:
        if row.order_id:
            order_ids[row.event_type_id].add(row.order_id)
    return order_ids


def order_key(modification: Modification) -> OrderKey:
    return modification.event_type_id, modification.order_id


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


# Of a change that did not fit the browser's order: the server's may be another.
_UNFIT = (
    Modification.Reason.SKU_NOT_FOUND, Modification.Reason.SKU_ON_SEVERAL_LINES, Modification.Reason.AMOUNT_ON_ITEMS,
    Modification.Reason.QUANTITY_NOT_POSSIBLE, Modification.Reason.RAISED_BY_RETURN,
)  # fmt: skip


def wake_unfit(actions: Collection[Action]) -> int:
    """Queue again what did not fit these orders since they are there, but for what was dismissed; returns how many."""
    if not actions:
        return 0
    return Modification.objects.to_settle().filter(_settled_since(actions), reason__in=_UNFIT).wake()


def wake_applied(actions: Collection[Action]) -> int:
    """Queue again what was applied to these actions, and what found nothing to change in them since they are there:
    another action of the order is to have it. Returns how many.
    """
    if not actions:
        return 0
    applied = Modification.objects.filter(state=Modification.State.APPLIED)
    # Two queries: no index finds what either the one or the other is true of.
    theirs = applied.filter(actionupdate__action__in=actions)
    unchanging = applied.filter(_settled_since(actions), actionupdate=None)
    numbers = {*theirs.values_list("pk", flat=True), *unchanging.values_list("pk", flat=True)}
    return Modification.objects.filter(pk__in=numbers).wake()


def _settled_since(actions: Iterable[Action]) -> Q:
    """Whether a change is of these orders, and was applied or refused since they are there."""
    orders = Q(pk__in=[])
    for action in actions:
        orders |= Q(
            program=action.program_id,
            event_type=action.event_type_id,
            order_id=action.order_id,
            processed_at__gte=action.creation_date,
        )
    return orders
