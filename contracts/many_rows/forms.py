"""What many payout groups are to pay."""

from decimal import Decimal

from django import forms

from common.web.field_messages import Worded

PERCENT, FIXED, RAISE, LOWER = "PERCENT", "FIXED", "RAISE", "LOWER"


class PayForm(Worded):
    how = forms.ChoiceField(
        choices=[
            (PERCENT, "Pay this percentage"),
            (FIXED, "Pay this amount"),
            (RAISE, "Raise by percentage points"),
            (LOWER, "Lower by percentage points"),
        ]
    )
    value = forms.DecimalField(min_value=0, max_digits=12, decimal_places=8)

    def values(self) -> dict[str, Decimal]:
        """For the service: one of its three ways to pay."""
        value: Decimal = self.cleaned_data["value"]
        match self.cleaned_data["how"]:
            case "PERCENT":
                return {"payout_rate": value}
            case "FIXED":
                return {"payout": value}
            case "RAISE":
                return {"points": value}
        return {"points": -value}

    def words(self, currency: str) -> str:
        """What is done to them, in words."""
        value = format(self.cleaned_data["value"].normalize(), "f")
        return {
            PERCENT: f"set to {value}%",
            FIXED: f"set to {value} {currency}",
            RAISE: f"raised by {value} percentage points",
            LOWER: f"lowered by {value} percentage points",
        }[self.cleaned_data["how"]]
