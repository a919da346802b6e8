"""The form of a new check."""

from datetime import date, timedelta
from typing import Any

from django import forms

from common.web.field_messages import Worded
from program.models import EventType

MOST_DAYS = 366
_NO_DAY = {"invalid": "Choose a day, such as 2026-01-31."}


def _day() -> forms.DateInput:
    return forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})


class StatusCheckForm(Worded):
    event_type = forms.ChoiceField(label="Event type")
    start = forms.DateField(label="From", error_messages=_NO_DAY, widget=_day())
    end = forms.DateField(label="To, included", error_messages=_NO_DAY, widget=_day())
    re_engaged_after_days = forms.IntegerField(label="Re-Engaged after", min_value=1, max_value=3650)

    @classmethod
    def of(
        cls, event_types: list[EventType], chosen: EventType | None, today: date, data: Any = None
    ) -> "StatusCheckForm":
        """For one of these event types, of the last 30 days unless others are typed."""
        initial = {
            "event_type": chosen and chosen.pk,
            "start": today - timedelta(days=29),
            "end": today,
            "re_engaged_after_days": chosen.re_engaged_after_days if chosen else 365,
        }
        form = cls(data, initial=initial)
        form.fields["event_type"].choices = [(str(each.pk), each.name) for each in event_types]  # type: ignore[attr-defined]
        return form

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        start, end = data.get("start"), data.get("end")
        if start and end and start > end:
            self.add_error("start", "The first day is after the last. Swap them.")
        elif start and end and (end - start).days >= MOST_DAYS:
            self.add_error("start", f"Choose at most {MOST_DAYS} days.")
        return data
