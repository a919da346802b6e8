"""The default payout on pages."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms

from contracts.engine.document.sections.default_payout import DEFAULT_PAYOUT, DefaultPayout
from contracts.models import EventPayout

from .fields import KINDS, PERCENT, ByKindForm, amount_field, amount_initial, amounts
from .panels import PAGE, FormSection, Panel, Summary


class DefaultPayoutForm(ByKindForm):
    """A default payout: a percentage or a fixed amount, by order or by item."""

    kind = forms.ChoiceField(choices=KINDS, initial=PERCENT, label="Kind of payout")
    value = amount_field(label="Payout")
    asks: ClassVar = {"value": "a payout, such as 12"}
    payout_level = forms.ChoiceField(choices=EventPayout.Level, label="Payout level")


def read(data: Mapping[str, Any]) -> DefaultPayout:
    """The default payout as it was typed."""
    return DefaultPayout(data["payout_level"], *amounts(data))


def initial(value: DefaultPayout) -> dict[str, Any]:
    return {**amount_initial(value.payout, value.payout_rate), "payout_level": value.level}


def summarized(value: DefaultPayout, section: Any, currency: str) -> Summary:
    """What every order earns that no payout group takes."""
    figure, per = DEFAULT_PAYOUT.figure(value, currency, PAGE)
    return Summary(rest=(figure, per), line=f"{figure} {per}")


DEFAULT = FormSection(
    section="default_payout",
    slug="default-payout",
    form=DefaultPayoutForm,
    fields={"DefaultPayout": "value", "DefaultPayoutRate": "value", "PayoutLevel": "payout_level"},
    initial=initial,
    value=read,
    summarized=summarized,
)
DEFAULT_PANEL = Panel(
    slug="default-payout",
    title="Default payout",
    sections=(DEFAULT,),
    saved="The default payout is saved in the draft.",
    body="contracts/_default_payout.html",
    auto_id="default_%s",
    is_open=True,
)
