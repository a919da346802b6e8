"""One predicate for each kind of rule: what a rule compares with, and whether a value meets it.

The plan is compiled from the same comparable forms (`globs`, `numbers`, `days`, …), and the explanation calls
`matches`, so the two can differ only in speed (payouts.md §4, §10).
"""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any

from common.formats.comparison import compared, untrimmed
from contracts.engine.orders.context import category_name
from contracts.engine.orders.countries import country_code
from contracts.engine.orders.values import day, number, yes_no
from contracts.engine.rules.facts import Value
from contracts.engine.rules.fields import Type, operator, variable
from contracts.engine.rules.rule import Rule

# A text pattern: the literal stretches between wildcards, as they are compared. One stretch is the whole text.
type Glob = tuple[str, ...]
type Predicate = Callable[[Value], bool]

TEXT_TYPES: frozenset[Type] = frozenset({"text", "currency", "country", "status"})


def is_negated(rule: Rule) -> bool:
    """Whether the rule holds where none of its values matches."""
    return operator(variable(rule.variable), rule.operator).negated


def globs(rule: Rule) -> tuple[Glob, ...]:
    """The patterns of a text rule, one for each value of which something is left to compare."""
    type_ = variable(rule.variable).type
    return tuple(_glob(rule.operator, value, type_) for value in rule.values if compared(value))


def meets(glob: Glob, folded: str) -> bool:
    """Whether a text, as it is compared, is the glob's stretches with any run of characters between them."""
    first, last = glob[0], glob[-1]
    if len(glob) == 1:
        return folded == first
    end = len(folded) - len(last)
    position = len(first)
    if position > end or not folded.startswith(first) or not folded.endswith(last):
        return False
    for stretch in glob[1:-1]:
        found = folded.find(stretch, position, end)
        if found < 0:
            return False
        position = found + len(stretch)
    return True


def numbers(rule: Rule) -> tuple[Decimal, ...]:
    """The numbers of a number or money rule."""
    return tuple(value for text in rule.values if (value := number(text)) is not None)


def days(rule: Rule) -> tuple[date, ...]:
    """The days of a date rule."""
    return tuple(day(text.strip()) for text in rule.values)


def answers(rule: Rule) -> frozenset[bool]:
    """The answers of a yes/no rule."""
    return frozenset(value for text in rule.values if (value := yes_no(text)) is not None)


def names(rule: Rule) -> frozenset[str]:
    """The tags or list names of a rule, as they are compared."""
    return frozenset(map(compared, rule.values))


def matches(rule: Rule, value: Value) -> bool:
    """Whether the rule holds for the value that an order or line has for its variable; None is missing."""
    return predicate(rule)(value)


@lru_cache(maxsize=32_768)
def predicate(rule: Rule) -> Predicate:
    """The rule as a function of a value that answers whether it holds; its values are read once."""
    type_ = variable(rule.variable).type
    if rule.operator in ("IS_PRESENT", "IS_NOT_PRESENT"):
        wanted = rule.operator == "IS_PRESENT"
        if type_ == "tags":  # an empty set of tags is not present
            return lambda value: bool(value) == wanted
        return lambda value: (value is not None) == wanted
    if type_ == "tags":
        return _has_tags(names(rule), is_negated(rule))
    if type_ == "list":
        return _has_value(_on_lists(names(rule), is_negated(rule)))
    if type_ == "bool":
        return _has_value(answers(rule).__contains__)
    if type_ == "date":
        return _has_value(_compares(rule.operator, days(rule), inclusive=False))
    if type_ in TEXT_TYPES:
        return _has_value(_reads(globs(rule), is_negated(rule)))
    return _has_value(_compares(rule.operator, numbers(rule), inclusive=True))


def _has_value(holds: Callable[[Any], bool]) -> Predicate:
    """A missing value meets no rule except “is not present”."""
    return lambda value: value is not None and holds(value)


def _has_tags(named: frozenset[str], negated: bool) -> Predicate:
    """For tags the empty set is a value, also where none were sent: it belongs to nothing."""
    return lambda value: (isinstance(value, frozenset) and not named.isdisjoint(value)) != negated


def _on_lists(named: frozenset[str], negated: bool) -> Callable[[frozenset[str]], bool]:
    return lambda value: (not named.isdisjoint(value)) != negated


def _reads(patterns: tuple[Glob, ...], negated: bool) -> Callable[[str], bool]:
    whole = frozenset(glob[0] for glob in patterns if len(glob) == 1)
    others = [glob for glob in patterns if len(glob) > 1]

    def reads(value: str) -> bool:
        folded = compared(value)
        return (folded in whole or any(meets(glob, folded) for glob in others)) != negated

    return reads


def _compares(operator_key: str, bounds: tuple[Any, ...], *, inclusive: bool) -> Callable[[Any], bool]:
    """`inclusive` says whether the end of a range belongs to it: of numbers it does, of dates it does not."""
    first, last = bounds[0], bounds[-1]
    match operator_key:
        case "EQ" | "IS":
            return lambda value: value in bounds
        case "NE":
            return lambda value: value not in bounds
        case "GT":
            return lambda value: bool(value > first)
        case "GTE" | "ON_OR_AFTER":
            return lambda value: bool(value >= first)
        case "LT" | "BEFORE":
            return lambda value: bool(value < first)
        case "LTE":
            return lambda value: bool(value <= first)
        case "BETWEEN":
            return lambda value: first <= value and (value < last or (inclusive and value == last))
        case _:
            raise ValueError(f"{operator_key} compares neither numbers nor dates")


def _glob(operator_key: str, value: str, type_: Type) -> Glob:
    if operator_key in ("IS", "IS_NOT"):
        value = value.strip()
        if type_ == "country":
            value = country_code(value) or value
        elif type_ == "status":
            value = category_name(value)
        return _stretches(compared(value))
    if type_ == "status" and category_name(value) == "Existing":
        value = "Existing"
    folded = untrimmed(value)
    match operator_key:
        case "CONTAINS" | "NOT_CONTAINS":
            return ("", folded, "")
        case "STARTS_WITH":
            return (folded, "")
        case "ENDS_WITH":
            return ("", folded)
        case _:
            raise ValueError(f"{operator_key} does not compare texts")


def _stretches(value: str) -> Glob:
    r"""Split at every `*`; `\*` is a star. Neighbouring wildcards are one."""
    found = [""]
    position = 0
    while position < len(value):
        if value.startswith("\\*", position):
            found[-1] += "*"
            position += 2
        elif value[position] == "*":
            found.append("")
            position += 1
        else:
            found[-1] += value[position]
            position += 1
    inner = [stretch for stretch in found[1:-1] if stretch]
    return tuple(found) if len(found) == 1 else (found[0], *inner, found[-1])
