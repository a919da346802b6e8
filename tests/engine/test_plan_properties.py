"""The compiled plan against a naive reading, and laws that hold for any terms and any order."""

from decimal import Decimal
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.engine.document.load import document, load
from contracts.engine.explain.steps import explain
from contracts.engine.orders.order import Context, OrderState, read_order
from contracts.engine.pricing.plan import compile_plan
from tests.engine import naive
from tests.engine.random_terms import CATALOG, DIGITS, LISTS, RATES, STATUSES, a_payload, an_event_payout

ZONE = "Europe/Berlin"


def context(currency="GBP"):
    return Context(
        currency=currency,
        default_currency="GBP",
        digits=DIGITS,
        time_zone=ZONE,
        statuses=STATUSES,
        lists=LISTS,
        catalog=CATALOG,
        rates=RATES,
    )


def world(currency="GBP"):
    return naive.World(currency, DIGITS, ZONE, STATUSES, LISTS, CATALOG, RATES)


def terms_of(payout, currency="GBP"):
    raw = {"Name": "T", "Currency": currency, "EventPayouts": [payout]}
    return load(raw, digits=DIGITS, lists=list(LISTS), is_strict=False)


randoms = st.randoms(use_true_random=True)


def case_from(random):
    payout = an_event_payout(random)
    return payout, a_payload(random, payout), random.choice(["GBP", "GBP", "JPY"])


@settings(max_examples=3000, deadline=None)
@given(randoms)
def test_the_plan_agrees_with_a_naive_reading_and_with_its_explanation(random):
    payout, payload, currency = case_from(random)
    terms = terms_of(payout, currency)
    order = read_order(payload, context(currency))
    decision = compile_plan(terms, "SALE").price(order)

    amounts, payouts, total, ranks, restricted = naive.price(payout, payload, world(currency))

    assert [Fraction(line.sale_amount) for line in decision.lines] == amounts
    assert Fraction(decision.payout) == total
    assert [Fraction(line.payout) for line in decision.lines] == payouts
    assert decision.restricted == (bool(restricted) and all(restricted))
    assert (decision.group and decision.group[0]) == (ranks[0] if len(set(ranks)) == 1 else None)
    if order.has_items and payout["PayoutLevel"] == "ITEM":
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


@settings(max_examples=300, deadline=None)
@given(randoms)
def test_a_terms_document_survives_the_round_trip(random):
    terms = terms_of(an_event_payout(random))
    again = load(document(terms), digits=DIGITS, lists=list(LISTS), is_strict=False)
    assert again == terms
    assert document(again) == document(terms)


@settings(max_examples=300, deadline=None)
@given(randoms)
def test_only_ranks_order_the_groups_and_a_last_group_that_never_holds_changes_nothing(random):
    payout, payload, _ = case_from(random)
    order = read_order(payload, context())
    decision = compile_plan(terms_of(payout), "SALE").price(order)
    groups = [*payout["PayoutGroups"]]
    random.shuffle(groups)
    never = {"Variable": "TEXT50", "Operator": "IS", "Values": ["never"]}
    groups.insert(0, {"Rank": 99, "Rules": [never], "Payout": "1"})
    assert compile_plan(terms_of(payout | {"PayoutGroups": groups}), "SALE").price(order) == decision


@settings(max_examples=300, deadline=None)
@given(randoms)
def test_a_payout_is_the_sum_of_its_lines_and_a_restriction_on_everything_pays_nothing(random):
    payout, payload, _ = case_from(random)
    order = read_order(payload, context())
    decision = compile_plan(terms_of(payout), "SALE").price(order)
    assert decision.payout == sum(line.payout for line in decision.lines)
    assert decision.sale_amount == sum(line.sale_amount for line in decision.lines)
    everything = {"Rules": [{"Variable": "TEXT50", "Operator": "IS_NOT_PRESENT"}]}
    if "Text50" not in payload:
        restricted = compile_plan(terms_of(payout | {"PayoutRestrictions": [everything]}), "SALE").price(order)
        assert restricted.payout == 0


@settings(max_examples=300, deadline=None)
@given(randoms)
def test_a_narrowed_context_prices_the_same_and_changes_are_explained_to_the_cent(random):
    payout, payload, currency = case_from(random)
    terms = terms_of(payout, currency)
    plan = compile_plan(terms, "SALE")
    lines = payload.get("Items", [])
    kept = {
        index: new
        for index, new in ((index, random.randint(0, 5)) for index in range(len(lines)))
        if random.random() < 0.5 and lines[index].get("ItemQuantity", "1") != "0"
    }
    is_reversed = random.random() < 0.2
    state = OrderState(quantities=kept, reversed=is_reversed)
    order = read_order(payload, context(currency), state)
    decision = plan.price(order)
    narrow = Context.from_json(context(currency).narrowed(payload))
    assert plan.price(read_order(payload, narrow, state)) == decision
    explanation = explain(terms.event_payouts[0], order)
    assert Decimal(explanation["Payout"]) == decision.payout
    assert [Decimal(line["Payout"]) for line in explanation["Lines"]] == [line.payout for line in decision.lines]
    if is_reversed or (
        kept and all(kept.get(i, int(line.get("ItemQuantity", "1"))) == 0 for i, line in enumerate(lines))
    ):
        assert decision.payout == 0 == decision.sale_amount
