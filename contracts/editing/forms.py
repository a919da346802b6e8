"""Forms of a draft's head, its event types, and a row's place. Whether it makes sense in terms, the services say."""

from typing import Any

from django import forms

from common.currencies import CURRENCY_DIGITS
from common.db.edits import Values
from common.web.combobox import Combobox
from common.web.edit_forms import EditForm
from common.web.field_messages import Worded
from contracts.models import TemplateTerms
from contracts.sections.default_payout import DefaultPayoutForm
from contracts.sections.fields import count_field
from program.models import EventType

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
    stored: Values = {}  # nothing yet
    copy_from = CopiedField(
        TemplateTerms.objects.none(),
        label="Use terms from an existing template term",
        required=False,
        empty_label="No, start empty",
        help_text="Copies its payouts, groups, adjustments, restrictions and dates, and keeps its currency.",
    )
    field_order = ("copy_from", "name", "labels", "currency")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["currency"].help_text = "Of every amount in these terms. A copy keeps the currency of its source."


class EventPayoutForm(DefaultPayoutForm):
    event_type = forms.ModelChoiceField(EventType.objects.none(), label="Event type", empty_label=None)
    field_order = ("event_type", "kind", "value", "payout_level")


class PositionForm(Worded):
    position = count_field(label="Position", min_value=1, max_value=20_000)
