"""The fixed amounts of a draft, whose meaning changes with its currency."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from common.refusals import Refusal, Refused
from contracts.drafts.documents import DraftPayout, draft_payouts
from contracts.engine.rules.fields import operator, variable
from contracts.models import EventPayout, TemplateTerms


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


def currency_of(event_payout: EventPayout) -> str:
    """The currency of the draft as it is stored now, in which the event payout's amounts are."""
    return TemplateTerms.objects.values_list("currency", flat=True).get(pk=event_payout.template_terms_id)


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
    return [each for draft in draft_payouts(template_terms) for each in _of(draft)]


def _of(draft: DraftPayout) -> Iterator[FixedAmount]:
    event_type = draft.event_payout.event_type.name
    if draft.event_payout.default_payout is not None:
        yield FixedAmount(event_type, "Default payout", draft.event_payout.default_payout)
    for group in draft.payout_groups:
        place = f"{event_type}, payout group {group.rank}" + (f", {group.name}" if group.name else "")
        if group.payout is not None:
            yield FixedAmount(place, "Payout", group.payout)
        yield from _of_rules(place, group.rules)
    for adjustment in draft.payout_adjustments:
        place = f"{event_type}, adjustment {adjustment.rank}"
        if adjustment.amount is not None:
            yield FixedAmount(place, adjustment.get_direction_display(), adjustment.amount)
        yield from _of_rules(place, adjustment.rules)
    for restriction in draft.payout_restrictions:
        yield from _of_rules(f"{event_type}, restriction {restriction.rank}", restriction.rules)


def _of_rules(place: str, rules: list[dict[str, object]]) -> Iterator[FixedAmount]:
    for rule in rules:
        about = variable(str(rule["Variable"]))
        if about.type != "money":
            continue
        words = f"{about.label} {operator(about, str(rule['Operator'])).label}"
        values = rule.get("Values") or []
        assert isinstance(values, list)
        for value in values:
            try:
                yield FixedAmount(place, words, Decimal(str(value)))
            except InvalidOperation:
                continue  # not a number: the rule is refused when it is published
