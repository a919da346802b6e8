"""The worked figures of the sources and of payouts.md, from pages to pages: terms are made on theirs, an order is sent
to the API, and the page of its action says the payout, the dates and why.
"""

import pytest

from tests.flows.dashboard import Dashboard
from tracking.pricing.batch import price_all

ORDER = {"Amount": "100.00", "CustomerStatus": "New"}
GROUPS, ADJUSTMENTS = "payout-groups", "payout-adjustments"


def row(kind, value, *rules, by="PERCENT", **fields):
    """A row of a list as it is typed: its rules as (variable, operator, values)."""
    own = {"direction": "INCREASE"} if kind == ADJUSTMENTS else {"name": ""}
    names = zip(("variable", "operator", "values"), zip(*rules, strict=True), strict=True) if rules else ()
    return kind, {**own, "kind": by, "value": value, **{name: list(typed) for name, typed in names}, **fields}


def schedule(locking=None, paying=None):
    """Locking and payment as they are typed: (period, months, days); None is switched off."""
    typed = {}
    for name, value, offered in (("locking", locking, "MONTH"), ("scheduling", paying, "END_OF_MONTH")):
        period, months, days = value or (offered, 0, 0)
        typed |= {f"{name}_period": period, f"{name}_months": months, f"{name}_days": days}
        typed |= {f"has_{name}": "on"} if value else {}
    return typed


@pytest.fixture
def dashboard(alice, client_of):
    pages = Dashboard(client_of(alice), 1000)
    pages.add_event_type({"New": "new", "Existing": "repeat", "Re-Engaged": "lapsed"})
    pages.add_partner("P-ANNA", "Anna’s Blog")
    return pages


@pytest.fixture
def ordered(dashboard):
    """The page of the action of an order under terms of 10% with these rows and dates, as it reads."""
    shop = dashboard.make_token()

    def page(*rows, dates=None, default=None, **order):
        terms = dashboard.create_terms("Standard", "10")
        if default:
            dashboard.send_to(terms, "default-payout/", **default)
        for kind, fields in rows:
            dashboard.send_to(terms, f"{kind}/new/", **fields)
        if dates:
            dashboard.send_to(terms, "schedule/", **dates)
        dashboard.publish(terms, "As worked out.")
        answer = shop.report("A-1", **{**ORDER, **order})
        price_all(program_id=1000)
        assert shop.submission(answer)["Status"] == "Complete"
        return dashboard.action("A-1")

    return page


NEW = ("CUSTOMER_STATUS", "IS", "New")


@pytest.mark.parametrize(("rows", "order", "payout", "why"), [
    ([row(GROUPS, "15", NEW)], {}, "£15.00", ["15% of the order’s sale amount: £100.00 £15.00"]),
    ([row(ADJUSTMENTS, "5", NEW)], {}, "£10.50", ["10% of the order’s sale amount: £100.00", "+5%", "£10.00 before"]),
    (
        [row(GROUPS, "2"), row(ADJUSTMENTS, "50", NEW), row(ADJUSTMENTS, "50", NEW), row(ADJUSTMENTS, "100", NEW)], {},
        "£9.00",
        ["2% of the order’s sale amount: £100.00 £2.00", "£2.00 before £3.00", "£3.00 before £4.50",
         "£4.50 before £9.00"],
    ),
    # The specific group above the common one: both hold.
    (
        [row(GROUPS, "20", NEW, ("ORDER_TOTAL", "GTE", "200")), row(GROUPS, "12", ("ORDER_TOTAL", "GTE", "200"))],
        {"Amount": "200.00"}, "£40.00", ["20% of the order’s sale amount: £200.00"],
    ),
    # At order level one line that matches concerns the whole order.
    (
        [row(GROUPS, "20", ("ITEM_SKU", "IS", "8432195"))],
        {"ItemSku1": "8432195", "ItemPrice1": "10.00", "ItemSku2": "1", "ItemPrice2": "90.00"},
        "£20.00", ["20% of the order’s sale amount: £100.00"],
    ),
    # A comma means or; quotes keep one.
    ([row(GROUPS, "20", ("ITEM_CATEGORY", "IS", "ACME,Roadrunning"))],
     {"ItemCategory1": "Roadrunning", "ItemPrice1": "100.00"}, "£20.00", []),
    ([row(GROUPS, "20", ("ITEM_CATEGORY", "IS", '"ACME,Roadrunning"'))],
     {"ItemCategory1": "Roadrunning", "ItemPrice1": "100.00"}, "£10.00", []),
    # Two lines and a discount of the order: 16.29 and 5.70 of 21.99.
    ([row(GROUPS, "100")],
     {"ItemSku1": "A", "ItemPrice1": "10.00", "ItemQuantity1": "2", "ItemSku2": "B", "ItemPrice2": "6.99",
      "OrderDiscount": "5"},
     "£21.99", ["16.29", "5.70"]),
], ids=["15.00", "10.50", "9.00", "specific first", "whole order", "or", "quoted", "21.99"])  # fmt: skip
def test_the_page_of_the_action_shows_the_worked_payout(ordered, rows, order, payout, why):
    if "ItemPrice1" in order:
        order = {"Amount": "", **order}
    page = ordered(*rows, **order)
    assert f"Why this pays {payout}" in page
    for words in why:
        assert words in page


@pytest.mark.parametrize(("tracked", "dates", "locked", "due"), [
    ("2020-09-10T10:42:00+01:00", schedule(("DAY", 0, 15)), "26 Sep 2020", "26 Sep 2020"),
    ("2021-04-24T19:50:00+01:00", schedule(("MONTH", 0, 15)), "16 May 2021", "16 May 2021"),
    ("2026-01-01T00:00:00+00:00", schedule(("MONTH", 0, 27), ("END_OF_MONTH", 0, 20)), "28 Feb 2026", "20 Mar 2026"),
    ("2026-01-31T23:59:00+00:00", schedule(("MONTH", 0, 27), ("END_OF_MONTH", 0, 20)), "28 Feb 2026", "20 Mar 2026"),
    ("2026-01-31T23:59:00+00:00", schedule(("MONTH", 0, 27), ("END_OF_WEEK", 0, 0)), "28 Feb 2026", "28 Feb 2026"),
], ids=["day", "month", "first of January", "last of January", "paid as it locks"])  # fmt: skip
def test_the_page_of_the_action_shows_the_worked_dates(ordered, tracked, dates, locked, due):
    page = ordered(dates=dates, EventDate=tracked)
    assert "Why this pays £10.00" in page
    assert f"Locked {locked} due {due}" in page
    assert f"Locked {locked} Due {due}" in page  # at the end of the receipt


def test_without_locking_the_page_says_that_the_order_is_open_ended(ordered):
    assert "Locks 19 Nov 2028 open-ended until then" in ordered(dates=schedule(), EventDate="2026-11-20T10:00:00+00:00")


def test_a_payout_by_item_is_worked_out_line_by_line(ordered):
    """10% of each line; the group pays 2.00 for each of the first three units."""
    default = {"kind": "PERCENT", "value": "10", "payout_level": "ITEM"}
    page = ordered(
        row(GROUPS, "2", ("ITEM_SKU", "IS", "A"), by="FIXED", payable_items="3"), default=default, Amount="",
        ItemSku1="A", ItemPrice1="10.00", ItemQuantity1="5", ItemSku2="B", ItemPrice2="6.99",
    )  # fmt: skip
    assert "Why this pays £6.70" in page
    assert "Line 1, A £6.00" in page
    assert "Line 2, B £0.70" in page
