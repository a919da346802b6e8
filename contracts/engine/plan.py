"""Terms compiled for one event type: an order in, its payout and the reason out (payouts.md §5).

A published version never changes, so its plan is compiled once. Restrictions, groups and adjustments are each a
`Matcher`; the lowest set bit of the groups' mask is the winner, however many groups there are.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal, localcontext

from contracts.engine.facts import LineFacts, OrderFacts, line_facts
from contracts.engine.matcher import Matcher, each, lowest
from contracts.engine.money import EXACT, ZERO, rounded, shared
from contracts.engine.orders import Line, Order
from contracts.engine.pay import Exact, adjusted, default_rate, earned, group_rate, named
from contracts.engine.terms import EventPayout, PayoutGroup, Terms
from contracts.engine.words import (
    adjustment_in_words,
    default_in_words,
    group_in_words,
    returned_in_words,
    rules_in_words,
)


@dataclass(frozen=True, slots=True)
class LineDecision:
    """What one line earns, amounts in the terms' currency; at ORDER level its share of the order's payout."""

    index: int
    sku: str
    sale_amount: Decimal
    payout: Decimal
    group: tuple[int, str] | None
    restricted: bool


@dataclass(frozen=True, slots=True)
class Decision:
    """What an order earns, amounts in the terms' currency.

    `exact` is the payout before rounding, cut after 12 decimals where it never ends. `group` is (rank, name) of the
    winner; at ITEM level None unless all lines agree. `restricted` means that every unit is; `restriction` is the
    index of the first that holds. `hidden_from_reports` is true where every unit is restricted by one that says so.
    """

    sale_amount: Decimal
    payout: Decimal
    exact: Decimal
    group: tuple[int, str] | None
    restricted: bool
    restriction: int | None
    hidden_from_reports: bool
    lines: tuple[LineDecision, ...]
    adjustments: tuple[int, ...]
    reason: str


@dataclass(frozen=True, slots=True)
class _Priced:
    """One unit's answer."""

    payout: Decimal
    exact: Exact
    group: PayoutGroup | None
    restriction: int | None
    hidden: bool
    adjustments: tuple[int, ...]
    reason: str


class Plan:
    """One event payout, compiled. It keeps bounded caches and may be shared between threads."""

    def __init__(self, event_payout: EventPayout) -> None:
        self.event_payout = event_payout
        self._level = event_payout.payout_level
        self._groups = event_payout.payout_groups
        self._rates = [(group_rate(group), group_in_words(group)) for group in self._groups]
        self._default = (default_rate(event_payout), default_in_words(event_payout))
        self._restrictions = Matcher([restriction.rules for restriction in event_payout.payout_restrictions])
        self._matcher = Matcher([group.rules for group in self._groups])
        self._adjustments = Matcher([adjustment.rules for adjustment in event_payout.payout_adjustments])
        self._hiding = sum(
            1 << index
            for index, restriction in enumerate(event_payout.payout_restrictions)
            if restriction.zero_payout_hide_report
        )

    def masks(self, facts: OrderFacts, lines: Sequence[LineFacts] = ()) -> int:
        """The mask of the groups that hold for the order as a whole; the winner is `lowest` of it."""
        return self._matcher.for_order(facts, lines)

    def price(self, order: Order) -> Decision:
        """The payout of the order, with its group, its lines and the reason in words. Pure: no clock, no limits."""
        if order.returned:
            return _nothing(order)
        facts = OrderFacts(order)
        with localcontext(EXACT):
            if self._level == "ITEM" and order.has_items:
                return self._by_line(order, facts)
            return self._as_one(order, facts)

    def _as_one(self, order: Order, facts: OrderFacts) -> Decision:
        lines = line_facts(order)
        unit = self._unit(
            order.lines,
            order.digits,
            self._restrictions.for_order(facts, lines),
            self._matcher.for_order(facts, lines),
            self._adjustments.for_order(facts, lines),
        )
        taking_part = [line for line in order.lines if line.quantity > 0] or list(order.lines)
        shares = dict(
            zip(
                (line.index for line in taking_part),
                shared(unit.payout, [line.sale_amount for line in taking_part], order.digits),
                strict=True,
            )
        )
        group = named(unit.group)
        restricted = unit.restriction is not None
        return Decision(
            sale_amount=order.sale_amount,
            payout=unit.payout,
            exact=_plain(unit.exact),
            group=group,
            restricted=restricted,
            restriction=unit.restriction,
            hidden_from_reports=unit.hidden,
            lines=tuple(
                LineDecision(
                    line.index,
                    line.sku,
                    line.sale_amount,
                    shares.get(line.index, rounded(ZERO, order.digits)),
                    group if line.index in shares else None,
                    restricted and line.index in shares,
                )
                for line in order.lines
            ),
            adjustments=unit.adjustments,
            reason=unit.reason,
        )

    def _by_line(self, order: Order, facts: OrderFacts) -> Decision:
        lines = line_facts(order)
        units = {
            line.line.index: self._unit((line.line,), order.digits, restricted, met, adjusting)
            for line, restricted, met, adjusting in zip(
                lines,
                self._restrictions.for_lines(facts, lines),
                self._matcher.for_lines(facts, lines),
                self._adjustments.for_lines(facts, lines),
                strict=True,
            )
        }
        nothing = rounded(ZERO, order.digits)
        decisions = []
        for line in order.lines:
            unit = units.get(line.index)
            decisions.append(
                LineDecision(
                    line.index,
                    line.sku,
                    line.sale_amount,
                    unit.payout if unit else nothing,
                    named(unit.group) if unit else None,
                    unit is not None and unit.restriction is not None,
                )
            )
        priced = list(units.values())
        agree = len({unit.group for unit in priced}) == 1
        restricted = bool(priced) and all(unit.restriction is not None for unit in priced)
        reasons = list(dict.fromkeys(unit.reason for unit in priced))
        return Decision(
            sale_amount=order.sale_amount,
            payout=sum((unit.payout for unit in priced), nothing),
            exact=sum((_plain(unit.exact) for unit in priced), ZERO),
            group=named(priced[0].group) if agree else None,
            restricted=restricted,
            restriction=priced[0].restriction if restricted else None,
            hidden_from_reports=restricted and all(unit.hidden for unit in priced),
            lines=tuple(decisions),
            adjustments=tuple(sorted({index for unit in priced for index in unit.adjustments})),
            reason=reasons[0] if len(reasons) == 1 else f"{len(priced)} items, each priced by itself",
        )

    def _unit(self, lines: Sequence[Line], digits: int, restricted: int, met: int, adjusting: int) -> _Priced:
        """Price one unit from the masks of what holds for it."""
        if restricted:
            index = lowest(restricted)
            hidden = bool(restricted & self._hiding)
            reason = f"restricted by {rules_in_words(self.event_payout.payout_restrictions[index].rules)}"
            return _Priced(rounded(ZERO, digits), (ZERO, 1), None, index, hidden, (), reason)
        winner = lowest(met)
        rate, reason = self._rates[winner] if met else self._default
        amount = earned(rate, self._level, lines)
        held = tuple(each(adjusting))
        for index in held:
            adjustment = self.event_payout.payout_adjustments[index]
            amount = adjusted(amount, adjustment)
            reason = f"{reason}, {adjustment_in_words(adjustment)}"
        group = self._groups[winner] if met else None
        return _Priced(rounded(amount[0], digits, amount[1]), amount, group, None, False, held, reason)


def compile_plan(terms: Terms, event_type_code: str) -> Plan:
    """The plan of these terms for one event type; KeyError where they do not cover it."""
    return Plan(terms.event_payout(event_type_code))


def _nothing(order: Order) -> Decision:
    nothing = rounded(ZERO, order.digits)
    return Decision(
        sale_amount=order.sale_amount,
        payout=nothing,
        exact=ZERO,
        group=None,
        restricted=False,
        restriction=None,
        hidden_from_reports=False,
        lines=tuple(LineDecision(line.index, line.sku, line.sale_amount, nothing, None, False) for line in order.lines),
        adjustments=(),
        reason=returned_in_words(order),
    )


def _plain(exact: Exact) -> Decimal:
    value, divisor = exact
    if divisor == 1:
        return value
    with localcontext(EXACT) as context:
        context.prec = max(28, value.adjusted() + 20)
        context.rounding = ROUND_DOWN
        return (value / divisor).quantize(Decimal("1e-12")).normalize() + ZERO
