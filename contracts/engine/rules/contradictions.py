"""Rules of one set that no order can meet together (payouts.md §4).

Only what compares one variable is looked at, and nothing is said where it is not certain: orders that meet a set for
which rules are named here do not exist.
"""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import Any

from contracts.engine.rules import predicates as rules
from contracts.engine.rules.facts import Value
from contracts.engine.rules.fields import Type, variable
from contracts.engine.rules.rule import Rule

type Found = tuple[Rule, ...]


def contradicting(rule_set: Sequence[Rule]) -> Found:
    """The rules of the set, one or more, that cannot hold together; none where all may."""
    by_variable: dict[str, list[Rule]] = defaultdict(list)
    for rule in rule_set:
        by_variable[rule.variable].append(rule)
    for key, asked in by_variable.items():
        if found := _contradicting(variable(key).type, asked):
            return found
    return ()


def _contradicting(type_: Type, asked: Sequence[Rule]) -> Found:
    missing: Value = frozenset() if type_ == "tags" else None
    for rule in asked:
        if rule.operator == "IS_NOT_PRESENT":
            return next(((rule, other) for other in asked if not rules.matches(other, missing)), ())
    if type_ in ("tags", "list"):
        return _of_names(asked)
    return _of_literals(type_, asked) or (_of_bounds(type_, asked) if type_ in ("number", "money", "date") else ())


def _of_names(asked: Sequence[Rule]) -> Found:
    """Tags or lists that a rule asks for, every one of which another rule refuses."""
    refusing = [rule for rule in asked if rules.is_negated(rule)]
    for rule in asked:
        if rule.operator in ("BELONGS_TO", "IN_LIST"):
            found = _refused(rules.names(rule), [(other, rules.names(other).__contains__) for other in refusing])
            if found:
                return (rule, *found)
    return ()


def _of_literals(type_: Type, asked: Sequence[Rule]) -> Found:
    """Values that a rule lists, every one of which another rule refuses."""
    for rule in asked:
        literals = _literals(type_, rule)
        others = [(other, _refuses(other)) for other in asked if other is not rule]
        if literals and (found := _refused(literals, others)):
            return (rule, *found)
    return ()


def _literals(type_: Type, rule: Rule) -> list[Any]:
    """The values of which an order needs one to meet the rule; none where they cannot be listed."""
    if rule.operator not in ("IS", "EQ"):
        return []
    if type_ in rules.TEXT_TYPES:
        globs = rules.globs(rule)
        return [glob[0] for glob in globs] if all(len(glob) == 1 for glob in globs) else []
    read: Callable[[Rule], Iterable[Any]] = {"date": rules.days, "bool": rules.answers}.get(type_, rules.numbers)
    return list(read(rule))


def _refuses(rule: Rule) -> Callable[[Any], bool]:
    holds = rules.predicate(rule)
    return lambda value: not holds(value)


def _refused(values: Iterable[Hashable], others: Sequence[tuple[Rule, Callable[[Any], bool]]]) -> Found:
    """The rules that refuse all of the values between them; none where one value is left."""
    named: dict[Rule, None] = {}
    for value in values:
        refusing = next((rule for rule, refuses in others if refuses(value)), None)
        if refusing is None:
            return ()
        named[refusing] = None
    return tuple(named)


def _of_bounds(type_: Type, asked: Sequence[Rule]) -> Found:
    """Two bounds with nothing between them, or a range of days that ends on the day on which it begins."""
    lowest: tuple[Any, bool, Rule] | None = None
    highest: tuple[Any, bool, Rule] | None = None
    for rule in asked:
        values = rules.days(rule) if type_ == "date" else rules.numbers(rule)
        if rule.operator in ("GT", "GTE", "ON_OR_AFTER", "BETWEEN"):
            low = (values[0], rule.operator == "GT", rule)
            lowest = low if lowest is None or low[:2] > lowest[:2] else lowest
        if rule.operator in ("LT", "LTE", "BEFORE", "BETWEEN"):
            is_open = rule.operator in ("LT", "BEFORE") or (rule.operator == "BETWEEN" and type_ == "date")
            high = (values[-1], not is_open, rule)
            highest = high if highest is None or high[:2] < highest[:2] else highest
    if lowest is None or highest is None:
        return ()
    (low_value, is_above, low_rule), (high_value, is_reached, high_rule) = lowest, highest
    if low_value < high_value or (low_value == high_value and is_reached and not is_above):
        return ()
    return (low_rule,) if low_rule is high_rule else (low_rule, high_rule)
