"""Limits against a naive reading over random lives of orders, and laws that hold whatever happens."""

import os
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.engine.document.sections.limits import Limit
from contracts.engine.document.whole_terms.whole_limits import WholeLimit
from contracts.engine.pricing.limits.caps import TermsLimits, Whose, caps_of
from contracts.engine.pricing.limits.settle import approved, changed, first, returned
from tests.engine.naive.limits import Action, Ledger

EXAMPLES = int(os.environ.get("BRANDBOARD_EXAMPLES", "300"))
ZONE = "Europe/Berlin"
BEGIN = datetime(2026, 11, 27, 20, tzinfo=UTC)  # a Friday; the month ends within the days of the orders
PLACES = st.integers(1, 4).map(Decimal)
MONEY = st.decimals("0.00", "30.00", places=2)
LIMITS = st.lists(
    st.sampled_from(
        [(type_, by, period) for type_ in ("PAYOUT", "ACTION") for by in ("ALL", "CUSTOMER")
         for period in ("DAY", "WEEK", "MONTH", "CONTRACT")]
        + [("PAYOUT", "CLICK", "CONTRACT"), ("ACTION", "CLICK", "CONTRACT")]
    ),
    max_size=4, unique=True,
)  # fmt: skip


@st.composite
def terms(draw):
    limits = [
        Limit(type_, by, draw(st.decimals("0.01", "60", places=2) if type_ == "PAYOUT" else PLACES), period)
        for type_, by, period in draw(LIMITS)
    ]
    periods = st.sampled_from(["DAY", "WEEK", "MONTH", "CONTRACT"])
    actions = draw(st.none() | st.builds(WholeLimit, st.integers(1, 6).map(Decimal), periods))
    spend = draw(st.none() | st.builds(WholeLimit, st.decimals("1", "90", places=2), periods))
    return TermsLimits(tuple(limits), actions, spend)


ORDERS = st.tuples(st.integers(0, 100), st.sampled_from(["", "7", "8"]), st.sampled_from(["", "a", "b"]))
STEPS = st.lists(
    st.tuples(st.sampled_from(["order", "order", "order", "change", "return", "approve"]), ORDERS, MONEY), max_size=25
)


@dataclass
class Life:
    """What the engine makes of the steps, with counters that are changed and never added up."""

    terms: TermsLimits
    counters: dict = field(default_factory=lambda: defaultdict(Decimal))
    settled: list = field(default_factory=list)
    caps: list = field(default_factory=list)

    def set(self, number, after):
        before = self.settled[number].met if number < len(self.settled) else ()
        for each in before:
            self.counters[each.cap.counter] -= each.took
        for each in after.met:
            self.counters[each.cap.counter] += each.took
        self.settled[number : number + 1] = [after]

    def order(self, hours, customer, click, due):
        whose = Whose(BEGIN + timedelta(hours=hours), ZONE, None, customer, click)
        self.caps.append(caps_of(self.terms, whose, 2))
        self.set(len(self.settled), first(due, self.caps[-1], self.counters))


def naive(terms):
    limits = [("money" if each.type == "PAYOUT" else "actions", each.limit_by, each.period, Fraction(each.value),
               each.type == "ACTION") for each in terms.limits]  # fmt: skip
    for what, each in (("actions", terms.action_limit), ("money", terms.spend_limit)):
        if each:
            limits.append((what, "ALL", each.period, Fraction(each.value), True))
    return Ledger(limits, ZONE)


def play(terms, steps):
    life, ledger = Life(terms), naive(terms)
    for what, (hours, customer, click), due in steps:
        if what == "order":
            life.order(hours, customer, click, due)
            at = BEGIN + timedelta(hours=hours)
            ledger.order(Action(len(ledger.actions), at, customer, click), Fraction(due))
        elif life.settled:
            number = hours % len(life.settled)
            before, action = life.settled[number], ledger.actions[number]
            if what == "change":
                life.set(number, changed(before, due, life.caps[number], life.counters))
                ledger.change(action, Fraction(due))
            elif what == "return" and not action.is_returned:
                life.set(number, returned(before, life.caps[number], life.counters))
                ledger.give_back(action)
            elif what == "approve" and action.is_over_cap:
                life.set(number, approved(before, life.counters))
                ledger.approve(action)
        yield what, life, ledger


@settings(max_examples=EXAMPLES, deadline=None)
@given(terms(), STEPS)
def test_every_life_agrees_with_the_naive_reading(terms, steps):
    for _, life, ledger in play(terms, steps):
        assert [Fraction(each.payout) for each in life.settled] == [each.paid for each in ledger.actions]
        assert [bool(each.over_cap) for each in life.settled] == [each.is_over_cap for each in ledger.actions]


@settings(max_examples=EXAMPLES, deadline=None)
@given(terms(), STEPS)
def test_a_counter_is_the_sum_of_what_its_actions_took_and_never_above_its_cap_without_an_approval(terms, steps):
    was_approved = False
    for what, life, _ in play(terms, steps):
        was_approved |= what == "approve"
        sums = defaultdict(Decimal)
        caps = {}
        for each in life.settled:
            for met in each.met:
                sums[met.cap.counter] += met.took
                caps[met.cap.counter] = met.cap.value
        assert {key: value for key, value in life.counters.items() if value} == {k: v for k, v in sums.items() if v}
        if not was_approved:
            assert all(sums[key] <= value for key, value in caps.items())


@settings(max_examples=EXAMPLES, deadline=None)
@given(st.decimals("0.01", "60", places=2), st.lists(MONEY, max_size=12), st.randoms())
def test_with_a_payout_limit_alone_the_total_is_the_same_in_any_order_of_arrival(value, dues, draw):
    for _ in range(2):
        life = Life(TermsLimits((Limit("PAYOUT", "ALL", value),)))
        for due in dues:
            life.order(0, "", "", due)
        assert sum(each.payout for each in life.settled) == min(value, sum(dues))
        draw.shuffle(dues)
