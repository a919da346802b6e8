"""The forms of exchange rates: the filters of their list, and a brand's own rate."""

import datetime
from typing import Any

from django import forms
from django.utils import timezone

from common.currencies import CURRENCY_DIGITS
from common.refusals import Refused
from common.web.combobox import Combobox
from common.web.edit_forms import EditForm
from common.web.field_messages import Worded
from contracts.engine.orders.money import written
from program.exchange_rates.file_rows import FIRST_DAY, QuotedRate, read_rate
from program.models import Program
from program.models.exchange_rate import DIGITS, PLACES
from program.templatetags.brandboard import day

from .doubts import doubts

CODES = [(code, code) for code in sorted(CURRENCY_DIGITS)]


def today_of(program: Program) -> datetime.date:
    return timezone.now().astimezone(program.zone).date()


class RateField(forms.DecimalField):
    """A rate above 0, as it is read from a file."""

    def __init__(self, **options: Any) -> None:
        super().__init__(max_digits=DIGITS, decimal_places=PLACES, widget=forms.TextInput, **options)
        self.widget.attrs["inputmode"] = "decimal"

    def to_python(self, value: Any) -> Any:
        if value in self.empty_values:
            return None
        try:
            return read_rate(str(value))
        except Refused as refused:
            raise forms.ValidationError(str(refused)) from None


class ExchangeRateForm(Worded):
    """A new rate of the brand's own."""

    source = forms.ChoiceField(
        label="From", choices=CODES, widget=Combobox("currency"), help_text="The currency of the orders."
    )
    target = forms.ChoiceField(
        label="To", choices=CODES, widget=Combobox("currency"), help_text="The currency that the terms pay in."
    )
    date = forms.DateField(
        label="Day",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text="Orders of this day and of the seven days after it may use it.",
    )
    rate = RateField(label="Rate", help_text="How many units of To one unit of From was worth: 0.7441.")

    is_sure = forms.BooleanField(label="The rate is right as it is", required=False)

    def __init__(self, *args: Any, program: Program, **options: Any) -> None:
        super().__init__(*args, **options)
        self.program, self.today = program, today_of(program)
        self.is_doubted = "is_sure" in self.data
        self.fields["date"].widget.attrs["max"] = self.today.isoformat()

    def clean_date(self) -> datetime.date:
        chosen: datetime.date = self.cleaned_data["date"]
        if chosen > self.today:
            raise forms.ValidationError("Lies in the future: no rate is known yet.")
        if chosen < FIRST_DAY:
            raise forms.ValidationError("Lies before 1999, when the euro began.")
        return chosen

    def clean(self) -> None:
        """Ask once more for a rate that is far from what is usual."""
        super().clean()
        if self.errors or self.cleaned_data["is_sure"]:
            return
        for rate, usual in doubts(self.program, [self.quoted()]):
            self.is_doubted = True
            self.add_error(
                "rate",
                f"At the European Central Bank 1 {rate.source} was {written(usual.rate)} {rate.target} on "
                f"{day(usual.date)}: is the rate turned around?",
            )

    def quoted(self) -> QuotedRate:
        data = self.cleaned_data
        return QuotedRate(data["date"], data["source"], data["target"], data["rate"])


class RateEditForm(EditForm):
    """A rate that is there; its pair and day stay."""

    source = forms.CharField(label="From", disabled=True)
    target = forms.CharField(label="To", disabled=True)
    date = forms.DateField(
        label="Day", disabled=True, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    rate = RateField(label="Rate", help_text="A change counts for orders that are priced from then on.")
