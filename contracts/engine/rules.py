"""One predicate for each kind of rule: what a rule compares with, and whether a value meets it.

The plan is compiled from the same comparable forms (`globs`, `numbers`, `days`, …), and the explanation calls
`matches`, so the two can differ only in speed (payouts.md §4, §10).
"""

from datetime import date
from decimal import Decimal

from contracts.engine.context import category_name
from contracts.engine.countries import country_code
from contracts.engine.facts import Value
from contracts.engine.fields import Type, operator, variable
from contracts.engine.terms import Rule
from contracts.engine.values import day, number, yes_no

# A text pattern: the literal stretches between wildcards, in lower case. One stretch is the whole text.
type Glob = tuple[str, ...]

TEXT_TYPES: frozenset[Type] = frozenset({"text", "currency", "country", "status"})


def is_negated(rule: Rule) -> bool:
    """Whether the rule holds where none of its values matches."""
    return operator(variable(rule.variable), rule.operator).negated


def globs(rule: Rule) -> tuple[Glob, ...]:
    """The patterns of a text rule, one for each value."""
    type_ = variable(rule.variable).type
    return tuple(_glob(rule.operator, value, type_) for value in rule.values)


def meets(glob: Glob, folded: str) -> bool:
    """Whether a text in lower case is the glob's stretches with any run of characters between them."""
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
    return frozenset(value.strip().casefold() for value in rule.values)


def matches(rule: Rule, value: Value) -> bool:
    """Whether the rule holds for the value that an order or line has for its variable; None is missing."""
    type_ = variable(rule.variable).type
    if type_ == "tags":
        return _matches_tags(rule, value if isinstance(value, frozenset) else frozenset())
    if value is None or rule.operator in ("IS_PRESENT", "IS_NOT_PRESENT"):
        return (value is None) == (rule.operator == "IS_NOT_PRESENT")
    match value:
        case bool():
            return value in answers(rule)
        case str():
            folded = value.casefold()
            return any(meets(glob, folded) for glob in globs(rule)) != is_negated(rule)
        case frozenset():
            return bool(names(rule) & value) != is_negated(rule)
        case Decimal():
            return _compares(rule.operator, value, numbers(rule), inclusive=True)
        case date():
            return _compares(rule.operator, value, days(rule), inclusive=False)


def _matches_tags(rule: Rule, tags: frozenset[str]) -> bool:
    """For tags the empty set is a value: it belongs to nothing."""
    if rule.operator in ("IS_PRESENT", "IS_NOT_PRESENT"):
        return bool(tags) == (rule.operator == "IS_PRESENT")
    return bool(names(rule) & tags) != is_negated(rule)


def _compares[T: (Decimal, date)](operator_key: str, value: T, bounds: tuple[T, ...], *, inclusive: bool) -> bool:
    """`inclusive` says whether the end of a range belongs to it: of numbers it does, of dates it does not."""
    match operator_key:
        case "EQ" | "IS":
            return value in bounds
        case "NE":
            return value not in bounds
        case "GT":
            return value > bounds[0]
        case "GTE" | "ON_OR_AFTER":
            return value >= bounds[0]
        case "LT" | "BEFORE":
            return value < bounds[0]
        case "LTE":
            return value <= bounds[0]
        case "BETWEEN":
            return bounds[0] <= value and (value < bounds[1] or (inclusive and value == bounds[1]))
        case _:
            raise ValueError(f"{operator_key} compares neither numbers nor dates")


def _glob(operator_key: str, value: str, type_: Type) -> Glob:
    if operator_key in ("IS", "IS_NOT"):
        value = value.strip()
        if type_ == "country":
            value = country_code(value) or value
        elif type_ == "status":
            value = category_name(value)
        return _stretches(value.casefold())
    if type_ == "status" and category_name(value) == "Existing":
        value = "Existing"
    folded = value.casefold()
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
