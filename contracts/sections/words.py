"""Drafts and versions in words: conditions as chips, payouts exactly as they will be paid."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from contracts.engine.orders.values import day as read_day
from contracts.engine.rules.fields import Type, operator, variable
from contracts.models import EventPayout, PayoutAdjustment, PayoutGroup, PayoutRestriction
from program.templatetags.brandboard import MINUS, day, money, number

Row = PayoutGroup | PayoutAdjustment | PayoutRestriction


@dataclass(frozen=True, slots=True)
class RuleWords:
    """One chip: `words` is the condition, any of the `values` is enough."""

    words: str
    values: list[str]

    def __str__(self) -> str:
        return f"{self.words} {' or '.join(self.values)}".rstrip()


@dataclass(frozen=True, slots=True)
class RowWords:
    """A row of a list: its name, its condition, and its effect (`figure` in large, `per` beneath)."""

    row: Row
    name: str
    rules: list[RuleWords]
    figure: str
    per: str
    note: str
    warnings: Sequence[str] = ()

    @property
    def condition(self) -> str:
        return " and ".join(map(str, self.rules)) or "every order"

    @property
    def effect(self) -> str:
        return " ".join(filter(None, (self.figure, self.per, self.note and f"({self.note})")))


def row_words(row: Row, event_payout: EventPayout, currency: str, warnings: Sequence[str] = ()) -> RowWords:
    """One row in words; amounts are in the terms' currency. `warnings` are for groups, and are shown on the row."""
    rules = rules_words(row.rules, currency)
    if isinstance(row, PayoutGroup):
        figure, per = payout_words(event_payout.payout_level, currency, row.payout, row.payout_rate)
        note = f"at most {_items(row.payable_items)}" if row.payable_items else ""
        return RowWords(row, row.name or f"Group {row.rank}", rules, figure, per, note, warnings)
    if isinstance(row, PayoutAdjustment):
        sign = "+" if row.direction == PayoutAdjustment.Direction.INCREASE else MINUS
        if row.rate is not None:
            return RowWords(row, f"Adjustment {row.rank}", rules, f"{sign}{number(row.rate)}%", "of the payout", "")
        per = "per item line" if event_payout.payout_level == EventPayout.Level.ITEM else "per order"
        return RowWords(row, f"Adjustment {row.rank}", rules, sign + money(row.amount, currency), per, "")
    note = "left out of reports" if row.zero_payout_hide_report else ""
    return RowWords(row, f"Restriction {row.rank}", rules, "No payout", "", note)


def payout_words(level: str, currency: str, payout: Decimal | None, payout_rate: Decimal | None) -> tuple[str, str]:
    """A payout as a figure and what it is of: (`15%`, `of the order’s sale amount`), (`£2.50`, `per item`)."""
    is_item = level == EventPayout.Level.ITEM
    if payout_rate is not None:
        return f"{number(payout_rate)}%", "of each item’s sale amount" if is_item else "of the order’s sale amount"
    return money(payout, currency), "per item" if is_item else "per order"


def default_words(event_payout: EventPayout, currency: str) -> tuple[str, str]:
    """The default payout as a figure and what it is of."""
    return payout_words(
        event_payout.payout_level, currency, event_payout.default_payout, event_payout.default_payout_rate
    )


def rules_words(rules: Iterable[Mapping[str, Any]], currency: str) -> list[RuleWords]:
    """Rules of a document in words, all of which must hold."""
    return [_rule_words(rule, currency) for rule in rules]


def _rule_words(rule: Mapping[str, Any], currency: str) -> RuleWords:
    about = variable(rule["Variable"])
    how = operator(about, rule["Operator"])
    values = [_value_words(about.type, value, currency) for value in rule.get("Values") or []]
    if how.key == "BETWEEN":
        end = " (not included)" if about.type == "date" else ""
        values = [f"{' and '.join(values)}{end}"]
    return RuleWords(f"{about.label} {how.label}", values)


def _value_words(type_: Type, value: str, currency: str) -> str:
    try:
        match type_:
            case "money":
                return money(Decimal(value), currency)
            case "number":
                return number(Decimal(value))
            case "date":
                return day(read_day(value))
    except (ValueError, InvalidOperation):
        pass
    return value


def _items(count: int) -> str:
    return "1 item" if count == 1 else f"{number(count)} items"
