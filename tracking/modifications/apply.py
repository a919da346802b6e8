"""Applying waiting modifications: each is one more update of its action, priced by the version that priced it first."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import timedelta

import structlog
from celery.exceptions import SoftTimeLimitExceeded
from django.db import OperationalError, connection, transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone

from common.db.session_lock import APPLYING, session_lock, session_lock_if_free
from tracking.limits.counters import Counters
from tracking.limits.kept import places_of
from tracking.limits.reversal_policy import ReversalPolicies
from tracking.models import Action, Conversion, Modification
from tracking.pricing.claims import ATTEMPTS, in_words

from .new_modifications import action_number
from .order_changes import ModificationRefused, Reason
from .update import Updated, apply_modification, write_updates

log = structlog.get_logger(__name__)

BATCH = 200
LONGEST = 60  # seconds for a batch; then it is ended
type OrderKey = tuple[int | None, str]


def apply_modifications(*, program_id: int | None = None, limit: int = BATCH) -> int:
    """Apply waiting modifications of one program or of all; returns how many were applied or refused.

    A program's modifications are applied by one worker at a time, because their order matters: those of one action by
    modification date. Those whose order waits to be priced stay waiting.
    """
    waiting = Modification.objects.waiting()
    if program_id is not None:
        waiting = waiting.filter(program_id=program_id)
    done = 0
    for program in sorted(set(waiting.values_list("program_id", flat=True).distinct())):
        with session_lock_if_free(APPLYING, program) as held:
            done += _apply_batch(program, limit) if held else 0
    return done


def apply_all(program_id: int) -> int:
    """Apply until nothing of the program can be applied; takes turns with workers. Returns how many it did."""
    done = 0
    while True:
        with session_lock(APPLYING, program_id):
            count = _apply_batch(program_id, BATCH)
        done += count
        if not count:
            return done


def wake_found() -> int:
    """Have modifications wait again that were refused at the very moment in which their order was priced."""
    orders = Conversion.objects.of_order(OuterRef("event_type"), OuterRef("order_id"))
    found = orders.filter(state=Conversion.State.PRICED)
    lately = timezone.now() - timedelta(hours=1)
    return Modification.objects.without_order().filter(Exists(found), processed_at__gte=lately).wake()


def _apply_batch(program: int, limit: int) -> int:
    with transaction.atomic():
        ids = _begin(program, limit)
    if not ids:
        return 0
    try:
        return _apply(program, ids)
    except OperationalError:
        _take_back(ids)
        raise
    except SoftTimeLimitExceeded:
        return _ran_out_of_time(ids)
    except Exception:
        log.exception("a batch of modifications could not be written; they are applied one by one", count=len(ids))
    return sum(_apply_alone(program, pk) for pk in ids)


def _begin(program: int, limit: int) -> list[int]:
    """Mark the next modifications as begun and return their ids, in the order in which they apply.

    Each one brings all others that wait for the same order: a later batch would apply them too late. After a worker
    died over a batch they are applied one at a time, still in their order: the one that kills the worker must not
    affect the others, and only a death over it alone counts as its attempt.
    """
    waiting = Modification.objects.waiting().filter(program_id=program)
    same_order = Conversion.objects.of_order(OuterRef("event_type"), OuterRef("order_id"))
    unpriced = same_order.waiting().filter(program_id=program)
    ready = waiting.filter(~Exists(unpriced) | Q(order_id=""))
    first = list(ready.order_by("id")[:limit])
    orders = Q(pk__in=[row.pk for row in first])
    for event_type, order_ids in _by_event_type(first).items():
        orders |= Q(event_type=event_type, order_id__in=order_ids)
    rows = list(ready.filter(orders).order_by("modification_date", "id").select_for_update(of=("self",)))
    worker_died = [row.pk for row in rows if row.attempts >= ATTEMPTS]
    Modification.objects.filter(pk__in=worker_died).update(
        state=Modification.State.REFUSED,
        reason=Reason.GIVEN_UP,
        detail=f"Applying it was interrupted {ATTEMPTS} times. "
        "Have the operator of Brandboard read the log, then send it again.",
        processed_at=timezone.now(),
    )
    rows = [row for row in rows if row.attempts < ATTEMPTS]
    if any(row.begun_together or row.attempts for row in rows):
        rows = rows[:1]
    begun = Modification.objects.filter(pk__in=[row.pk for row in rows])
    if len(rows) == 1:
        begun.update(attempts=F("attempts") + 1)
    else:
        begun.update(begun_together=True)
    return [row.pk for row in rows]


def _take_back(ids: list[int]) -> None:
    """The database failed, so this does not count as an attempt."""
    begun = Modification.objects.waiting().filter(pk__in=ids)
    if len(ids) == 1:
        begun.update(attempts=F("attempts") - 1)
    else:
        begun.update(begun_together=False)


def _ran_out_of_time(ids: list[int]) -> int:
    """Refuse a modification that was alone; several wait again, and are applied one at a time."""
    connection.close()  # a statement may be running
    log.error("applying modifications took too long and was ended", modifications=len(ids))
    if len(ids) == 1:
        Modification.objects.waiting().filter(pk__in=ids).update(
            state=Modification.State.REFUSED,
            reason=Reason.GIVEN_UP,
            detail=f"Applying it alone took longer than {LONGEST} seconds. Nothing was changed.",
            processed_at=timezone.now(),
        )
    return len(ids)


def _apply(program: int, ids: list[int]) -> int:
    with transaction.atomic():
        waiting = Modification.objects.waiting().filter(pk__in=ids).select_related("event_type")
        modifications = list(waiting.order_by("modification_date", "id").select_for_update(of=("self",)))
        actions = _actions(program, modifications)
        before = _applied(program, modifications)
        policies = ReversalPolicies(set(actions.values()))
        counters = Counters()
        counters.lock(places_of({action.pk: action for action in actions.values()}.values()))
        updated = []
        for modification in modifications:
            action = actions.get(action_number(modification) or _order(modification))
            outcome = _isolated(modification, action, policies, counters, replay=_sign(modification) in before)
            if outcome is not None:
                before.add(_sign(modification))
                updated.append(outcome)
        write_updates(updated)
        counters.write()
        Modification.objects.bulk_update(modifications, ["state", "reason", "detail", "processed_at"])
        return len(modifications)


def _isolated(
    modification: Modification, action: Action | None, policies: ReversalPolicies, counters: Counters, *, replay: bool
) -> Updated | None:
    """Apply one modification in memory and set its outcome; None where the action stays as it is."""
    modification.processed_at = timezone.now()
    modification.state, modification.reason = Modification.State.REFUSED, ""
    updated = None
    try:
        if action is None:
            raise ModificationRefused(Reason.ORDER_NOT_FOUND, _why_no_action(modification))
        if not replay:
            updated = apply_modification(action=action, modification=modification, policies=policies, counters=counters)
    except ModificationRefused as refused:
        modification.reason, modification.detail = refused.reason, str(refused)
        return None
    except (OperationalError, SoftTimeLimitExceeded):
        raise
    except Exception as error:
        log.exception("a modification could not be applied", modification=modification.pk)
        modification.reason, modification.detail = Reason.ERROR, in_words(error)
        return None
    modification.state = Modification.State.APPLIED
    if replay:
        modification.detail = "Nothing to change: the same modification was sent before"
    else:
        modification.detail = updated.update.what if updated else "Nothing to change: the order is already like this"
    return updated


def _apply_alone(program: int, pk: int) -> int:
    try:
        return _apply(program, [pk])
    except OperationalError:
        raise
    except SoftTimeLimitExceeded:
        return _ran_out_of_time([pk])
    except Exception as error:
        log.exception("a modification could not be written", modification=pk)
        return (
            Modification.objects.waiting()
            .filter(pk=pk)
            .update(
                state=Modification.State.REFUSED,
                reason=Reason.ERROR,
                detail=in_words(error),
                processed_at=timezone.now(),
            )
        )


def _actions(program: int, modifications: Iterable[Modification]) -> dict[int | OrderKey, Action]:
    """The actions that these modifications are about, locked: by number, and the newest of each order id."""
    orders = Q(pk__in=[number for row in modifications if (number := action_number(row))])
    for event_type, order_ids in _by_event_type(modifications).items():
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
    pairs = gave_way.values_list("pk", "duplicate_of")
    servers = {browser: server for browser, server in pairs if server}
    own = {action.conversion_id: action for action in _locked(Action.objects.filter(conversion__in=servers.values()))}
    kept = {key: action for key, action in found.items() if action.conversion_id not in servers}
    moved = {key: own.get(servers[action.conversion_id]) for key, action in found.items() if key not in kept}
    return kept | {key: action for key, action in moved.items() if action}


def _locked(actions: QuerySet[Action]) -> list[Action]:
    rows = actions.select_related("conversion", "event_type", "program").select_for_update(of=("self",))
    return list(rows.order_by("id"))


def _by_event_type(modifications: Iterable[Modification]) -> dict[int | None, set[str]]:
    order_ids: dict[int | None, set[str]] = defaultdict(set)
    for row in modifications:
        if row.order_id:
            order_ids[row.event_type_id].add(row.order_id)
    return order_ids


def _order(modification: Modification) -> OrderKey:
    return modification.event_type_id, modification.order_id


type Sign = tuple[OrderKey, object, tuple[tuple[str, str], ...], int]


def _sign(modification: Modification) -> Sign:
    """The key by which two modifications are the same one, delivered twice."""
    said = tuple(sorted(modification.payload.items()))
    return _order(modification), modification.modification_date, said, modification.repetition


def _applied(program: int, modifications: Iterable[Modification]) -> set[Sign]:
    """The keys of what was applied to the same orders before."""
    order_ids = {row.order_id for row in modifications}
    rows = Modification.objects.filter(program_id=program, order_id__in=order_ids, state=Modification.State.APPLIED)
    return {_sign(row) for row in rows}


def _why_no_action(modification: Modification) -> str:
    named = f"order {modification.order_id}"
    conversion = Conversion.objects.filter(
        program_id=modification.program_id, event_type=modification.event_type_id, order_id=modification.order_id
    ).exclude(state=Conversion.State.DUPLICATE).order_by("-id").first()  # fmt: skip
    if conversion is None:
        return f"No {named} of this event type has arrived yet. The change is applied when the order arrives."
    if conversion.erased_at:
        return f"The {named} made no action before its customer was erased, and never will. Dismiss the change."
    return (
        f"The {named} made no action ({conversion.get_reason_display() or conversion.get_state_display()}). "
        "The change is applied when the order is priced."
    )
