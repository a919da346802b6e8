"""What modifications make of an order, one after the other, against the naive reading: states, refusals and figures."""

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from contracts.engine.orders.order import OrderState
from contracts.engine.pricing.plan import compile_plan
from contracts.engine.rules.facts import read_together
from tests.engine.naive.orders import standing_after
from tests.engine.naive.payouts import price
from tests.engine.random_terms import CHANGING_SUBJECTS, CODES, cases
from tests.engine.random_world import context, terms_of, world
from tracking.modifications.order_changes import ModificationRefused, change_of, check_return

SKUS = ["red", "a", "S-1"]
REASONS = st.sampled_from(["ORDER_UPDATE", "ORDER_UPDATE", "ITEM_RETURNED", "ITEM_OUT_OF_STOCK", "MP_RETURNED"])
QUANTITIES = st.integers(0, 5).map(str)
CHANGES = st.one_of(
    st.builds(lambda sku, now: {"Sku1": sku, "Quantity1": now}, st.sampled_from([*SKUS, "b"]), QUANTITIES),
    st.builds(lambda status: {"CustomerStatus": status}, st.sampled_from(CODES)),
    st.builds(lambda amount: {"Amount": amount}, st.sampled_from(["0", "40", "0.001", "99.995"])),
    st.builds(
        lambda sku, now, other, then, status: {
            "Sku1": sku, "Quantity1": now, "Sku2": other, "Quantity2": then, "CustomerStatus": status,
        },
        st.sampled_from(SKUS), QUANTITIES, st.sampled_from(SKUS), QUANTITIES, st.sampled_from(CODES),
    ),
)  # fmt: skip


@st.composite
def changed_orders(draw):
    """(event payout, payload whose lines mostly have SKUs of their own, the terms' currency, modifications)."""
    payout, payload, currency = draw(cases(CHANGING_SUBJECTS))
    if "Items" in payload:
        skus = draw(st.permutations([*SKUS, draw(st.sampled_from(SKUS))]))
        payload["Items"] = [item | {"ItemSku": sku} for item, sku in zip(payload["Items"], skus, strict=False)]
    changes = draw(st.lists(st.tuples(CHANGES, REASONS), min_size=1, max_size=4))
    return payout, payload, currency, [change | {"Reason": reason} for change, reason in changes]


@given(changed_orders())
def test_changes_one_after_the_other_leave_what_the_naive_reading_says(case):
    payout, payload, currency, changes = case
    state, refused = OrderState(), []
    for number, change in enumerate(changes):
        try:
            order = read_together(payload, context(currency), state)
            changed = change_of(change, order, state).state
            check_return(change["Reason"], order, changed)
            state = changed
        except ModificationRefused:
            refused.append(number)
    decision = compile_plan(terms_of(payout, currency), "SALE").price(read_together(payload, context(currency), state))

    standing, naively_refused = standing_after(payload, changes, world(currency))
    amounts, payouts, total, _, _ = price(payout, payload, world(currency), standing)

    assert refused == naively_refused
    assert [Fraction(line.sale_amount) for line in decision.lines] == amounts
    assert [Fraction(line.payout) for line in decision.lines] == payouts
    assert Fraction(decision.payout) == total
