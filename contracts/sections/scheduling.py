"""Payout scheduling on pages, and the panel that saves it together with locking and shows the dates of both."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils import timezone

from common.web.field_messages import Worded
from contracts.engine.document.offsets import after_in_words
from contracts.engine.document.sections.locking import OPEN_ENDED_DAYS, Locking
from contracts.engine.document.sections.scheduling import PERIODS, PayoutScheduling
from contracts.engine.pricing.schedule import clearing_date, lock_instant
from contracts.models import EventPayout

from .fields import count_field
from .locking import LOCKING
from .panels import FormSection, Panel, Preview, worded


class SchedulingForm(Worded):
    has_scheduling = forms.BooleanField(required=False)
    scheduling_months = count_field(label="Months to pay")
    scheduling_days = count_field(label="Days to pay")
    scheduling_period = forms.ChoiceField(choices=PERIODS.items(), label="Scheduling period")


def read(data: Mapping[str, Any]) -> PayoutScheduling:
    """The agreement as it was typed."""
    return PayoutScheduling(data["scheduling_period"], data["scheduling_months"], data["scheduling_days"])


def initial(value: PayoutScheduling) -> dict[str, Any]:
    return {
        "scheduling_months": value.month_offset,
        "scheduling_days": value.day_offset,
        "scheduling_period": value.period,
    }


def line(value: PayoutScheduling | None) -> str:
    if value is None or not (value.month_offset or value.day_offset):
        return "paid on the day they lock"
    return f"paid {after_in_words(value.month_offset, value.day_offset)} the {PERIODS[value.period]}"


SCHEDULING = FormSection(
    section="payout_scheduling",
    slug="payout-scheduling",
    form=SchedulingForm,
    fields={
        "PayoutScheduling.MonthOffset": "scheduling_months",
        "PayoutScheduling.DayOffset": "scheduling_days",
    },
    initial=initial,
    value=read,
    switch="has_scheduling",
    switch_label="Pay some time after locking",
    help="Switched off, or with 0 months and 0 days, actions are paid on the day they lock.",
    summarized=worded(line),
    sentences=(
        "Payouts are paid {scheduling_months} months and {scheduling_days} days after the end of the "
        "{scheduling_period} they lock.",
    ),
)


@dataclass(frozen=True, slots=True)
class Dates:
    """What happens to an order of today: local days, and the moment it locks."""

    tracked: date
    period_ends: date | None
    period: str
    locks: datetime
    paid: date
    is_open_ended: bool
    open_ended_days: int = OPEN_ENDED_DAYS


def dates_of(event_payout: EventPayout, agreed: Mapping[str, Any]) -> dict[str, Any]:
    """When an order of this moment locks and is paid, as was agreed."""
    zone = event_payout.template_terms.program.time_zone
    now = timezone.now()
    locking: Locking | None = agreed["locking"]
    locks = lock_instant(now, locking, zone)
    ends = None
    if locking is not None:
        ends = _local(lock_instant(now, Locking(locking.period), zone), zone) - timedelta(days=1)
    dates = Dates(
        tracked=_local(now, zone),
        period_ends=ends,
        period="" if locking is None else locking.period.lower(),
        locks=locks,
        paid=clearing_date(locks, agreed["payout_scheduling"], zone),
        is_open_ended=locking is None,
    )
    return {"dates": dates}


def _local(moment: datetime, zone: str) -> date:
    return timezone.localtime(moment, ZoneInfo(zone)).date()


SCHEDULE = Panel(
    slug="schedule",
    title="Locking and payment",
    sections=(LOCKING, SCHEDULING),
    saved="Locking and paying are saved in the draft.",
    preview=Preview("dates", "contracts/_dates.html", dates_of),
)
