"""Rules as the rule builder sends them, shared by its tests."""

from contracts.sections.lists.payout_groups import GROUPS
from tests.contracts.addresses import HTMX, url

BIG = {"Variable": "ORDER_TOTAL", "Operator": "GTE", "Values": ["200"]}
HAMPERS = {"Variable": "ITEM_CATEGORY", "Operator": "IS", "Values": ["Hampers"]}
SKUS = {"Variable": "ITEM_SKU", "Operator": "IS", "Values": ["a", "b"]}


def check(editor, event_payout, kind=GROUPS, **data):
    """What is said of rules while they are typed."""
    return editor.post(url("rule_check", event_payout.pk, kind), data, **HTMX)


def in_rows(*rules):
    """The fields of these rules: variable, operator and values."""
    names = ("variable", "operator", "values")
    return {name: [rule[place] for rule in rules] for place, name in enumerate(names)}
