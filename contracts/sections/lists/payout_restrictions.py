"""Payout restrictions on pages."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.db.models import QuerySet

from contracts import access
from contracts.drafts.rows import add_payout_restriction, change_payout_restriction
from contracts.engine.explain.words import RowWords

from .ranked_lists import IN_LINE, Kind, Preset, RowForm


class RestrictionForm(RowForm):
    zero_payout_hide_report = forms.BooleanField(
        label="Leave such actions out of reports",
        required=False,
        help_text="The action is still kept, and its page says what restricted it.",
    )


def conditions(active: QuerySet[Any], rows: Sequence[RowWords], currency: str) -> str:
    return " · ".join(row.condition for row in rows[:IN_LINE])


RESTRICTIONS = Kind(
    slug="payout-restrictions",
    section="payout_restrictions",
    form=RestrictionForm,
    fields={},
    title="Payout restrictions",
    switch="Specify items that will not generate a payout",
    help="An order that meets any one of these pays nothing. The action is kept.",
    hint="",
    none="A restriction needs at least one rule.",
    add=add_payout_restriction,
    change=change_payout_restriction,
    changed="payout_restriction",
    for_view=access.payout_restriction_for_view,
    for_edit=access.payout_restriction_for_edit,
    presets=(
        Preset("gift-cards", "Gift cards", {"Variable": "ITEM_CATEGORY", "Operator": "IS", "Values": ["Gift Cards"]}),
        Preset("skus", "Certain SKUs", {"Variable": "ITEM_SKU", "Operator": "IS", "Values": []}),
        Preset("promo-code", "A promo code", {"Variable": "ORDER_PROMO_CODE", "Operator": "IS", "Values": []}),
        Preset("keywords", "Brand keywords", {"Variable": "REFERRAL_AD_KEYWORD", "Operator": "CONTAINS", "Values": []}),
        Preset(
            "existing",
            "Existing customers",
            {"Variable": "CUSTOMER_STATUS", "Operator": "IS", "Values": ["Existing"]},
        ),
    ),
    line=conditions,
    counted=("Nothing where the restriction applies.", "Nothing where any of {count} restrictions applies."),
)
