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
        Preset(
            "traffic-type",
            "Traffic type",
            {"Variable": "REFERRAL_TRAFFIC_TYPE", "Operator": "IS_NOT_PRESENT", "Values": []},
            "Pays only for traffic that says what it is: an order whose click has no traffic type earns nothing.",
        ),
        Preset(
            "ad-keyword",
            "Ad keyword",
            {"Variable": "REFERRAL_AD_KEYWORD", "Operator": "CONTAINS", "Values": []},
            "Pays nothing for clicks on ads with these words, such as your own brand or what your policy excludes.",
        ),
        Preset(
            "geography",
            "Geography",
            {"Variable": "CUSTOMER_COUNTRY", "Operator": "IS", "Values": []},
            "Pays nothing where you do not sell: by the shipping address, or by where the link was clicked.",
        ),
        Preset(
            "gift-cards",
            "Gift cards",
            {"Variable": "ITEM_CATEGORY", "Operator": "IS", "Values": ["Gift Cards"]},
            "Pays nothing for items of this category.",
        ),
        Preset(
            "skus",
            "SKUs",
            {"Variable": "ITEM_SKU", "Operator": "IS", "Values": []},
            "Pays nothing for these products. * stands for any characters: GIFT-*.",
        ),
        Preset(
            "promo-code",
            "Promo code",
            {"Variable": "ORDER_PROMO_CODE", "Operator": "IS", "Values": []},
            "Pays nothing for orders with one of these codes.",
        ),
        Preset(
            "existing",
            "Existing customers",
            {"Variable": "CUSTOMER_STATUS", "Operator": "IS", "Values": ["Existing"]},
            "Pays for customers that are new to you.",
        ),
    ),
    line=conditions,
    counted=("Nothing where the restriction applies.", "Nothing where any of {count} restrictions applies."),
)
