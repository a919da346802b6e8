"""Reversal policy on pages."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from common.web.field_messages import Worded
from contracts.engine.document.amounts import HUNDRED, plain
from contracts.sections.fields import amount_field
from contracts.sections.panels import FormSection, Panel


class ReversalPolicyForm(Worded):
    max_return = amount_field(label="Most that can be taken back", most=HUNDRED)


def read(data: Mapping[str, Any]) -> Decimal:
    share: Decimal = data["max_return"]
    return share


def initial(value: Decimal) -> dict[str, Any]:
    return {"max_return": plain(value)}


REVERSAL_POLICY = FormSection(
    section="max_return_percentage",
    slug="reversal-policy",
    form=ReversalPolicyForm,
    fields={"MaxReturnPercentage": "max_return"},
    initial=initial,
    value=read,
    help="A return or reversal that would take more is refused with the figures. 100% allows all.",
    sentences=("Take back at most {max_return} percent of a partner’s payouts of a month.",),
)
REVERSAL_PANEL = Panel(
    slug="reversals",
    title="Reversal policy",
    sections=(REVERSAL_POLICY,),
    saved="The reversal policy is saved in the draft.",
)
