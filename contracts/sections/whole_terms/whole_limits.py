"""Action limit and spend limit of the terms on pages, and resetting what has been counted."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from django import forms

from common.web.field_messages import Worded
from contracts.engine.document.amounts import plain
from contracts.engine.document.reading import LARGEST_WHOLE
from contracts.engine.document.whole_terms.whole_limits import SPOKEN, WholeLimit
from contracts.sections.fields import amount_field, bounded_field, limit_field, too_fine
from contracts.sections.panels import FormSection, Panel

CHOICES = list(SPOKEN.items())
WEEKEND = "On Saturdays and Sundays at most {} (empty: as on other days)."  # shown for a limit of each day alone


def _wide[F: forms.Field](field: F) -> F:
    """With room for more than three digits."""
    field.widget.attrs["data-wide"] = ""
    return field


class ActionLimitForm(Worded):
    has_action_limit = forms.BooleanField(required=False)
    action_limit = _wide(bounded_field(label="Action limit", least=1, most=LARGEST_WHOLE))
    action_limit_period = forms.ChoiceField(choices=CHOICES, label="Period of the action limit")
    action_limit_weekend = _wide(bounded_field(label="Action limit at weekends", required=False, most=LARGEST_WHOLE))


class SpendLimitForm(Worded):
    currency = ""
    has_spend_limit = forms.BooleanField(required=False)
    spend_limit = _wide(limit_field(label="Spend limit"))
    spend_limit_period = forms.ChoiceField(choices=CHOICES, label="Period of the spend limit")
    spend_limit_weekend = _wide(amount_field(label="Spend limit at weekends", required=False))

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        for name in ("spend_limit", "spend_limit_weekend"):
            if problem := too_fine(data.get(name), self.currency):
                self.add_error(name, problem)
        return data


class ResetForm(Worded):
    reset_accrued = forms.BooleanField(required=False, label="Reset accrued actions for all partners")


def _read(name: str) -> Callable[[Mapping[str, Any]], WholeLimit]:
    def read(data: Mapping[str, Any]) -> WholeLimit:
        weekend = data[f"{name}_weekend"] if data[f"{name}_period"] == "DAY" else None
        return WholeLimit(Decimal(data[name]), data[f"{name}_period"], None if weekend is None else Decimal(weekend))

    return read


def _initial(name: str) -> Callable[[WholeLimit], dict[str, Any]]:
    def initial(value: WholeLimit) -> dict[str, Any]:
        weekend = "" if value.weekend_value is None else plain(value.weekend_value)
        return {name: plain(value.value), f"{name}_period": value.period, f"{name}_weekend": weekend}

    return initial


def _offer(form: Any, owner: Any) -> None:
    form.currency = owner.currency
    for name in ("spend_limit", "spend_limit_weekend"):
        form.fields[name].widget.attrs["data-unit"] = owner.currency


def _fields(key: str, name: str) -> dict[str, str]:
    return {
        f"{key}.Value": name,
        f"{key}.Period": f"{name}_period",
        f"{key}.WeekendValue": f"{name}_weekend",
        key: name,
    }


ACTION_LIMIT = FormSection(
    section="action_limit",
    slug="action-limit",
    form=ActionLimitForm,
    fields=_fields("ActionLimit", "action_limit"),
    initial=_initial("action_limit"),
    value=_read("action_limit"),
    switch="has_action_limit",
    switch_label="Limit the number of actions",
    help="Actions beyond it are over cap: they are not paid unless you approve them. All event types count together.",
    sentences=(
        "Take at most {action_limit} actions of a partner {action_limit_period}",
        WEEKEND.format("{action_limit_weekend}"),
    ),
)
SPEND_LIMIT = FormSection(
    section="spend_limit",
    slug="spend-limit",
    form=SpendLimitForm,
    fields=_fields("SpendLimit", "spend_limit"),
    initial=_initial("spend_limit"),
    value=_read("spend_limit"),
    switch="has_spend_limit",
    switch_label="Limit what is paid",
    help="An action that would cross it is over cap as a whole: it is not paid unless you approve it.",
    sentences=(
        "Pay a partner at most {spend_limit} {spend_limit_period}",
        WEEKEND.format("{spend_limit_weekend}"),
    ),
    offer=_offer,
)
RESET = FormSection(
    section="reset_accrued_actions",
    slug="reset-accrued-actions",
    form=ResetForm,
    fields={"ResetAccruedActions": "reset_accrued"},
    initial=lambda value: {"reset_accrued": value},
    value=lambda data: bool(data["reset_accrued"]),
    help="Limits go on counting over versions. Tick this to have all of them begin again with the next one.",
    sentences=("{reset_accrued}",),
)
ACTION_LIMIT_PANEL = Panel(
    slug="actions",
    title="Action limit",
    sections=(ACTION_LIMIT,),
    saved="The action limit is saved in the draft.",
)
SPEND_LIMIT_PANEL = Panel(
    slug="spending",
    title="Spend limit",
    sections=(SPEND_LIMIT,),
    saved="The spend limit is saved in the draft.",
)
RESET_PANEL = Panel(
    slug="reset",
    title="Reset accrued actions",
    sections=(RESET,),
    saved="Saved in the draft: it acts once, when the draft is published.",
)
