"""Action locking on pages."""

from collections.abc import Mapping
from typing import Any

from django import forms

from common.web.field_messages import Worded
from contracts.engine.document.offsets import after_in_words
from contracts.engine.document.sections.locking import Locking

from .fields import count_field
from .panels import FormSection, worded


class LockingForm(Worded):
    has_locking = forms.BooleanField(required=False)
    locking_months = count_field(label="Months to lock")
    locking_days = count_field(label="Days to lock")
    locking_period = forms.ChoiceField(choices=[("DAY", "day"), ("MONTH", "month")], label="Locking period")


def read(data: Mapping[str, Any]) -> Locking:
    """The agreement as it was typed."""
    return Locking(data["locking_period"], data["locking_months"], data["locking_days"])


def initial(value: Locking) -> dict[str, Any]:
    return {
        "locking_months": value.month_offset,
        "locking_days": value.day_offset,
        "locking_period": value.period,
    }


def line(value: Locking | None) -> str:
    if value is None:
        return "never locked by date"
    return f"locked {after_in_words(value.month_offset, value.day_offset)} the {value.period.lower()}"


LOCKING = FormSection(
    section="locking",
    slug="action-locking",
    form=LockingForm,
    fields={"Locking.MonthOffset": "locking_months", "Locking.DayOffset": "locking_days"},
    initial=initial,
    value=read,
    switch="has_locking",
    switch_label="Lock actions after a time",
    help="Until an action locks you can change or reverse it. From then on it is approved. Switched off, actions stay "
    "open and lock by themselves after 730 days.",
    summarized=worded(line),
    sentences=(
        "Actions are locked {locking_months} months and {locking_days} days after the end of the {locking_period} "
        "they are tracked.",
    ),
)
