"""Referral window on pages, and the panel that saves it with the credit policy and shows how far back it goes."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from django import forms
from django.utils import timezone

from common.web.field_messages import Worded
from contracts.engine.document.sections.referral_window import TYPES, UNITS, Referrals, ValidReferral, longest
from contracts.models import EventPayout

from .credit_policy import CREDIT_POLICY
from .fields import bounded_field
from .panels import FormSection, Panel, Preview, worded

CHOICES = [(unit, f"{unit.lower()}s") for unit in UNITS]
# What each type is offered with where it is switched on.
OFFERED = (ValidReferral("CLICKS", 30, "DAY"), ValidReferral("IMPRESSIONS", 1, "DAY"))


class ReferralWindowForm(Worded):
    """The window of each type. A window whose type is switched off may be left empty."""

    has_clicks = forms.BooleanField(required=False, label="Allow referrals from clicks")
    clicks_window = bounded_field(label="Window of clicks", required=False, least=1, most=longest("HOUR"))
    clicks_unit = forms.ChoiceField(choices=CHOICES, label="Days or hours of clicks")
    has_impressions = forms.BooleanField(required=False, label="Allow referrals from impressions")
    impressions_window = bounded_field(label="Window of impressions", required=False, least=1, most=longest("HOUR"))
    impressions_unit = forms.ChoiceField(choices=CHOICES, label="Days or hours of impressions")

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        on = [name for name in TYPES.values() if data.get(f"has_{name}")]
        if not on:
            self.add_error("has_clicks", "Switch on this, impressions, or both.")
        for name in TYPES.values():
            field, unit = f"{name}_window", data.get(f"{name}_unit")
            if unit is None:
                continue
            is_wrong = self.errors.pop(field, None) is not None  # the field itself does not know its unit
            if is_wrong or (name in on and not 0 < (data[field] or 0) <= longest(unit)):
                self.add_error(field, f"Enter a whole number from 1 to {longest(unit):,} {unit.lower()}s.")
        return data


def read(data: Mapping[str, Any]) -> Referrals:
    """What was typed of the types that are switched on."""
    return tuple(_referral(row.type, data) for row in OFFERED if data[f"has_{TYPES[row.type]}"])


def _referral(type_: Literal["CLICKS", "IMPRESSIONS"], data: Mapping[str, Any]) -> ValidReferral:
    name = TYPES[type_]
    return ValidReferral(type_, data[f"{name}_window"], data[f"{name}_unit"])


def initial(value: Referrals) -> dict[str, Any]:
    agreed = {row.type: row for row in value}
    fields: dict[str, Any] = {}
    for offered in OFFERED:
        name, row = TYPES[offered.type], agreed.get(offered.type, offered)
        fields[f"has_{name}"] = offered.type in agreed
        fields |= {f"{name}_window": row.window, f"{name}_unit": row.window_unit}
    return fields


def _sentence(name: str) -> str:
    return f'{{has_{name}}}<span class="row when-on">within {{{name}_window}} {{{name}_unit}} before the order.</span>'


def line(value: Referrals) -> str:
    return " and ".join(row.words for row in value)


REFERRAL_WINDOW = FormSection(
    section="valid_referrals",
    slug="referral-window",
    form=ReferralWindowForm,
    fields={"ValidReferrals": "clicks_window"},
    initial=initial,
    value=read,
    summarized=worded(line),
    help="Only a click or impression inside of its window can be credited. A day is 24 hours.",
    sentences=tuple(_sentence(name) for name in TYPES.values()),
)


@dataclass(frozen=True, slots=True)
class Since:
    """How far back an order of this moment looks: from when clicks, or impressions, count."""

    what: str
    at: datetime


def windows_of(event_payout: EventPayout, agreed: Mapping[str, Any]) -> dict[str, Any]:
    """How far back an order of this moment looks, as was agreed."""
    now = timezone.now()
    return {"windows": [Since(TYPES[row.type], now - row.length) for row in agreed["valid_referrals"]]}


CREDIT = Panel(
    slug="credit",
    title="Credit and referral window",
    sections=(CREDIT_POLICY, REFERRAL_WINDOW),
    saved="Credit policy and referral window are saved in the draft.",
    preview=Preview("windows", "contracts/_windows.html", windows_of),
)
