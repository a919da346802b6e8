"""Payout groups on pages."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, ClassVar

from django import forms
from django.db.models import Max, Min, QuerySet

from contracts import access
from contracts.drafts.rows import add_payout_group, change_payout_group
from contracts.engine.document.reading import LARGEST_WHOLE
from contracts.engine.explain.words import RowWords, rate_in_words
from contracts.models import PayoutGroup
from contracts.sections.fields import KINDS, PERCENT, ByKindForm, amount_field, amount_initial, amounts, bounded_field
from contracts.sections.panels import PAGE

from .ranked_lists import Kind, RowForm


class GroupForm(RowForm, ByKindForm):
    name = forms.CharField(required=False, max_length=255, help_text="For your team and for reasons on actions.")
    kind = forms.ChoiceField(choices=KINDS, initial=PERCENT, label="Kind of payout")
    value = amount_field(label="Payout")
    asks: ClassVar = {"value": "a payout, such as 12"}
    payable_items = bounded_field(
        label="Limit on payable items",
        required=False,
        least=1,
        most=LARGEST_WHOLE,
        help_text="Only this many units of quantity earn, the first ones. Empty: all.",
    )

    def values(self) -> dict[str, Any]:
        data = self.cleaned_data
        payout, payout_rate = amounts(data)
        own = {"name": data["name"], "payable_items": data["payable_items"]}
        return {**own, "payout": payout, "payout_rate": payout_rate}

    @classmethod
    def initial_of(cls, row: PayoutGroup) -> dict[str, Any]:
        paid = amount_initial(row.payout, row.payout_rate)
        return {"name": row.name, **paid, "payable_items": row.payable_items}


def payouts(active: QuerySet[Any], rows: Sequence[RowWords], currency: str) -> str:
    """From the lowest to the highest payout, in percent and in money."""
    ends = active.aggregate(Min("payout_rate"), Max("payout_rate"), Min("payout"), Max("payout"))
    rates = [(None, ends["payout_rate__min"]), (None, ends["payout_rate__max"])]
    money = [(ends["payout__min"], None), (ends["payout__max"], None)]
    return " and ".join(filter(None, (_range(each, currency) for each in (rates, money))))


def _range(ends: Sequence[tuple[Decimal | None, Decimal | None]], currency: str) -> str:
    return "–".join(dict.fromkeys(rate_in_words(*end, currency, PAGE) for end in ends if end != (None, None)))


GROUPS = Kind(
    slug="payout-groups",
    section="payout_groups",
    form=GroupForm,
    fields={"Name": "name", "Payout": "value", "PayoutRate": "value", "Limits": "payable_items"},
    title="Payout groups",
    switch="Set up customized payout groups",
    help="The first group that matches pays, and only that one.",
    hint="Put specific groups above common ones: “Customer Status is New and Order Total ≥ 200” above "
    "“Order Total ≥ 200”.",
    none="Without a rule the group takes every order that reaches it.",
    add=add_payout_group,
    change=change_payout_group,
    changed="payout_group",
    for_view=access.payout_group_for_view,
    for_edit=access.payout_group_for_edit,
    is_named=True,
    line=payouts,
)
