"""Applying waiting modifications: each is one more update of its action, priced by the version that priced it first."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable
from datetime import timedelta
from functools import partial
from operator import attrgetter

import structlog
from celery.exceptions import SoftTimeLimitExceeded
from django.db import OperationalError, connection, transaction
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone

from common.db.session_lock import APPLYING, session_lock, session_lock_if_free
from common.db.statements import AnyOf
from tracking.limits.counters import Counters
from tracking.limits.kept import places_of
from tracking.limits.reversal_policy import ReversalPolicies
from tracking.models import Action, ActionUpdate, Conversion, Modification
from tracking.pricing.claims import ATTEMPTS, in_words

from .new_modifications import OrderKey, action_number, actions_named, by_event_type, order_key
from .order_changes import ModificationRefused, Reason
from .update import Updated, apply_modification, write_updates

log = structlog.get_logger(__name__)

BATCH = 200
LONGEST = 60  # seconds for a batch; then it is ended


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
    for event_type, order_ids in by_event_type(first).items():
        orders |= Q(event_type=event_type, order_id__in=order_ids)
    locked = ready.filter(orders).select_related("program").order_by("id").select_for_update(of=("self",))
    rows = sorted(locked, key=attrgetter("place"))
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
        waiting = Modification.objects.waiting().filter(pk__in=ids).select_related("event_type", "program")
        modifications = sorted(waiting.order_by("id").select_for_update(of=("self",)), key=attrgetter("place"))
        actions = actions_named(program, modifications)
        before = _signs(program, modifications)
        applied = _applied(set(actions.values()))
        policies = ReversalPolicies(set(actions.values()))
        counters = Counters()
        counters.lock(places_of({action.pk: action for action in actions.values()}.values()))
        updated = []
        for modification in modifications:
            action = actions.get(action_number(modification) or order_key(modification))
            change = partial(
                apply_modification, modification=modification, applied=applied[action.pk if action else None],
                policies=policies, counters=counters,
            )  # fmt: skip
            outcome = _isolated(modification, action, change, replay=_sign(modification) in before)
            if outcome is not None:
                before.add(_sign(modification))
                applied[outcome.update.action_id].append(modification)
                updated.append(outcome)
        write_updates(updated)
        counters.write()
        Modification.objects.bulk_update(modifications, ["state", "reason", "detail", "processed_at"])
        return len(modifications)


def _isolated(
    modification: Modification, action: Action | None, change: Callable[..., Updated | None], *, replay: bool
) -> Updated | None:
    """Apply one modification in memory, by `change`, and set its outcome; None where the action stays as it is."""
    modification.processed_at = timezone.now()
    modification.state, modification.reason = Modification.State.REFUSED, ""
    updated = None
    try:
        if action is None:
            raise ModificationRefused(Reason.ORDER_NOT_FOUND, _why_no_action(modification))
        if not replay:
            updated = change(action=action)
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


type Sign = tuple[OrderKey, object, tuple[tuple[str, str], ...], int]


def _sign(modification: Modification) -> Sign:
    """The key by which two modifications are the same one, delivered twice."""
    said = tuple(sorted(modification.payload.items()))
    return order_key(modification), modification.modification_date, said, modification.repetition


def _applied(actions: Collection[Action]) -> dict[int | None, list[Modification]]:
    """By action what was applied to it before; no query where nothing was."""
    applied: dict[int | None, list[Modification]] = defaultdict(list)
    if changed := [action.pk for action in actions if action.updates_count > 1]:
        updates = ActionUpdate.objects.filter(AnyOf(F("action_id"), changed), modification__isnull=False)
        for update in updates.select_related("modification__program"):
            assert update.modification is not None
            applied[update.action_id].append(update.modification)
    return applied


def _signs(program: int, modifications: Iterable[Modification]) -> set[Sign]:
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
