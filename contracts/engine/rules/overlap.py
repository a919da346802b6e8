"""Payout groups that can never win, because an earlier one takes every order that they would (payouts.md §5)."""

from collections import Counter
from collections.abc import Hashable, Iterable, Sequence
from functools import lru_cache

from contracts.engine.rules import predicates as rules
from contracts.engine.rules.fields import variable
from contracts.engine.rules.rule import Rule


def never_winning(rule_sets: Iterable[Sequence[Rule]]) -> dict[int, int]:
    """The place of each rule set that an earlier one always wins over, and the place of that earlier one.

    Only the simple case: every rule of the earlier set is, as it is compared, a rule of the later one too. The work
    grows with the number of sets, not with its square: a set is looked up by the rarest of its rules.
    """
    sets = [frozenset(map(_meaning, found)) for found in rule_sets]
    often = Counter(meaning for found in sets for meaning in found)
    first: dict[frozenset[Hashable], int] = {}
    by_rarest: dict[Hashable, list[frozenset[Hashable]]] = {}
    found: dict[int, int] = {}
    for place, meanings in enumerate(sets):
        broader = [known for meaning in meanings for known in by_rarest.get(meaning, ()) if known <= meanings]
        places = [first[known] for known in broader]
        if frozenset() in first:
            places.append(first[frozenset()])
        if places:
            found[place] = min(places)
            continue  # the earlier one takes every order that this one would
        first[meanings] = place
        if meanings:
            by_rarest.setdefault(min(meanings, key=often.__getitem__), []).append(meanings)
    return found


@lru_cache(maxsize=32_768)
def _meaning(rule: Rule) -> Hashable:
    """The rule normalised for what makes no difference: letter case, order of values, how a number is written."""
    type_ = variable(rule.variable).type
    values: Iterable[Hashable]
    if type_ in rules.TEXT_TYPES:
        values = rules.globs(rule)
    elif type_ in ("number", "money"):
        values = rules.numbers(rule)
    elif type_ == "date":
        values = rules.days(rule)
    elif type_ == "bool":
        values = rules.answers(rule)
    else:
        values = rules.names(rule)
    return rule.variable, rule.operator, frozenset(values)
