"""Warnings about rules on the customer status with a value that no order can have (payouts.md §4)."""

from collections.abc import Iterable, Iterator, Mapping

from contracts.engine.terms import EventPayout, Rule, Terms
from program.models import EventType

# Known without any mapping; Return and Returning mean Existing in a rule.
KNOWN = {"new", "existing", "return", "returning"}


def status_warnings(terms: Terms, event_types: Mapping[str, EventType]) -> Iterator[str]:
    """One sentence, beginning with its path, for each value that nothing maps to. It is a warning and no error:
    a code that maps to nothing is compared as its own text."""
    for index, payout in enumerate(terms.event_payouts):
        mapping = event_types[payout.event_type_code].statuses()
        categories = KNOWN | {category.strip().casefold() for category in mapping}
        meanings = {code.strip().casefold(): category for category, codes in mapping.items() for code in codes}
        for path, rules in _rule_lists(payout):
            for number, rule in enumerate(rules):
                for value in _unmapped(rule, categories):
                    where = f"EventPayouts[{index}].{path}.Rules[{number}].Values"
                    yield f"{where}: {_advice(value, meanings.get(value.strip().casefold()), payout.event_type_code)}"


def _rule_lists(payout: EventPayout) -> Iterator[tuple[str, tuple[Rule, ...]]]:
    for kind, attribute in (
        ("PayoutGroups", "payout_groups"),
        ("PayoutAdjustments", "payout_adjustments"),
        ("PayoutRestrictions", "payout_restrictions"),
    ):
        for number, row in enumerate(getattr(payout, attribute)):
            yield f"{kind}[{number}]", row.rules


def _unmapped(rule: Rule, categories: Iterable[str]) -> list[str]:
    if rule.variable != "CUSTOMER_STATUS" or rule.operator not in ("IS", "IS_NOT"):
        return []
    return [value for value in rule.values if "*" not in value and value.strip().casefold() not in categories]


def _advice(value: str, category: str | None, event_type_code: str) -> str:
    if category:
        return f"“{value}” is a code of {category}, and a rule compares categories: write {category}"
    return f"no customer status of {event_type_code} maps to “{value}”: it is compared with the code as it was sent"
