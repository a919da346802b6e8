"""The default payout: what is paid where no payout group matches, and whether by order or by item (payouts.md §3)."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal, cast

from contracts.engine.document.amounts import rate_doubt, read_amount, write_amount
from contracts.engine.document.reading import Node
from contracts.engine.document.sections.section import Lists, NamedAmount, PathAndWords, SingleSection, Stage
from contracts.engine.explain.unit import Unit
from contracts.engine.explain.words import PLAIN, Spelling, payout_in_words, rate_in_words
from contracts.engine.pricing.rates import Rate

PayoutLevel = Literal["ORDER", "ITEM"]


@dataclass(frozen=True, slots=True)
class DefaultPayout:
    """One of `payout` (fixed) and `payout_rate` (percent) is set; every payout of the event type is by `level`."""

    level: PayoutLevel = "ORDER"
    payout: Decimal | None = None
    payout_rate: Decimal | None = None


class DefaultPayoutSection(SingleSection[DefaultPayout]):
    keys = ("PayoutLevel", "DefaultPayout", "DefaultPayoutRate")
    name = "Default payout"
    stage = Stage.PAY_THE_REST
    absent = offered = DefaultPayout()
    has_amounts = True

    def read(self, node: Node, lists: Lists) -> DefaultPayout:
        level = node.choice("PayoutLevel", ("ORDER", "ITEM"))
        return DefaultPayout(cast(Any, level), *read_amount(node, "DefaultPayout", "DefaultPayoutRate"))

    def write(self, value: DefaultPayout) -> dict[str, Any]:
        paid = write_amount("DefaultPayout", value.payout, "DefaultPayoutRate", value.payout_rate)
        return {"PayoutLevel": value.level, **paid}

    def doubts(self, value: DefaultPayout) -> Iterator[PathAndWords]:
        if doubt := rate_doubt(value.payout_rate):
            yield "DefaultPayoutRate", doubt

    def amounts(self, value: DefaultPayout) -> Iterator[NamedAmount]:
        if value.payout is not None:
            yield "Default payout", value.payout

    def words(self, value: DefaultPayout, currency: str, spelling: Spelling = PLAIN) -> str:
        return " ".join(self.figure(value, currency, spelling))

    def figure(self, value: DefaultPayout, currency: str, spelling: Spelling = PLAIN) -> tuple[str, str]:
        """What is paid as a figure, and what it is of."""
        return payout_in_words(value.level, value.payout, value.payout_rate, currency, spelling)

    def reason(self, value: DefaultPayout, currency: str) -> str:
        """Why an order that no group takes is paid as it is."""
        return f"default payout: {rate_in_words(value.payout, value.payout_rate, currency)}"

    def rate(self, value: DefaultPayout) -> Rate:
        """How orders are paid that no group takes."""
        return Rate(value.payout, value.payout_rate, None)

    def explain(self, value: DefaultPayout, unit: Unit) -> None:
        if not unit.is_decided:
            unit.pay(self.rate(value), self.reason(value, unit.order.currency))


DEFAULT_PAYOUT = DefaultPayoutSection()
