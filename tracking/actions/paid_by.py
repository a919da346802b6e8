"""What pays an action, in a few words for a list: `2 New · 12%`, `Default · 5%, +10%`, `Nothing · Gift cards`."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from contracts.agreements.plans import plan_of, terms_of
from contracts.engine.document.sections.default_payout import DEFAULT_PAYOUT
from contracts.engine.document.sections.payout_adjustments import PAYOUT_ADJUSTMENTS
from contracts.engine.document.sections.payout_groups import PAYOUT_GROUPS
from contracts.engine.document.terms import EventPayout
from contracts.engine.explain.words import RuleWords, chips, rate_in_words
from contracts.engine.pricing.plan import Decision
from contracts.engine.pricing.rates import Rate
from contracts.engine.rules.rule import Rule
from contracts.sections.panels import PAGE
from program.templatetags.brandboard import number
from tracking.models import Action
from tracking.pricing.priced_orders import order_of

NAMED_BY_VALUE = ("IS", "CONTAINS", "STARTS_WITH", "ENDS_WITH", "IN_LIST", "BELONGS_TO")


class PaidBy(NamedTuple):
    """What pays, which a narrow column may cut, and how much, which it never cuts; `whole` is what they shorten."""

    what: str
    how: str
    whole: str = ""
    rank: int | None = None  # of the payout group

    def __str__(self) -> str:
        return f"{self.what} · {self.how}" if self.rank is None else f"{number(self.rank)} {self.what} · {self.how}"


def paid_by(actions: Sequence[Action]) -> dict[int, PaidBy]:
    """By the action's number. Those whose row does not say it, restricted and adjusted ones and items apart, are priced
    again.
    """
    unsaid = [action.pk for action in actions if not action.is_erased and _is_unsaid(action)]
    rows = Action.objects.select_related("conversion", "event_type", "program").in_bulk(unsaid) if unsaid else {}
    return {action.pk: _priced_again(rows[action.pk]) if action.pk in rows else _said(action) for action in actions}


def _is_unsaid(action: Action) -> bool:
    if action.state == Action.State.REVERSED:
        return False
    event_payout = _payout_of(action)
    is_by_item = action.group_rank is None and event_payout.payout_level == "ITEM"
    return action.is_restricted or is_by_item or bool(event_payout.payout_adjustments)


def _payout_of(action: Action) -> EventPayout:
    return terms_of(action.terms_version_id).event_payout(action.event_type.code)


def _said(action: Action) -> PaidBy:
    if action.over_cap:
        return PaidBy("Nothing", "over cap", action.get_over_cap_display())
    if action.state == Action.State.REVERSED:
        return PaidBy("Nothing", "returned")
    if action.is_erased:
        return PaidBy(*action.trace["PaidBy"])
    return _by_group(action, action.group_rank)


def _by_group(action: Action, rank: int | None) -> PaidBy:
    event_payout = _payout_of(action)
    if rank is None:
        return PaidBy("Default", _rate(DEFAULT_PAYOUT.rate(event_payout.default_payout), action))
    group = next(group for group in event_payout.payout_groups if group.rank == rank)
    return PaidBy(group.name or "Group", _rate(PAYOUT_GROUPS.rate(group), action), rank=rank)


def _rate(rate: Rate, action: Action) -> str:
    return rate_in_words(rate.fixed, rate.percent, action.currency, PAGE)


def _priced_again(action: Action) -> PaidBy:
    decision = plan_of(action.terms_version_id, action.event_type.code).price(order_of(action))
    if decision.restriction is not None:
        rules = _payout_of(action).payout_restrictions[decision.restriction].rules
        words = chips(rules, action.currency, PAGE)
        return PaidBy("Nothing", _in_short(rules, words), " and ".join(map(str, words)))
    ways = _ways(decision)
    if len(ways) > 1:
        return PaidBy("By item", f"{number(len(ways))} rates")
    paid = _by_group(action, next(iter(ways), None))
    adjusted = _payout_of(action).payout_adjustments
    changes = [PAYOUT_ADJUSTMENTS.change(adjusted[index], action.currency, PAGE) for index in decision.adjustments]
    return paid._replace(how=", ".join((paid.how, *changes)))


def _ways(decision: Decision) -> set[int | None]:
    """The ranks of the groups that pay the lines; None is the default payout."""
    lines = [line for line in decision.lines if not line.restricted and (line.sale_amount or line.payout)]
    return {line.group[0] if line.group else None for line in lines}


def _in_short(rules: Iterable[Rule], words: Iterable[RuleWords]) -> str:
    """Conditions by their values alone where these name the thing, such as a category."""
    return " and ".join(
        " or ".join(each.values) if rule.operator in NAMED_BY_VALUE else str(each)
        for rule, each in zip(rules, words, strict=True)
    )
