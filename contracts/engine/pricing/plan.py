"""Terms compiled for one event type: an order in, its payout and the reason out (payouts.md §5).

A published version never changes, so its plan is compiled once. Restrictions, groups and adjustments are each a
`Matcher`; the first bit that is set in the groups' mask is the winner's, however many groups there are.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal, localcontext

from contracts.engine.document.sections.default_payout import DEFAULT_PAYOUT
from contracts.engine.document.sections.payout_adjustments import PAYOUT_ADJUSTMENTS
from contracts.engine.document.sections.payout_groups import PAYOUT_GROUPS, PayoutGroup
from contracts.engine.document.sections.payout_restrictions import PAYOUT_RESTRICTIONS
from contracts.engine.document.terms import EventPayout, Terms
from contracts.engine.orders.money import EXACT, ZERO, cut, rounded, shared
from contracts.engine.orders.order import Line, Order
from contracts.engine.pricing.rates import Exact, earned
from contracts.engine.rules.facts import LineFacts, OrderFacts, line_facts
from contracts.engine.rules.index.matcher import Matcher


@dataclass(slots=True)
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

    def __init__(self, event_payout: EventPayout, currency: str) -> None:
        self.event_payout, self.currency = event_payout, currency
        self._level = event_payout.payout_level
        self._groups = event_payout.payout_groups
        self._rates = [(PAYOUT_GROUPS.rate(group), PAYOUT_GROUPS.reason(group, currency)) for group in self._groups]
        default = event_payout.default_payout
        self._default = (DEFAULT_PAYOUT.rate(default), DEFAULT_PAYOUT.reason(default, currency))
        self._restrictions = Matcher([restriction.rules for restriction in event_payout.payout_restrictions])
        self._matcher = Matcher([group.rules for group in self._groups])
        self._adjustments = Matcher([adjustment.rules for adjustment in event_payout.payout_adjustments])

    def winner(self, facts: OrderFacts, lines: Sequence[LineFacts] = ()) -> int:
        """The place, from 0, of the first group that holds for the order as a whole; -1 where none does.

        This is the masks' work alone, without reading the order before or the arithmetic after.
        """
        winner = self._matcher.first(self._matcher.for_order(facts, lines))
        return winner if winner < len(self._groups) else -1

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
        nothing = rounded(ZERO, order.digits)
        group = _named(unit.group)
        restricted = unit.restriction is not None
        return Decision(
            sale_amount=order.sale_amount,
            payout=unit.payout,
            exact=cut(*unit.exact),
            group=group,
            restricted=restricted,
            restriction=unit.restriction,
            hidden_from_reports=unit.hidden,
            lines=tuple(
                LineDecision(
                    line.index,
                    line.sku,
                    line.sale_amount,
                    shares.get(line.index, nothing),
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
            line.line.index: self._unit((line.line,), order.digits, restricting, met, adjusting)
            for line, restricting, met, adjusting in zip(
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
                    _named(unit.group) if unit else None,
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
            exact=sum((cut(*unit.exact) for unit in priced), ZERO),
            group=_named(priced[0].group) if agree else None,
            restricted=restricted,
            restriction=priced[0].restriction if restricted else None,
            hidden_from_reports=restricted and all(unit.hidden for unit in priced),
            lines=tuple(decisions),
            adjustments=tuple(sorted({index for unit in priced for index in unit.adjustments})),
            reason=reasons[0] if len(reasons) == 1 else f"{len(priced)} items, each priced by itself",
        )

    def _unit(
        self,
        lines: Sequence[Line],
        digits: int,
        restricting: int,
        met: int,
        adjusting: int,
    ) -> _Priced:
        """Price one unit from the masks of what holds for it."""
        if restricted := self._restrictions.each(restricting):
            restrictions = [self.event_payout.payout_restrictions[index] for index in restricted]
            hidden = any(restriction.zero_payout_hide_report for restriction in restrictions)
            reason = PAYOUT_RESTRICTIONS.reason(restrictions[0])
            return _Priced(rounded(ZERO, digits), (ZERO, 1), None, restricted[0], hidden, (), reason)
        winner = self._matcher.first(met)
        group = self._groups[winner] if winner < len(self._groups) else None
        rate, reason = self._rates[winner] if group else self._default
        amount = earned(rate, self._level, lines)
        held = tuple(self._adjustments.each(adjusting))
        for index in held:
            adjustment = self.event_payout.payout_adjustments[index]
            amount = PAYOUT_ADJUSTMENTS.adjusted(amount, adjustment)
            reason = f"{reason}, {PAYOUT_ADJUSTMENTS.change(adjustment, self.currency)}"
        return _Priced(rounded(amount[0], digits, amount[1]), amount, group, None, False, held, reason)


def compile_plan(terms: Terms, event_type_code: str) -> Plan:
    """The plan of these terms for one event type; KeyError where they do not cover it."""
    return Plan(terms.event_payout(event_type_code), terms.currency)


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
        reason=order.returned_in_words,
    )


def _named(group: PayoutGroup | None) -> tuple[int, str] | None:
    """(rank, name) of a group."""
    return (group.rank, group.name) if group else None
