"""The fixed amounts of a draft, whose meaning changes with its currency."""

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from common.refusals import Refusal, Refused
from contracts.drafts.documents import DraftPayout, draft_payouts, section_value, value_of
from contracts.engine.document.terms import OF_TERMS, RANKED, SINGLE
from contracts.engine.rules.fields import operator, variable
from contracts.engine.rules.rule import Rule
from contracts.models import EventPayout, Sectioned, TemplateTerms


@dataclass(frozen=True, slots=True)
class FixedAmount:
    """One amount in the terms' currency: its place (`Online sale, payout group 2, New`) and what it is."""

    place: str
    what: str
    value: Decimal


class CurrencyUnconfirmed(Refused):
    """The currency was to be changed under fixed amounts that nobody confirmed; nothing was changed."""

    def __init__(self, amounts: list[FixedAmount], fingerprint: str) -> None:
        message = f"{len(amounts)} fixed amounts would change their meaning."
        super().__init__(Refusal("Currency", message, "unconfirmed"))
        self.amounts = amounts
        self.fingerprint = fingerprint


def currency_of(owner: Sectioned) -> str:
    """The currency of the draft as it is stored now, in which its amounts are."""
    pk = owner.template_terms_id if isinstance(owner, EventPayout) else owner.pk
    return TemplateTerms.objects.values_list("currency", flat=True).get(pk=pk)


def refuse_unconfirmed(template_terms: TemplateTerms, currency: str, shown: str | None) -> None:
    """Raise CurrencyUnconfirmed unless the draft has no fixed amounts, or those of the confirmed fingerprint."""
    amounts = fixed_amounts(template_terms)
    if not amounts:
        return
    content = [template_terms.currency, currency, [(each.place, each.what, str(each.value)) for each in amounts]]
    fingerprint = hashlib.sha256(json.dumps(content).encode()).hexdigest()
    if shown != fingerprint:
        raise CurrencyUnconfirmed(amounts, fingerprint)


def fixed_amounts(template_terms: TemplateTerms) -> list[FixedAmount]:
    """Every amount of money in the draft, switched-off rows among them: payouts, adjustments, values of rules."""
    found = [each for draft in draft_payouts(template_terms) for each in _of(draft)]
    for name, section in OF_TERMS.items():
        amounts = section.amounts(section_value(template_terms, name))
        found += [FixedAmount("Every event type", what, value) for what, value in amounts]
    return found


def _of(draft: DraftPayout) -> Iterator[FixedAmount]:
    event_type = draft.event_payout.event_type.name
    for name, single in SINGLE.items():
        for what, value in single.amounts(section_value(draft.event_payout, name)):
            yield FixedAmount(event_type, what, value)
    for name, rows in draft.rows.items():
        section = RANKED[name]
        for row in rows:
            value = value_of(row)
            title = getattr(row, "name", "")
            place = f"{event_type}, {section.noun} {row.rank}" + (f", {title}" if title else "")
            for what, amount in section.row_amounts(value):
                yield FixedAmount(place, what, amount)
            yield from _of_rules(place, value.rules)


def _of_rules(place: str, rules: Iterable[Rule]) -> Iterator[FixedAmount]:
    for rule in rules:
        about = variable(rule.variable)
        if about.type != "money":
            continue
        words = f"{about.label} {operator(about, rule.operator).label}"
        for value in rule.values:
            try:
                yield FixedAmount(place, words, Decimal(value))
            except InvalidOperation:
                continue  # not a number: the rule is refused when it is published
