"""Locking actions: from its lock instant on an action does not change (payouts.md §7)."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F

from contracts.agreements.plans import terms_of
from contracts.engine.document.sections.locking import OPEN_ENDED_DAYS
from contracts.engine.pricing.schedule import clearing_date
from tracking.models import Action, ActionUpdate
from tracking.models.conversion import Source

BATCH = 500
OPEN_ENDED = timedelta(days=OPEN_ENDED_DAYS)


def locks_at(action: Action) -> datetime:
    """The instant from which the action does not change; without an agreed date, 730 days after it was tracked."""
    return action.locking_date or action.event_date + OPEN_ENDED


def lock_actions(*, now: datetime, limit: int = BATCH) -> int:
    """Approve pending actions whose lock instant has passed, up to `limit` of them; returns how many.

    Each gets an update without a difference. Actions that are being changed at this moment are left for the next call;
    a modification dated before the lock instant is applied after it, too.
    """
    pending = Action.objects.filter(state=Action.State.PENDING)
    due = [
        pending.filter(locking_date__lte=now).order_by("locking_date"),
        pending.filter(locking_date__isnull=True, event_date__lte=now - OPEN_ENDED).order_by("event_date"),
    ]
    locked = 0
    for actions in due:
        with transaction.atomic():
            rows = list(
                actions.select_related("event_type", "program").select_for_update(skip_locked=True, of=("self",))[
                    :limit
                ]
            )
            _lock(rows)
        locked += len(rows)
    return locked


def _lock(actions: list[Action]) -> None:
    open_ended = [action for action in actions if action.locking_date is None]
    for action in open_ended:
        event_payout = terms_of(action.terms_version_id).event_payout(action.event_type.code)
        action.locking_date = locks_at(action)
        action.clearing_date = clearing_date(
            action.locking_date, event_payout.payout_scheduling, action.program.time_zone
        )
    Action.objects.bulk_update(open_ended, ["locking_date", "clearing_date"])
    ActionUpdate.objects.bulk_create(
        ActionUpdate(
            program_id=action.program_id,
            action=action,
            number=action.updates_count + 1,
            disposition=ActionUpdate.Disposition.LOCKED,
            update_date=locks_at(action),
            delta_amount=0,
            delta_payout=0,
            state=Action.State.APPROVED,
            order_state=action.order_state,
            limits=action.limits,
            what="Locked: from now on the action does not change",
            source=Source.SYSTEM,
        )
        for action in actions
    )
    Action.objects.filter(pk__in=[action.pk for action in actions]).update(
        state=Action.State.APPROVED, updates_count=F("updates_count") + 1
    )
