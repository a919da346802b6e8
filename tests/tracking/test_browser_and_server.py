"""An order that the browser and the server both report is one action, by the order as the server sent it."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from program.models import Customer
from reports.proof.verify import verify
from tests.factories import make_contracts, make_modification, make_partner, sent, terms_document
from tests.tracking.journey_rows import ORDERED, make_step
from tracking.conversions.new_conversions import store_conversion
from tracking.erasing.services import erase_customer, run_erasure
from tracking.intake import read_conversion
from tracking.models import Action, ActionUpdate, Conversion, Modification
from tracking.models.conversion import Source
from tracking.modifications.apply import apply_all
from tracking.pricing.batch import price_all, price_batch

pytestmark = pytest.mark.django_db

State, Reason = Conversion.State, Conversion.Reason


def report(program: Any, source: Source, **params: Any) -> Conversion:
    is_test = params.pop("is_test", False)
    data = read_conversion(sent(**{"OrderId": "A1", **params}), now=timezone.now(), time_zone=program.time_zone)
    return store_conversion(program, data, source=source, is_test=is_test).conversion


def the_action() -> Action:
    return Action.objects.select_related("conversion", "event_type", "program", "customer").get()


def agrees(program: Any) -> None:
    told: list[str] = []
    verify(program, tell=told.append)
    assert told == []


def test_the_servers_order_replaces_the_browsers_by_an_update(brand: Any, standard: Any) -> None:
    browser = report(brand, Source.TAG, Amount="90.00")
    price_all(brand.pk)
    server = report(brand, Source.API, Amount="100.00", CustomerId="C-1", CustomerStatus="New")
    price_all(brand.pk)
    action = the_action()
    assert (action.conversion, action.amount, action.payout) == (server, Decimal(100), Decimal(15))
    assert action.customer.customer_id == "C-1"
    first, update = action.updates.all()
    assert (first.delta_payout, update.delta_payout, update.delta_amount) == (Decimal(9), Decimal(6), Decimal(10))
    assert update.replaced == browser
    assert update.what.startswith("Your server’s order replaces the browser’s: sale amount 90.00 GBP → 100.00 GBP")
    browser.refresh_from_db()
    assert (browser.state, browser.reason, browser.duplicate_of) == (State.DUPLICATE, Reason.REPLACED, server)
    agrees(brand)


def test_both_in_one_batch_make_one_action(brand: Any, standard: Any) -> None:
    report(brand, Source.TAG, Amount="90.00")
    server = report(brand, Source.API, Amount="100.00")
    price_batch(program_id=brand.pk)
    assert the_action().conversion == server
    assert not Conversion.objects.waiting().exists()
    agrees(brand)


def test_a_browser_that_comes_late_is_a_duplicate_of_the_servers(brand: Any, standard: Any) -> None:
    server = report(brand, Source.API, Amount="100.00")
    price_all(brand.pk)
    browser = report(brand, Source.PIXEL, Amount="900.00")
    price_all(brand.pk)
    browser.refresh_from_db()
    assert (browser.state, browser.duplicate_of) == (State.DUPLICATE, server)
    assert the_action().amount == Decimal(100)


@pytest.mark.parametrize(
    ("said", "is_credited"),
    [
        ({"Amount": "100.00"}, True),
        ({"Amount": "100.0"}, True),
        ({"Amount": "99999.00"}, False),
        ({"Amount": "100.00", "CurrencyCode": "USD"}, False),
        ({"Amount": "99.00", "CustomerId": "C-1"}, True),
        ({"Amount": "100.00", "CustomerId": "C-2"}, False),
    ],
    ids=str,
)
def test_who_guesses_an_order_id_of_the_server_is_not_credited(
    brand: Any, standard: Any, partner: Any, said: dict[str, str], is_credited: bool
) -> None:
    server = report(brand, Source.API, Amount="100.00", CustomerId="C-1", MediaPartnerId=None)
    price_all(brand.pk)
    click = make_step(brand, partner)
    report(brand, Source.TAG, ClickId=click, MediaPartnerId=None, **said)
    price_all(brand.pk)
    server.refresh_from_db()
    assert (server.state == State.PRICED) is is_credited


def test_of_each_kind_of_reporter_a_second_report_is_a_duplicate(brand: Any, standard: Any) -> None:
    for source in (Source.TAG, Source.PIXEL, Source.API, Source.FILE):
        report(brand, source)
        price_all(brand.pk)
    assert Action.objects.count() == 1
    assert Conversion.objects.filter(state=State.DUPLICATE).count() == 3
    assert Conversion.objects.filter(state=State.DUPLICATE, reason=Reason.DUPLICATE).count() == 1


def test_a_return_of_the_browsers_order_is_kept_by_the_servers(brand: Any, standard: Any) -> None:
    items = {"ItemSku1": "S1", "ItemPrice1": "10.00", "ItemQuantity1": "3", "ItemSku2": "S2", "ItemPrice2": "40.00"}
    report(brand, Source.TAG, **items)
    price_all(brand.pk)
    date = timezone.now().isoformat()
    make_modification(
        program=brand, OrderId="A1", ModificationDate=date, Reason="ITEM_RETURNED", ItemSku1="S1", ItemQuantity1="1"
    )
    apply_all(brand.pk)
    # The server knows the lines in another order, at other prices, and one line more.
    report(
        brand, Source.API, ItemSku1="S3", ItemPrice1="5.00", ItemSku2="S2", ItemPrice2="40.00", ItemSku3="S1",
        ItemPrice3="9.00", ItemQuantity3="3",
    )  # fmt: skip
    price_all(brand.pk)
    action = the_action()
    assert action.amount == Decimal("54.00")
    assert [(item.sku, item.quantity) for item in action.items.all()] == [("S3", 1), ("S2", 1), ("S1", 1)]
    make_modification(
        program=brand, OrderId="A1", ModificationDate=date, Reason="ITEM_RETURNED", ItemSku1="S3", ItemQuantity1="0"
    )
    apply_all(brand.pk)
    assert the_action().amount == Decimal("49.00")
    assert not Modification.objects.filter(state=Modification.State.REFUSED).exists()
    agrees(brand)


def test_after_lock_the_servers_order_is_refused(brand: Any, standard: Any) -> None:
    when = (timezone.now() - timedelta(days=20)).isoformat()
    browser = report(brand, Source.TAG, EventDate=when)
    price_all(brand.pk)
    server = report(brand, Source.API, EventDate=when, Amount="120.00")
    price_all(brand.pk)
    server.refresh_from_db()
    browser.refresh_from_db()
    assert (server.state, server.reason, server.duplicate_of) == (State.DUPLICATE, Reason.NOT_REPLACED, browser)
    assert "locked on" in server.detail
    assert browser.state == State.PRICED
    assert the_action().amount == Decimal(100)
    agrees(brand)


def test_a_server_that_names_another_partner_reverses_the_browsers_action(
    brand: Any, standard: Any, partner: Any
) -> None:
    other = make_partner(program=brand, media_partner_id="P-2", name="Canyon Blog")
    make_contracts(program=brand, document=terms_document(name="Other"), partners=[other])
    report(brand, Source.TAG, Amount="90.00")
    price_all(brand.pk)
    report(brand, Source.API, Amount="100.00", MediaPartnerId="P-2")
    price_all(brand.pk)
    theirs, others = Action.objects.order_by("pk")
    assert (theirs.state, theirs.payout, others.partner, others.payout) == ("REVERSED", 0, other, Decimal(10))
    update = theirs.updates.last()
    assert update.disposition == ActionUpdate.Disposition.CREDITED_DIFFERENT_MP
    assert "Canyon Blog" in update.what
    agrees(brand)


def test_the_order_history_counts_an_order_of_both_once(brand: Any, sale: Any, partner: Any) -> None:
    sale.works_out_status = True
    sale.save()
    make_contracts(program=brand, document=terms_document(), partners=[partner])
    report(brand, Source.TAG, CustomerId="C-1")
    price_all(brand.pk)
    report(brand, Source.API, CustomerId="C-1")
    price_all(brand.pk)
    assert the_action().customer_status_category == "New"
    agrees(brand)


def test_a_customer_whose_only_order_became_another_s_has_none(brand: Any, standard: Any) -> None:
    report(brand, Source.TAG, CustomerId="C-2")
    price_all(brand.pk)
    agrees(brand)
    report(brand, Source.API, CustomerId="C-1")
    price_all(brand.pk)
    agrees(brand)
    left = Customer.objects.get(customer_id="C-2")
    assert (left.orders, left.first_order, left.partner_ids) == (0, None, [])
    assert the_action().customer.customer_id == "C-1"


def test_a_test_order_of_both_is_one_of_a_customer_that_nobody_knows(brand: Any, standard: Any) -> None:
    for source in (Source.TAG, Source.MANUAL):
        report(brand, source, CustomerId="C-9", is_test=True)
        price_all(brand.pk)
    assert (the_action().conversion.source, the_action().customer) == (Source.MANUAL, None)
    assert not Conversion.objects.filter(state=State.QUARANTINED).exists()


@pytest.mark.parametrize("later", ["BOTH", "SERVER", "BROWSER"])
@pytest.mark.parametrize("source", [Source.API, Source.MANUAL])
@pytest.mark.parametrize("server", [{"MediaPartnerId": "P-9"}, {"CurrencyCode": "USD"}], ids=str)
def test_the_order_history_counts_an_order_once_whose_server_s_report_is_held(
    brand: Any, sale: Any, partner: Any, server: dict[str, str], source: Source, later: str
) -> None:
    """Also where one of the two alone reports the event type by the time of the next order."""
    sale.reported_by = sale.Reporters.BOTH
    sale.save()
    second = {"Rank": 1, "Name": "Second", "PayoutRate": "50",
              "Rules": [{"Variable": "CUSTOMER_ORDER_NUMBER", "Operator": "EQ", "Values": ["2"]}]}  # fmt: skip
    make_contracts(program=brand, document=terms_document(groups=[second]), partners=[partner])
    days = [(timezone.now() - timedelta(days=days)).isoformat() for days in (5, 1)]
    report(brand, Source.TAG, CustomerId="C-1", EventDate=days[0])
    price_all(brand.pk)
    held = report(brand, Source.API, CustomerId="C-1", EventDate=days[0], **server)
    price_all(brand.pk)
    held.refresh_from_db()
    assert held.state == State.HELD
    sale.reported_by = later
    sale.save()
    report(brand, source, CustomerId="C-1", OrderId="A2", EventDate=days[1], is_test=source == Source.MANUAL)
    price_all(brand.pk)
    assert Action.objects.get(order_id="A2").group_name == "Second"
    agrees(brand)


def test_the_order_of_an_erased_customer_stays_the_browser_s(brand: Any, sale: Any, partner: Any, bob: Any) -> None:
    once = {"Type": "ACTION", "LimitBy": "CLICK", "Value": "1"}
    make_contracts(program=brand, document=terms_document(Limits=[once]), partners=[partner])
    click = make_step(brand, partner)
    date = ORDERED.isoformat()
    browser = report(brand, Source.TAG, CustomerId="C-1", EventDate=date, ClickId=click, MediaPartnerId=None)
    price_all(brand.pk)
    erasure = erase_customer(customer=Customer.objects.get(customer_id="C-1"), user_id=bob.pk)
    run_erasure(erasure.pk)
    server = report(brand, Source.API, CustomerId="C-2", EventDate=date)
    price_all(brand.pk)
    server.refresh_from_db()
    assert (server.state, server.reason, server.duplicate_of) == (State.DUPLICATE, Reason.NOT_REPLACED, browser)
    assert server.detail == "The customer of the browser’s order was erased."
    agrees(brand)


def by_server(program: Any, **params: Any) -> Conversion:
    """The order A1 of 80.00 by customer C-9, as a server sends it that knows no partner; priced."""
    said = {"CustomerId": "C-9", "Amount": "80.00", "MediaPartnerId": None, **params}
    conversion = report(program, Source.API, **said)
    price_all(program.pk)
    conversion.refresh_from_db()
    return conversion


def by_browser(program: Any, partner: Any, **params: Any) -> Conversion:
    """The order A1 from a browser that came by a click of the partner; priced."""
    conversion = report(program, Source.TAG, MediaPartnerId=None, ClickId=make_step(program, partner), **params)
    price_all(program.pk)
    conversion.refresh_from_db()
    return conversion


@pytest.fixture
def stranger(brand: Any, standard: Any) -> Any:
    """A partner who reports orders of others."""
    second = make_partner(program=brand, media_partner_id="P-2", name="Kettle Deals")
    make_contracts(program=brand, document=terms_document(name="Other"), partners=[second])
    return second


AGREEING = [
    {"Amount": "80.00"},
    {"Amount": "90.00", "CustomerId": "C-9"},
    {"Amount": "90.00", "CustomerEmail": "a" * 64},
]


@pytest.mark.parametrize("said", AGREEING, ids=str)
def test_a_server_that_knows_no_partner_keeps_the_credit_of_a_browser_that_agrees_with_it(
    brand: Any, standard: Any, partner: Any, said: dict[str, str]
) -> None:
    by_browser(brand, partner, **said)
    by_server(brand, CustomerEmail="A" * 64)
    assert (the_action().partner, the_action().amount) == (partner, Decimal(80))
    agrees(brand)


@pytest.mark.parametrize("said", [{"Amount": "90.00"}, {"Amount": "80.00", "CustomerId": "C-1"}], ids=str)
def test_a_browser_that_agrees_in_nothing_loses_its_credit(
    brand: Any, standard: Any, partner: Any, said: dict[str, str]
) -> None:
    browser = by_browser(brand, partner, **said)
    server = by_server(brand)
    action = the_action()
    assert (action.conversion, action.state, action.payout) == (browser, "REVERSED", 0)
    assert (server.state, server.reason) == (State.HELD, Reason.NO_REFERRAL)
    assert "credits nobody" in action.updates.last().what
    agrees(brand)


def test_who_reports_an_order_before_the_shops_page_does_gains_nothing(
    brand: Any, standard: Any, partner: Any, stranger: Any
) -> None:
    first = by_browser(brand, stranger, Amount="1.00")
    honest = by_browser(brand, partner, Amount="80.00")
    assert (first.state, honest.state) == (State.PRICED, State.DUPLICATE)
    server = by_server(brand)
    theirs, own = Action.objects.order_by("pk")
    assert (theirs.partner, theirs.state, theirs.payout) == (stranger, "REVERSED", 0)
    assert (own.partner, own.conversion, own.amount, own.payout) == (partner, server, Decimal(80), Decimal(8))
    for report in (first, honest):
        report.refresh_from_db()
        assert (report.state, report.reason, report.duplicate_of) == (State.DUPLICATE, Reason.REPLACED, server)
    agrees(brand)


def test_a_customer_counts_for_more_than_an_amount_that_many_orders_have(
    brand: Any, standard: Any, partner: Any, stranger: Any
) -> None:
    by_browser(brand, stranger, Amount="80.00")
    by_browser(brand, partner, Amount="75.00", CustomerId="C-9")
    by_server(brand)
    assert Action.objects.exclude(state="REVERSED").get().partner == partner


def test_what_the_server_itself_says_of_the_journey_decides_alone(
    brand: Any, standard: Any, partner: Any, stranger: Any
) -> None:
    by_browser(brand, stranger, Amount="80.00")
    by_server(brand, ClickId=make_step(brand, partner))
    assert Action.objects.exclude(state="REVERSED").get().partner == partner
    agrees(brand)


def test_a_browser_that_agrees_and_comes_after_all_of_them_brings_the_credit(
    brand: Any, standard: Any, partner: Any, stranger: Any
) -> None:
    by_browser(brand, stranger, Amount="1.00")
    assert by_server(brand).state == State.HELD
    by_browser(brand, partner, Amount="80.00")
    price_all(brand.pk)
    assert Action.objects.exclude(state="REVERSED").get().partner == partner
    agrees(brand)
