"""The receipt adds up as it is printed: each subtotal against the lines above it, over random orders and changes."""

import os
import re
from datetime import UTC, date, datetime
from fractions import Fraction

from django.template.loader import render_to_string
from django.test import RequestFactory
from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.engine.pricing.plan import compile_plan
from contracts.engine.rules.facts import read_together
from program.models import EventType, Program
from tests.engine.random_terms import changed_cases
from tests.engine.random_world import context, terms_of
from tests.engine.test_plan_properties import state_of
from tests.tracking.printed import figure, money_in, rows, sections
from tracking.actions.explain_shown import explain_units
from tracking.models import Action, Conversion
from tracking.receipts.pages import receipt

EXAMPLES = int(os.environ.get("BRANDBOARD_EXAMPLES", "600")) // 2
CUT = Fraction(1, 10**10)  # a figure that never ends is cut after twelve decimals
DIGITS = {"GBP": 2, "USD": 2, "JPY": 0}


def printed(payout, payload, currency, standing, *, most):
    """The receipt and the table of items as a page has them, and the decision that they explain."""
    terms = terms_of(payout, currency)
    order = read_together(payload, context(currency), state_of(standing))
    plan = compile_plan(terms, "SALE")
    decision = plan.price(order)
    explanation = explain_units(plan.event_payout, order, decision, start=0, stop=most or 100)
    assert explanation["Agrees"]
    program = Program(id=1000, time_zone="Europe/London")
    action = Action(
        id=7, program=program, event_type=EventType(code="SALE"), terms_version_id=3, clearing_date=date(2026, 2, 1),
        event_date=datetime(2026, 1, 31, 22, tzinfo=UTC), conversion=Conversion(payload=payload),
    )  # fmt: skip
    told = receipt(order, plan.event_payout, explanation, {}, most=most)
    shown = {**told, "action": action, "program": program, "locks_at": action.event_date}
    request = RequestFactory().get("/")
    return (
        sections(render_to_string("tracking/_receipt.html", shown, request)),
        rows(render_to_string("tracking/_items.html", shown, request)) if order.has_items else [],
        decision,
    )


def near(one, other):
    return abs(one - other) <= CUT


def half_up(value, digits):
    return Fraction((2 * value * 10**digits + 1) // 2, 10**digits)


def added(section, start=Fraction(0)):
    """The section's subtotal, after the lines above it were added up and compared with it."""
    *lines, subtotal = section.lines
    assert subtotal.is_subtotal
    assert not any(line.is_subtotal for line in lines)
    assert near(start + sum(line.amount for line in lines), subtotal.amount), section
    return subtotal.amount


def sale_amount(receipt):
    """Adds up the receipt down to the sale amount in the terms' currency; returns it with the sections that follow."""
    first, second, *rest = receipt
    start = added(first) if first.title == "Order lines" else first.lines[0].amount
    sale = added(second, start)
    if rest[0].title == "Currency":
        return added(rest[0]), rest[1:]
    return sale, rest


def paid(sections, sale, digits):
    """Follows one unit from its sale amount to its rounded payout; returns that."""
    earned = None
    for section in sections:
        if section.title == "Sale amount":
            (line,) = section.lines
            sale = line.amount
        elif section.title == "Restrictions" and section.lines:
            assert section.lines[0].words.startswith("Restricted:")
            return section.lines[0].amount
        elif section.title == "Payout group":
            (line,) = section.lines
            earned = line.amount
            assert near(product(line.words, sale), earned), line
        elif section.title == "Adjustments":
            for line in section.lines:
                change, before = line.words.split(" ", 1)[0].rstrip(","), money_in(line.words)[-1]
                assert near(before, earned), line
                earned = max(adjusted(before, change), Fraction(0))
                assert near(earned, line.amount), line
        elif section.title == "Rounding":
            line, *_ = section.lines  # the lines that are not shown follow the last unit
            assert near(half_up(earned, digits), line.amount), line
            return line.amount
    raise AssertionError("the unit has no payout")


def product(words, sale):
    """What the words say is earned: a share of an amount, or an amount for each item."""
    if "%" in words:
        of = money_in(words)[-1]
        assert "at most" in words or near(of, sale), words
        return figure(words.split("%")[0]) / 100 * of
    (amount,) = money_in(words)
    items = re.search(r"per item, ([\d,]+)", words)
    return amount * (figure(items[1]) if items else 1)


def adjusted(before, change):
    sign = 1 if change.startswith("+") else -1
    size = abs(figure(change))
    return before + sign * (before * size / 100 if change.endswith("%") else size)


def units_of(sections):
    """The sections of each line that is paid by itself."""
    found = []
    for section in sections:
        if section.title == "Sale amount":
            found.append([])
        found[-1].append(section)
    return found


def rest_of(sections):
    """What the lines that are not shown are paid together."""
    return sum(line.amount for each in sections for line in each.lines if "more line" in line.words)


@settings(max_examples=EXAMPLES)
@given(changed_cases(), st.sampled_from([None, 2]))
def test_every_subtotal_is_the_sum_of_the_lines_above_it(case, most):
    payout, payload, currency, standing = case
    receipt, items, decision = printed(payout, payload, currency, standing, most=most)
    sale, rest = sale_amount(receipt)
    assert sale == Fraction(decision.sale_amount)
    digits = DIGITS[currency]
    *units, total, dates = [section for section in rest if section.title != "By item"]
    assert (total.title, dates.title) == ("Payout", "Dates")
    if not any(section.title in ("Restrictions", "Payout group") and section.lines for section in units):
        payouts = Fraction(0)
    elif any(section.title == "By item" for section in rest):
        payouts = sum(paid(unit, sale, digits) for unit in units_of(units)) + rest_of(units)
    else:
        payouts = paid(units, sale, digits)
    assert payouts == Fraction(decision.payout)
    for row in items:
        before = row["Subtotal"] + row.get("Discounts", 0) + row.get("Rounding", 0)
        own = f"Sale amount, {payload['CurrencyCode']}"
        assert near(before, row.get(own, row["Sale amount"])), row
    if items:
        *lines, sums = items
        for label, amount in sums.items():
            assert near(sum(row[label] for row in lines), amount), label
        assert (sums["Sale amount"], sums["Payout"]) == (sale, payouts)
