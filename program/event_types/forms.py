"""The form of an event type."""

from typing import Any

from django import forms

from common.web.edit_forms import EditForm
from program.event_types.services import event_type_values
from program.models import EventType


class EventTypeForm(EditForm):
    code = forms.CharField(
        max_length=40, help_text="Sent as EventTypeCode with each conversion, such as SALE. It cannot be changed later."
    )
    name = forms.CharField(max_length=120, help_text="The name on pages and in reports.")
    category = forms.ChoiceField(choices=EventType.Category)
    is_active = forms.BooleanField(
        label="Active",
        required=False,
        initial=True,
        help_text="If off, new orders of it are refused and waiting ones are not priced. What was paid stays paid.",
    )
    payout_levels = forms.ChoiceField(
        label="Payout level offered",
        choices=EventType.PayoutLevels,
        help_text="How template terms may pay: once for the order, or for each of its items.",
    )
    deduplication_days = forms.IntegerField(
        label="De-duplication window, days",
        min_value=1,
        max_value=366,
        initial=30,
        help_text="The same order id within these days, by event date, is the same conversion and paid once.",
    )

    reported_by = forms.ChoiceField(
        label="Orders are reported by",
        choices=EventType.Reporters,
        widget=forms.RadioSelect,
        initial=EventType.Reporters.SERVER,
        help_text="Your server: what browsers send is refused. Both: the server’s order replaces the browser’s of the "
        "same order id; its partner stays where both send the same customer id or amount. Browsers can be made to lie.",
    )
    works_out_status = forms.BooleanField(
        label="Work it out from the customer’s earlier orders",
        required=False,
        help_text="Off: it stays empty, and reports count the order under Other. A status that is sent always counts. "
        "Orders that are priced already stay as they are.",
    )
    re_engaged_after_days = forms.IntegerField(
        label="Re-Engaged after",
        min_value=1,
        max_value=3650,
        initial=365,
        required=False,
        help_text="Without an earlier order they are New, within these days of the last one Existing.",
    )

    ADVANCED = ("payout_levels", "deduplication_days")

    @classmethod
    def of(cls, event_type: EventType, data: Any = None) -> "EventTypeForm":
        """The form of an existing event type; its code is shown and cannot change."""
        form = cls(data, initial=event_type_values(event_type))
        form.fields["code"].disabled = True
        form.fields["code"].help_text = "Published terms and stored conversions name it, so it stays."
        return form

    def clean_re_engaged_after_days(self) -> int:
        """Left empty, it stays as it is: it counts for nothing while the switch is off."""
        days: int | None = self.cleaned_data["re_engaged_after_days"]
        if days is None and self.cleaned_data.get("works_out_status"):
            raise forms.ValidationError("Enter a number of days.")
        return days or int(self.get_initial_for_field(self.fields["re_engaged_after_days"], "re_engaged_after_days"))

    def has_advanced_errors(self) -> bool:
        return any(name in self.errors for name in self.ADVANCED)
