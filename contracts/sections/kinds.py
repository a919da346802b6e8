"""The three ranked lists of a draft, which their pages treat alike: groups, adjustments and restrictions."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from contracts import access
from contracts.drafts.rows import (
    add_payout_adjustment,
    add_payout_group,
    add_payout_restriction,
    change_payout_adjustment,
    change_payout_group,
    change_payout_restriction,
)
from contracts.drafts.template_terms import Section
from contracts.engine.rules.fields import variable
from contracts.models import PayoutAdjustment, PayoutGroup, PayoutRestriction
from contracts.sections.forms import AdjustmentForm, GroupForm, RestrictionForm, RowForm


@dataclass(frozen=True, slots=True)
class Preset:
    """A rule that many lists have, offered ready to fill in."""

    key: str
    label: str
    rule: dict[str, Any]

    @property
    def is_received(self) -> bool:
        return variable(self.rule["Variable"]).is_received


@dataclass(frozen=True, slots=True)
class Kind:
    """One of the lists. `slug` is its path and the id of its section, `section` its switch and related name."""

    slug: str
    section: Section
    model: Any
    form: type[RowForm]
    title: str
    noun: str
    switch: str
    help: str
    hint: str
    none: str
    add: Callable[..., Any]
    change: Callable[..., Any]
    changed: str
    for_view: Callable[..., Any]
    for_edit: Callable[..., Any]
    value_help: str = ""
    # Groups alone have names, and a file of their own.
    is_named: bool = False
    presets: Sequence[Preset] = ()

    @property
    def add_title(self) -> str:
        return f"Add {self.noun}"

    @property
    def edit_title(self) -> str:
        return f"Edit {self.noun}"

    @property
    def move_title(self) -> str:
        return f"Move {self.noun}"

    @property
    def delete_title(self) -> str:
        return f"Delete {self.noun}?"

    @property
    def nouns(self) -> str:
        return f"{self.noun}s"

    def __str__(self) -> str:
        return self.slug


GROUPS = Kind(
    slug="payout-groups",
    section="payout_groups",
    model=PayoutGroup,
    form=GroupForm,
    title="Payout groups",
    noun="payout group",
    switch="Set up customized payout groups",
    help="The first group that matches pays, and only that one.",
    hint="",
    none="Without a rule the group takes every order that reaches it.",
    add=add_payout_group,
    change=change_payout_group,
    changed="payout_group",
    for_view=access.payout_group_for_view,
    for_edit=access.payout_group_for_edit,
    is_named=True,
)
ADJUSTMENTS = Kind(
    slug="payout-adjustments",
    section="payout_adjustments",
    model=PayoutAdjustment,
    form=AdjustmentForm,
    title="Payout adjustments",
    noun="adjustment",
    value_help="Percent of the payout, or an amount once for each order, or each item line where items are paid.",
    switch="Adjust payouts on conditions",
    help="Every adjustment that matches applies, one after another, to what the group or the default pays.",
    hint="Where payouts are percentages, payout groups are easier to read: a group shows the final percentage.",
    none="Without a rule it applies to every order.",
    add=add_payout_adjustment,
    change=change_payout_adjustment,
    changed="payout_adjustment",
    for_view=access.payout_adjustment_for_view,
    for_edit=access.payout_adjustment_for_edit,
)
RESTRICTIONS = Kind(
    slug="payout-restrictions",
    section="payout_restrictions",
    model=PayoutRestriction,
    form=RestrictionForm,
    title="Payout restrictions",
    noun="restriction",
    switch="Specify what earns nothing",
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
)
KINDS = {kind.slug: kind for kind in (GROUPS, ADJUSTMENTS, RESTRICTIONS)}


class KindConverter:
    """The list in an address, such as payout-groups."""

    regex = "|".join(KINDS)

    def to_python(self, value: str) -> Kind:
        return KINDS[value]

    def to_url(self, value: Kind) -> str:
        return str(value)
