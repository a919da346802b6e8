"""Rules and payouts in words: the one place for reasons, pages, files and answers of the API."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache

from contracts.engine.orders.money import ZERO, written
from contracts.engine.orders.values import day
from contracts.engine.rules.fields import operator, variable
from contracts.engine.rules.rule import Rule
from contracts.engine.rules.text import format_rule


@dataclass(frozen=True, slots=True)
class Spelling:
    """How figures are spelled: plainly in reasons, files and answers of the API, on pages as people write them."""

    number: Callable[[Decimal], str]
    money: Callable[[Decimal, str], str]
    day: Callable[[date], str]


PLAIN = Spelling(written, lambda amount, currency: f"{written(amount)} {currency}", date.isoformat)


@dataclass(frozen=True, slots=True)
class RuleWords:
    """One rule: `words` is the condition, any of the `values` is enough."""

    words: str
    values: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.words} {' or '.join(self.values)}".rstrip()


@dataclass(frozen=True, slots=True)
class RowWords:
    """A row of a ranked section: its name, its condition, and its effect (`figure`, and what it is `per`)."""

    rank: int
    name: str
    rules: tuple[RuleWords, ...]
    figure: str
    per: str = ""
    note: str = ""

    @property
    def condition(self) -> str:
        return " and ".join(map(str, self.rules)) or "every order"

    @property
    def effect(self) -> str:
        return " ".join(filter(None, (self.figure, self.per, self.note and f"({self.note})")))


@lru_cache(maxsize=32_768)
def rule_in_words(rule: Rule) -> str:
    """`Customer Status is New`, spelled as payout group files spell it, without the brackets."""
    return format_rule({"Variable": rule.variable, "Operator": rule.operator, "Values": list(rule.values)})[1:-1]


def rules_in_words(rules: Iterable[Rule]) -> str:
    """The rules of one set, all of which must hold."""
    return " and ".join(rule_in_words(rule) for rule in rules)


def chips(rules: Iterable[Rule], currency: str, spelling: Spelling = PLAIN) -> tuple[RuleWords, ...]:
    """Rules in parts that a page can set apart, all of which must hold."""
    return tuple(_chip(rule, currency, spelling) for rule in rules)


def rate_in_words(fixed: Decimal | None, percent: Decimal | None, currency: str, spelling: Spelling = PLAIN) -> str:
    """`15%` or `2.00 GBP`."""
    if percent is not None:
        return f"{spelling.number(percent)}%"
    return spelling.money(fixed if fixed is not None else ZERO, currency)


def payout_in_words(
    level: str, fixed: Decimal | None, percent: Decimal | None, currency: str, spelling: Spelling = PLAIN
) -> tuple[str, str]:
    """A payout as a figure and what it is of: (`15%`, `of the order’s sale amount`), (`2.50 GBP`, `per item`)."""
    figure = rate_in_words(fixed, percent, currency, spelling)
    if percent is not None:
        return figure, "of each item’s sale amount" if level == "ITEM" else "of the order’s sale amount"
    return figure, "per item" if level == "ITEM" else "per order"


def _chip(rule: Rule, currency: str, spelling: Spelling) -> RuleWords:
    about = variable(rule.variable)
    how = operator(about, rule.operator)
    values = tuple(value_in_words(about.type, value, currency, spelling) for value in rule.values)
    if how.key == "BETWEEN":
        end = " (not included)" if about.type == "date" else ""
        values = (f"{' and '.join(values)}{end}",)
    return RuleWords(f"{about.label} {how.label}", values)


def value_in_words(type_: str, value: str, currency: str, spelling: Spelling) -> str:
    """A value as it is spelled; one that cannot be read as its type stays as it was written."""
    try:
        match type_:
            case "money":
                return spelling.money(Decimal(value), currency)
            case "number":
                return spelling.number(Decimal(value))
            case "date":
                return spelling.day(day(value))
    except (ValueError, ArithmeticError):
        pass
    return value
