"""Payout adjustments on pages."""

from typing import Any, ClassVar

from django import forms

from contracts import access
from contracts.drafts.rows import add_payout_adjustment, change_payout_adjustment
from contracts.models import PayoutAdjustment
from contracts.sections.fields import KINDS, PERCENT, ByKindForm, amount_field, amount_initial, amounts

from .ranked_lists import Kind, RowForm


class AdjustmentForm(RowForm, ByKindForm):
    direction = forms.ChoiceField(choices=PayoutAdjustment.Direction)
    kind = forms.ChoiceField(choices=KINDS, initial=PERCENT, label="Kind of adjustment")
    value = amount_field(label="By")
    asks: ClassVar = {"value": "by how much, such as 5"}

    def values(self) -> dict[str, Any]:
        amount, rate = amounts(self.cleaned_data)
        return {"direction": self.cleaned_data["direction"], "rate": rate, "amount": amount}

    @classmethod
    def initial_of(cls, row: PayoutAdjustment) -> dict[str, Any]:
        return {"direction": row.direction, **amount_initial(row.amount, row.rate)}


ADJUSTMENTS = Kind(
    slug="payout-adjustments",
    section="payout_adjustments",
    form=AdjustmentForm,
    fields={"Amount": "value", "Rate": "value", "Direction": "direction"},
    title="Payout adjustments",
    switch="Adjust payouts based on specific conditions",
    help="Every adjustment that matches applies, one after another, to what the group or the default pays.",
    hint="Where payouts are percentages, payout groups are easier to read: a group shows the final percentage.",
    none="Without a rule it applies to every order.",
    add=add_payout_adjustment,
    change=change_payout_adjustment,
    changed="payout_adjustment",
    for_view=access.payout_adjustment_for_view,
    for_edit=access.payout_adjustment_for_edit,
    counted=("Then 1 adjustment where it applies.", "Then {count} adjustments where they apply."),
)
