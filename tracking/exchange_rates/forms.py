"""The forms of exchange rates: the filters of their list, and a brand's own rate."""

from typing import Any

from django import forms

from common.currencies import CURRENCY_DIGITS
from common.refusals import Refused
from common.web.combobox import Combobox
from common.web.edit_forms import EditForm
from common.web.field_messages import Worded
from program.exchange_rates.file_rows import FIRST_DAY, read_rate
from program.models.exchange_rate import DIGITS, PLACES

CODES = [(code, code) for code in sorted(CURRENCY_DIGITS)]


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

    def __init__(self, *args: Any, today: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.today = today
        self.fields["date"].widget.attrs["max"] = today.isoformat()

    def clean_date(self) -> Any:
        day = self.cleaned_data["date"]
        if day > self.today:
            raise forms.ValidationError("Lies in the future: no rate is known yet.")
        if day < FIRST_DAY:
            raise forms.ValidationError("Lies before 1999, when the euro began.")
        return day


class RateEditForm(EditForm):
    rate = RateField(label="Rate", help_text="A change counts for orders that are priced from then on.")
