"""The compiled plan against a naive reading, and laws that hold for any terms and any order."""

import os
from decimal import Decimal
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.engine.document.load import document, load
from contracts.engine.explain.steps import explain
from contracts.engine.orders.order import Context, OrderState
from contracts.engine.pricing.plan import compile_plan
from contracts.engine.rules.facts import read_together
from tests.engine.naive.orders import AS_SENT
from tests.engine.naive.payouts import price
from tests.engine.random_terms import SUBJECTS, cases, changed_cases, event_payouts
from tests.engine.random_world import DIGITS, LISTS, context, terms_of, world

EXAMPLES = int(os.environ.get("BRANDBOARD_EXAMPLES", "600"))


def state_of(standing):
    """The standing as the engine is told of it."""
    amount = standing.amount
    return OrderState(
        quantities=dict(standing.quantities),
        amount=None if amount is None else Decimal(amount.numerator) / amount.denominator,
        customer_status=standing.status,
        reversed=standing.is_reversed,
    )


def assert_all_agree(payout, payload, currency, standing=AS_SENT):
    """The plan, the naive reading and the explanation arrive at the same."""
    terms = terms_of(payout, currency)
    order = read_together(payload, context(currency), state_of(standing))
    decision = compile_plan(terms, "SALE").price(order)

    amounts, payouts, total, ranks, restricted = price(payout, payload, world(currency), standing)

    assert [Fraction(line.sale_amount) for line in decision.lines] == amounts
    assert Fraction(decision.payout) == total
    assert [Fraction(line.payout) for line in decision.lines] == payouts
    assert decision.restricted == (bool(restricted) and all(restricted))
    assert (decision.group and decision.group[0]) == (ranks[0] if len(set(ranks)) == 1 else None)
    if order.has_items and payout["PayoutLevel"] == "ITEM" and ranks:
        units = [line for line in decision.lines if order.lines[line.index].takes_part]
        assert [line.group and line.group[0] for line in units] == ranks
        assert [line.restricted for line in units] == restricted

    explanation = explain(terms.event_payouts[0], order)
    assert Decimal(explanation["Payout"]) == decision.payout
    assert [Decimal(line["Payout"]) for line in explanation["Lines"]] == [line.payout for line in decision.lines]
    assert [Decimal(line["SaleAmount"]) for line in explanation["Lines"]] == [d.sale_amount for d in decision.lines]
    assert [unit["Group"] and unit["Group"]["Rank"] for unit in explanation["Units"]] == ranks
    assert all(unit["HiddenFromReports"] for unit in explanation["Units"] or [{"HiddenFromReports": False}]) == (
        decision.hidden_from_reports
    )


@settings(max_examples=EXAMPLES, deadline=None)
@given(cases())
def test_the_plan_agrees_with_a_naive_reading_and_with_its_explanation(case):
    assert_all_agree(*case)


@settings(max_examples=EXAMPLES, deadline=None)
@given(changed_cases())
def test_they_agree_on_a_changed_order_too(case):
    assert_all_agree(*case)


@settings(max_examples=EXAMPLES // 5, deadline=None)
@given(SUBJECTS.flatmap(event_payouts))
def test_a_terms_document_survives_the_round_trip(payout):
    terms = terms_of(payout)
    again = load(document(terms), digits=DIGITS, lists=list(LISTS), is_strict=False)
    assert again == terms
    assert document(again) == document(terms)


@settings(max_examples=EXAMPLES // 5, deadline=None)
@given(cases(), st.data())
def test_only_ranks_order_the_groups_and_a_last_group_that_never_holds_changes_nothing(case, data):
    payout, payload, _ = case
    order = read_together(payload, context())
    decision = compile_plan(terms_of(payout), "SALE").price(order)
    groups = data.draw(st.permutations(payout["PayoutGroups"]))
    never = {"Variable": "TEXT50", "Operator": "IS", "Values": ["never"]}
    groups.insert(0, {"Rank": 99, "Rules": [never], "Payout": "1"})
    assert compile_plan(terms_of(payout | {"PayoutGroups": groups}), "SALE").price(order) == decision


@settings(max_examples=EXAMPLES // 5, deadline=None)
@given(cases())
def test_a_payout_is_the_sum_of_its_lines_and_a_restriction_on_everything_pays_nothing(case):
    payout, payload, _ = case
    order = read_together(payload, context())
    decision = compile_plan(terms_of(payout), "SALE").price(order)
    assert decision.payout == sum(line.payout for line in decision.lines)
    assert decision.sale_amount == sum(line.sale_amount for line in decision.lines)
    everything = {"Rules": [{"Variable": "TEXT50", "Operator": "IS_NOT_PRESENT"}]}
    if "Text50" not in payload:
        restricted = compile_plan(terms_of(payout | {"PayoutRestrictions": [everything]}), "SALE").price(order)
        assert restricted.payout == 0


@settings(max_examples=EXAMPLES // 5, deadline=None)
@given(changed_cases())
def test_a_narrowed_context_prices_the_same_and_nothing_is_paid_for_what_came_back_whole(case):
    payout, payload, currency, standing = case
    plan, state = compile_plan(terms_of(payout, currency), "SALE"), state_of(standing)
    decision = plan.price(read_together(payload, context(currency), state))
    narrow = Context.from_json(context(currency).narrowed(payload, standing.status))
    assert plan.price(read_together(payload, narrow, state)) == decision
    whole = plan.price(read_together(payload, context(currency), OrderState(reversed=True)))
    assert whole.payout == 0 == whole.sale_amount
