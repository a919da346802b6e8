"""Rules as documents, drafts and files write them: checked, held as `Rule`, and written again."""

import re
from collections.abc import Collection, Iterable
from functools import lru_cache
from typing import Any

from common.formats.comparison import compared
from common.formats.nearest import did_you_mean
from contracts.engine.document.reading import LONGEST_TEXT, Errors, Node, TooManyDigits, read_decimal, text_problem
from contracts.engine.orders.values import day, yes_no
from contracts.engine.rules.fields import VARIABLES, Operator, Variable, operators
from contracts.engine.rules.rule import Rule

_KEYS = ("Variable", "Operator", "Values")
LONGEST_KEPT = 2_000  # characters of a rule that is kept once it was read; thousands are kept
RATES = ("ORDER_DISCOUNT_RATE", "ITEM_DISCOUNT_RATE")  # in percent, so that 15% says the same as 15
# A number of thousands, whole or as the comma between values has cut it.
_SEPARATED = re.compile(r"-?[0-9]{1,3}(,[0-9]{3})+(\.[0-9]+)?")
_CUT = re.compile(r"[0-9]{3}(\.[0-9]+)?")
# What is wrong with a value that cannot be read, by the variable's type, and what to write instead.
_INSTEAD = {
    "number": "is not a number: write one such as 7.5",
    "money": "is not an amount: write a number such as 7.5, without its currency",
    "date": "is not a day: write one such as 2026-11-20",
    "bool": "is neither yes nor no: write one of the two",
}


def read_rules(node: Node, lists: Collection[str] | None) -> tuple[Rule, ...]:
    """The rules under the node's key `Rules`; the broken ones are reported and left out."""
    rules = (read_rule(raw, path, node.errors, lists) for path, raw in node.rows("Rules"))
    return tuple(rule for rule in rules if rule is not None)


def read_rule(raw: object, path: str, errors: Errors, lists: Collection[str] | None = None) -> Rule | None:
    """One rule from `{"Variable", "Operator", "Values"}`; None after reporting what is wrong with it."""
    if (said := _kept_by(raw)) and (rule := _sound(*said, errors.is_strict)):
        return rule
    return _read(raw, path, errors, lists)


def _kept_by(raw: object) -> tuple[str, str, tuple[str, ...]] | None:
    """What a rule is kept by; None for one that is long, and for one that asks about a list, of which there may be
    others tomorrow.
    """
    if not isinstance(raw, dict) or len(raw) != len(_KEYS):
        return None
    variable, operator, values = map(raw.get, _KEYS)
    if not (isinstance(variable, str) and isinstance(operator, str) and isinstance(values, list)):
        return None
    if variable not in VARIABLES or VARIABLES[variable].type == "list" or len(values) > LONGEST_KEPT:
        return None
    if not all(isinstance(value, str) for value in values) or len(operator) + sum(map(len, values)) > LONGEST_KEPT:
        return None
    return variable, operator, tuple(values)


@lru_cache(maxsize=32_768)
def _sound(variable: str, operator: str, values: tuple[str, ...], is_strict: bool) -> Rule | None:
    """A rule with nothing wrong with it, read once: terms are read again whenever they are shown, saved or published.
    None for any other.
    """
    raw = dict(zip(_KEYS, (variable, operator, list(values)), strict=True))
    return _read(raw, "", Errors(is_strict=is_strict), None)


def _read(raw: object, path: str, errors: Errors, lists: Collection[str] | None) -> Rule | None:
    before = len(errors)
    node = Node(raw, path, errors)
    if len(errors) > before:
        return None
    variable = _variable(node)
    operator = _operator(node, variable)
    values = _values(node)
    if variable and operator and values is not None:
        values = _checked(variable, operator, values, node, lists)
    node.close()
    if len(errors) > before or variable is None or operator is None or values is None:
        return None
    return Rule(variable.key, operator.key, values)


def write_rules(rules: Iterable[Rule]) -> list[dict[str, Any]]:
    """Rules as documents write them."""
    return [{"Variable": rule.variable, "Operator": rule.operator, "Values": list(rule.values)} for rule in rules]


def _variable(node: Node) -> Variable | None:
    key = node.text("Variable", required=True)
    if key and key not in VARIABLES:
        node.error("Variable", f"{key} is not a rule variable{did_you_mean(key, VARIABLES)}")
    return VARIABLES.get(key)


def _operator(node: Node, variable: Variable | None) -> Operator | None:
    key = node.text("Operator", required=True)
    if variable is None:
        return None
    known = {operator.key: operator for operator in operators(variable)}
    if key and key not in known:
        node.error("Operator", f"{variable.label} takes {', '.join(known)}")
    return known.get(key)


def _values(node: Node) -> tuple[str, ...] | None:
    """The values as texts, without the empty ones: in a rule an empty text is not a value."""
    before = len(node.errors)
    values = []
    for path, value in node.rows("Values"):
        if isinstance(value, bool):
            value = "true" if value else "false"
        elif isinstance(value, int):
            value = str(value)
        if isinstance(value, str):
            problem = text_problem(value, LONGEST_TEXT)
            if problem:
                node.errors.add(path, problem)
            elif compared(value) or (value.strip() and not node.errors.is_strict):
                values.append(value)
        elif value is not None:
            node.errors.add(path, "must be a text")
    return tuple(values) if len(node.errors) == before else None


def _checked(
    variable: Variable, operator: Operator, values: Iterable[str], node: Node, lists: Collection[str] | None
) -> tuple[str, ...]:
    """The values as they are kept, after reporting those that this variable cannot be compared with."""
    kept = tuple(values)
    if operator.most == 0 and kept:
        node.error("Values", f"“{operator.label}” takes no value: leave it empty")
    elif len(kept) < operator.least or (operator.most and len(kept) > operator.most):
        node.error("Values", f"“{operator.label}” needs {_count(operator)}{_meant(variable, operator, kept)}")
    if variable.type not in ("text", "currency", "country", "status") or operator.key in ("IS", "IS_NOT"):
        kept = tuple(value.strip() for value in kept)
    if variable.key in RATES:
        kept = tuple(value.removesuffix("%").rstrip() for value in kept)
    before = len(node.errors)
    for value in kept:
        problem = _problem(variable, value, lists)
        if problem:
            node.error("Values", problem)
    if operator.key == "BETWEEN" and len(kept) == 2 and len(node.errors) == before:
        _check_range(variable, kept[0], kept[1], node)
    return kept


def _count(operator: Operator) -> str:
    if operator.most is None:
        return "at least one value"
    return "exactly one value" if operator.most == 1 else "exactly two values, the first and the last"


def _meant(variable: Variable, operator: Operator, values: tuple[str, ...]) -> str:
    """What to write where one number was typed with a separator, which made it several values: `1,000`."""
    if variable.type not in ("number", "money") or operator.most != 1 or len(values) < 2:
        return ""
    first, *others = (value.strip() for value in values)
    if not re.fullmatch("-?[0-9]{1,3}", first) or not all(map(_CUT.fullmatch, others)):
        return "; a comma separates values"
    return f"; a comma separates values: write {first + ''.join(others)} for {','.join((first, *others))}"


def _problem(variable: Variable, value: str, lists: Collection[str] | None) -> str | None:
    """Why a value cannot be compared with the variable, if so."""
    try:
        match variable.type:
            case "number" | "money":
                read_decimal(value)
            case "date":
                day(value)
            case "bool":
                yes_no(value)
            case "list":
                if lists is not None and compared(value) not in _forms(frozenset(lists)):
                    return f"{value} is not a known exception list{did_you_mean(value, sorted(lists))}"
    except TooManyDigits as error:
        return f"“{value}” {error}"
    except ValueError:
        if _SEPARATED.fullmatch(value.strip()) and variable.type in ("number", "money"):
            return f"{value}: write a number without separators, such as {value.strip().replace(',', '')}"
        return f"“{value}” {_INSTEAD[variable.type]}"
    return None


@lru_cache(maxsize=64)
def _forms(names: frozenset[str]) -> frozenset[str]:
    return frozenset(map(compared, names))


def _check_range(variable: Variable, first: str, last: str, node: Node) -> None:
    if variable.type == "date":
        backwards = day(first) > day(last)
    else:
        backwards = read_decimal(first) > read_decimal(last)
    if backwards:
        node.error("Values", f"the range from {first} to {last} runs backwards: swap its ends")
