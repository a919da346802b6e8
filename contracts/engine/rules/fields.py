"""The vocabulary of rules: every variable a rule can look at, and every operator, each spelled once.

The rows come from the platform's two lists of rule fields (payout groups, restrictions); every variable is offered
everywhere. Forms, files, the loader and the plan all read this table, so a variable added here exists everywhere.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal, cast

from contracts.engine.rules.variables import TABLE

Level = Literal["order", "item"]
Given = Literal["payload", "profile", "journey"]
Type = Literal["text", "currency", "country", "status", "number", "money", "date", "bool", "list", "tags"]


@dataclass(frozen=True, slots=True)
class Variable:
    """A value of an order or a line that a rule can compare.

    `parameter` names the entry that fills it (item parameters without their line number), and `given` where that
    stands: in what was sent, in the customer's profile or in the journey. For a list or catalog variable it is the
    entry that is looked up, and for Order Total it is empty because it is computed. `is_counted` is True where the
    values that orders have are counted: those of texts, unless they are the customer's own. Rules cannot ask for the
    customer's id and e-mail address, so those are never counted.
    """

    key: str
    label: str
    parameter: str
    family: str
    level: Level
    type: Type
    meaning: str
    given: Given
    is_counted: bool


@dataclass(frozen=True, slots=True)
class Operator:
    """A comparison: `label` for forms, `text` as files write it, `also` the other spellings that files may use.

    `least` and `most` bound the number of values; `most` None is any number.
    """

    key: str
    label: str
    text: str
    also: tuple[str, ...] = ()
    least: int = 1
    most: int | None = None
    negated: bool = False


_TEXT = (
    Operator("IS", "is", "is", ("=",)),
    Operator("IS_NOT", "is not", "is not", ("≠", "!="), negated=True),
    Operator("CONTAINS", "contains", "contains"),
    Operator("NOT_CONTAINS", "does not contain", "does not contain", negated=True),
    Operator("STARTS_WITH", "starts with", "starts with"),
    Operator("ENDS_WITH", "ends with", "ends with"),
)
_PRESENCE = (
    Operator("IS_PRESENT", "is present", "is present", least=0, most=0),
    Operator("IS_NOT_PRESENT", "is not present", "is not present", least=0, most=0),
)
_BETWEEN = Operator("BETWEEN", "is between", "is between", ("between",), least=2, most=2)
_NUMBER = (
    Operator("EQ", "=", "=", ("is",), most=1),
    Operator("NE", "≠", "!=", ("≠", "<>", "is not"), most=1, negated=True),
    Operator("GT", ">", ">", (), most=1),
    Operator("GTE", "≥", ">=", ("≥",), most=1),
    Operator("LT", "<", "<", (), most=1),
    Operator("LTE", "≤", "<=", ("≤",), most=1),
    _BETWEEN,
)
_DATE = (
    _TEXT[0],
    Operator("BEFORE", "before", "before", ("is before", "<"), most=1),
    Operator("ON_OR_AFTER", "on or after", "on or after", ("is on or after", ">=", "≥"), most=1),
    _BETWEEN,
)
_LIST = (
    # The platform's own files write "List for Item SKU is Winter".
    Operator("IN_LIST", "is in", "is", ("is in",)),
    Operator("NOT_IN_LIST", "is not in", "is not", ("is not in",), negated=True),
)
_TAGS = (
    Operator("BELONGS_TO", "belongs to", "belongs to"),
    Operator("NOT_BELONGS_TO", "does not belong to", "does not belong to", negated=True),
)

OPERATORS: Mapping[Type, tuple[Operator, ...]] = MappingProxyType(
    {
        "text": _TEXT + _PRESENCE,
        "currency": _TEXT + _PRESENCE,
        "country": _TEXT + _PRESENCE,
        "status": _TEXT + _PRESENCE,
        "number": _NUMBER + _PRESENCE,
        "money": _NUMBER + _PRESENCE,
        "date": _DATE + _PRESENCE,
        "bool": (_TEXT[0], *_PRESENCE),
        "list": _LIST,
        "tags": _TAGS + _PRESENCE,
    }
)


def operators(variable: Variable) -> tuple[Operator, ...]:
    """The operators that a rule on this variable may use, in the order a form shows them."""
    return OPERATORS[variable.type]


def operator(variable: Variable, key: str) -> Operator:
    """The operator of that key for this variable; KeyError where its type has none of that key."""
    for candidate in OPERATORS[variable.type]:
        if candidate.key == key:
            return candidate
    raise KeyError(key)


def variable(key: str) -> Variable:
    """The variable of that key as documents write it (`TEXT7`); KeyError when there is none."""
    return VARIABLES[key]


# Types whose values recur: a number, an amount or a date seldom does, and tags and lists have names of their own.
_RECURRING = {"text", "currency", "country", "status"}


def _variables() -> Iterator[Variable]:
    for row in TABLE.strip().splitlines():
        key, label, parameter, family, level, type_, count, meaning, *mark = (cell.strip() for cell in row.split("|"))
        for number in range(1, int(count) + 1):
            suffix = "" if count == "1" else str(number)
            yield Variable(
                key + suffix,
                label + suffix,
                parameter + suffix,
                family,
                cast(Level, level),
                cast(Type, type_),
                meaning,
                given=_given(key, family),
                is_counted=type_ in _RECURRING and family != "catalog" and not mark,
            )


def _given(key: str, family: str) -> Given:
    if key == "CUSTOMER_TAG" or family == "history":
        return "profile"
    return "journey" if family in _OF_JOURNEY else "payload"


_OF_JOURNEY = {"derived", "referral", "path"}
VARIABLES: Mapping[str, Variable] = MappingProxyType({variable.key: variable for variable in _variables()})
# The names of what stands beside the payload.
OF_PROFILE, OF_JOURNEY = (
    frozenset(variable.parameter for variable in VARIABLES.values() if variable.given == given)
    for given in ("profile", "journey")
)
# By label, as files are read: in any case and spacing.
LABELS: Mapping[str, Variable] = MappingProxyType(
    {"".join(variable.label.split()).casefold(): variable for variable in VARIABLES.values()}
)
