"""Forms of a draft's head, its event types, and a row's place. Whether it makes sense in terms, the services say."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.db.models import Q, QuerySet

from common.currencies import CURRENCY_DIGITS
from common.db.edits import Values
from common.web.combobox import Combobox
from common.web.edit_forms import EditForm
from common.web.field_messages import Worded
from contracts.models import TemplateTerms
from contracts.sections.default_payout import DefaultPayoutForm
from contracts.sections.fields import bounded_field
from program.models import EventType

# The field of a page that a path of the terms belongs to, outside of the sections.
FIELDS = {
    "Name": "name",
    "Labels": "labels",
    "Currency": "currency",
    "Join": "partners",
    "Start": "start",
    "End": "end",
}
CURRENCIES = [(code, code) for code in sorted(CURRENCY_DIGITS)]


class TermsForm(EditForm):
    name = forms.CharField(max_length=120, help_text="The name in lists, contracts and actions.")
    labels = forms.CharField(required=False, max_length=1024, help_text="Separated by commas, for your own sorting.")
    currency = forms.ChoiceField(
        choices=CURRENCIES, help_text="Of every amount in these terms.", widget=Combobox("currency")
    )

    def clean_labels(self) -> list[str]:
        return [label.strip() for label in self.cleaned_data["labels"].split(",") if label.strip()]


class CopiedField(forms.ModelChoiceField):  # type: ignore[type-arg]
    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.name} ({obj.currency})"


class NewTermsForm(TermsForm):
    """The head of new terms. Only what the page was populated with is copied: `copy_from`, not `existing`."""

    stored: Values = {}  # nothing yet
    existing = CopiedField(
        TemplateTerms.objects.none(),
        label="Template term",
        required=False,
        empty_label="Choose template terms",
        help_text="Copies its payouts, groups, adjustments, restrictions, dates and credit, and keeps its currency.",
    )
    use_existing = forms.BooleanField(label="Use terms from an existing Template Term", required=False)
    copy_from = CopiedField(TemplateTerms.objects.none(), required=False, widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if data.get("use_existing") and not data.get("copy_from"):
            self.add_error("existing", "Choose terms and select Populate terms, or switch this off.")
        return data


class EventTypeField(forms.ModelChoiceField):  # type: ignore[type-arg]
    def to_python(self, value: Any) -> Any:
        """Without script the field is a text: a code or name is understood, too."""
        if isinstance(value, str) and not value.isdecimal() and self.queryset is not None:
            named = self.queryset.filter(Q(code__iexact=value) | Q(name__iexact=value)).first()
            value = named.pk if named else value
        return super().to_python(value)


class EventPayoutForm(DefaultPayoutForm):
    event_type = EventTypeField(
        EventType.objects.none(),
        label="Event type",
        error_messages={"invalid_choice": "Choose an active event type that these terms do not pay for yet."},
    )
    field_order = ("event_type", "kind", "value", "payout_level")

    def offer(self, free: "QuerySet[EventType]") -> None:
        """Those that can be chosen; where it is only one, it is chosen already."""
        names = {str(row.pk): row.name for row in free}
        self.fields["event_type"].queryset = free  # type: ignore[attr-defined]
        self.fields["event_type"].widget = Combobox(
            "active-event-type", lambda value: names.get(value, value), attrs={"required": True}
        )
        if len(names) == 1:
            self.initial["event_type"] = next(iter(names))


class PlaceForm(Worded):
    """Where a new payout group goes, and whether Advanced commission led to it."""

    place = forms.ChoiceField(
        label="Place in the list",
        choices=[("last", "Tried last"), ("first", "Tried first")],
        widget=forms.RadioSelect,
        initial="last",
        required=False,
        help_text="The first group that an order meets decides. Tried last, it pays what no group before it takes.",
    )
    by_tags = forms.BooleanField(widget=forms.HiddenInput, required=False)

    @classmethod
    def asked(cls, data: Mapping[str, Any]) -> "PlaceForm":
        """Unanswered: last, and first where Advanced commission asks."""
        by_tags = "by_tags" in data
        form = cls(initial={"place": "first", "by_tags": 1} if by_tags else None)
        if by_tags:
            form.fields["place"].help_text = "It is tried first. Move it down if another group should win."
        return form

    def say(self, last: object) -> None:
        """Say where the place is in a list of several pages."""
        self.fields["place"].choices = [  # type: ignore[attr-defined]
            ("last", f"Tried last, as {last}"),
            ("first", "Tried first, as #1, on page 1"),
        ]


class PositionForm(Worded):
    position = bounded_field(label="Position", least=1, most=20_000)
