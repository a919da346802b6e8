"""Fields that the forms of several sections have: amounts, percentages, counts."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django import forms

from common.currencies import CURRENCY_DIGITS
from common.web.edit_forms import EditForm
from contracts.engine.document.amounts import plain

PERCENT, FIXED = "PERCENT", "FIXED"
KINDS = [(PERCENT, "Percentage"), (FIXED, "Fixed amount")]


class AmountField(forms.DecimalField):
    """A payout as it is typed: an amount, or a rate in percent, with or without its sign: 15, 15%."""

    def to_python(self, value: Any) -> Any:
        if isinstance(value, str) and is_percent(value):
            value = value.strip()[:-1]
        return super().to_python(value)


def is_percent(typed: str) -> bool:
    """Whether a number was typed with a percent sign."""
    return typed.strip().endswith("%")


def amount_field(*, most: Decimal | None = None, **options: Any) -> forms.DecimalField:
    """A field for a number from 0, up to `most`."""
    widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
    words = {"invalid": "Write a number with a point and without separators, such as 12.5."}
    if most is not None:
        words |= dict.fromkeys(("min_value", "max_value"), f"Enter a number from 0 to {most}.")
    return AmountField(
        max_digits=20,
        decimal_places=8,
        min_value=Decimal(0),
        max_value=most,
        widget=widget,
        error_messages=words,
        **options,
    )


def limit_field(**options: Any) -> forms.DecimalField:
    """A field for the most of something: more than 0, as the engine has it, which refuses 0 itself."""
    field = amount_field(**options)
    field.error_messages["min_value"] = "Enter more than 0."
    return field


def too_fine(amount: Decimal | None, currency: str) -> str:
    """What is wrong with an amount that has more decimals than its currency; blank where it has not."""
    digits = CURRENCY_DIGITS.get(currency, 8)
    if amount is None or -int(amount.normalize().as_tuple().exponent) <= digits:
        return ""
    most = f"at most {digits} decimals" if digits else "no decimals"
    return f"Write an amount with {most}: {currency} has no smaller ones."


def count_field(**options: Any) -> forms.IntegerField:
    """A field for a whole number, which the engine bounds."""
    widget = forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"})
    return forms.IntegerField(widget=widget, **options)


def bounded_field(*, least: int = 0, most: int, **options: Any) -> forms.IntegerField:
    """A field for a whole number from `least` to `most`."""
    said = f"Enter a whole number from {least:,} to {most:,}."
    words = dict.fromkeys(("invalid", "min_value", "max_value"), said)
    return count_field(min_value=least, max_value=most, error_messages=words, **options)


def amount_initial(fixed: Decimal | None, rate: Decimal | None) -> dict[str, str]:
    """What `kind` and `value` hold of a payout that stands."""
    value = fixed if rate is None else rate
    return {"kind": FIXED if rate is None else PERCENT, "value": "" if value is None else plain(value)}


def amounts(data: Mapping[str, Any]) -> tuple[Decimal | None, Decimal | None]:
    """(fixed amount, percentage) as `kind` and `value` have them."""
    value = data["value"]
    return (value, None) if data["kind"] == FIXED else (None, value)


class ByKindForm(EditForm):
    """A form with a `value` that is a percentage or a fixed amount, as `kind` says."""

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        typed = str(self.data.get(self.add_prefix("value"), ""))
        if data.get("kind") == FIXED and is_percent(typed) and "value" not in self.errors:
            self.add_error(
                "value", f"“{typed.strip()}” is a percentage. Choose Percentage above, or write an amount of money."
            )
        return data
