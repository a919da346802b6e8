"""Changes of an order that a browser and a server report: they are the order's, and follow it to its partner."""

from concurrent.futures import ThreadPoolExecutor
from copy import copy
from datetime import timedelta
from decimal import Decimal
from typing import Any

import psycopg
import pytest
from django.db import connection, connections, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests.factories import make_action, make_contracts, make_modification, make_partner, terms_document
from tests.tracking.test_browser_and_server import agrees, by_browser, by_server, report
from tests.tracking.test_pairs_at_once import waiting_for_locks
from tests.tracking.test_workers import wait_for
from tracking.models import Action, Conversion, Modification
from tracking.models.conversion import Source
from tracking.modifications import apply
from tracking.modifications.apply import apply_all
from tracking.modifications.dismiss import dismiss_modifications
from tracking.modifications.new_modifications import wake_applied
from tracking.pricing.batch import price_all

pytestmark = pytest.mark.django_db


@pytest.fixture
def other(brand: Any, standard: Any) -> Any:
    """A partner whom the server's order names."""
    second = make_partner(program=brand, media_partner_id="P-2", name="Canyon Blog")
    make_contracts(program=brand, document=terms_document(name="Other"), partners=[second])
    return second


def returned(program: Any, **params: Any) -> Modification:
    """60.00 of the order A1 was returned."""
    said = {"OrderId": "A1", "Reason": "ITEM_RETURNED", "Amount": "40.00", **params}
    made = make_modification(program=program, **said)
    apply_all(program.pk)
    made.refresh_from_db()
    return made


def settled(program: Any) -> None:
    price_all(program.pk)
    apply_all(program.pk)


def paid() -> dict[str, tuple[str, Decimal, Decimal]]:
    rows = Action.objects.values_list("partner__media_partner_id", "state", "amount", "payout")
    return {partner: tuple(rest) for partner, *rest in rows}


THEIRS, OWN = ("REVERSED", Decimal(0), Decimal(0)), ("PENDING", Decimal(40), Decimal(4))


def test_a_return_made_before_the_server_named_another_partner_is_theirs(brand: Any, other: Any) -> None:
    report(brand, Source.TAG)
    price_all(brand.pk)
    made = returned(brand)
    report(brand, Source.API, MediaPartnerId="P-2")
    settled(brand)
    assert paid() == {"P-1": THEIRS, "P-2": OWN}
    made.refresh_from_db()
    assert made.state == Modification.State.APPLIED
    assert made.actionupdate_set.count() == 2
    agrees(brand)


def test_a_return_that_was_sent_twice_is_one_there_too(brand: Any, other: Any) -> None:
    report(brand, Source.TAG)
    price_all(brand.pk)
    date = timezone.now().isoformat()
    for _ in range(2):
        assert returned(brand, ModificationDate=date).state == Modification.State.APPLIED
    report(brand, Source.API, MediaPartnerId="P-2")
    settled(brand)
    assert paid()["P-2"] == OWN
    agrees(brand)


def test_a_return_that_comes_after_is_of_the_servers_order_whatever_the_dates(brand: Any, other: Any) -> None:
    early = (timezone.now() - timedelta(hours=3)).isoformat()
    report(brand, Source.TAG, EventDate=(timezone.now() - timedelta(hours=2)).isoformat())
    price_all(brand.pk)
    report(brand, Source.API, MediaPartnerId="P-2", EventDate=early)
    price_all(brand.pk)
    returned(brand)
    assert paid() == {"P-1": THEIRS, "P-2": OWN}
    agrees(brand)


def test_a_return_that_names_the_browsers_action_is_of_the_servers_order(brand: Any, other: Any) -> None:
    report(brand, Source.TAG)
    price_all(brand.pk)
    action = Action.objects.get()
    report(brand, Source.API, MediaPartnerId="P-2")
    price_all(brand.pk)
    returned(brand, ActionId=action.action_id)
    assert paid() == {"P-1": THEIRS, "P-2": OWN}
    agrees(brand)


def test_a_return_waits_for_the_action_of_a_servers_order_that_was_held(brand: Any, other: Any, partner: Any) -> None:
    by_browser(brand, other, Amount="90.00")
    assert returned(brand).state == Modification.State.APPLIED
    assert by_server(brand).state == Conversion.State.HELD
    later = returned(brand, Amount="30.00")
    assert (later.state, later.reason) == (Modification.State.REFUSED, Modification.Reason.ORDER_NOT_FOUND)
    assert "The change is applied when the order is priced." in later.detail
    by_browser(brand, partner, Amount="80.00")
    settled(brand)
    assert paid() == {"P-2": THEIRS, "P-1": ("PENDING", Decimal(30), Decimal(3))}
    agrees(brand)


def test_a_return_that_does_not_fit_the_servers_order_is_listed_with_the_refused(brand: Any, other: Any) -> None:
    report(brand, Source.TAG, ItemSku1="S1", ItemPrice1="50.00", ItemQuantity1="2")
    price_all(brand.pk)
    made = returned(brand, Amount=None, ItemSku1="S1", ItemQuantity1="1")
    assert made.state == Modification.State.APPLIED
    report(brand, Source.API, MediaPartnerId="P-2", ItemSku1="S9", ItemPrice1="100.00")
    settled(brand)
    made.refresh_from_db()
    assert (made.state, made.reason) == (Modification.State.REFUSED, Modification.Reason.SKU_NOT_FOUND)
    assert paid()["P-2"] == ("PENDING", Decimal(100), Decimal(10))
    agrees(brand)


SERVERS = [
    {"ItemSku1": "S9", "ItemPrice1": "40.00", "ItemQuantity1": "2"},
    {"ItemSku1": "S1", "ItemPrice1": "40.00", "ItemSku2": "S1", "ItemPrice2": "40.00"},
    {"Amount": "80.00"},
]


@pytest.mark.parametrize("said", SERVERS, ids=["another SKU", "the SKU on two lines", "no items"])
def test_the_servers_order_counts_where_a_change_of_the_browsers_does_not_fit_it(
    brand: Any, standard: Any, said: dict[str, str]
) -> None:
    report(brand, Source.TAG, ItemSku1="S1", ItemPrice1="10.00", ItemQuantity1="3")
    price_all(brand.pk)
    returns = [returned(brand, Amount=None, ItemSku1="S1", ItemQuantity1=left) for left in ("2", "1")]
    assert paid() == {"P-1": ("PENDING", Decimal(10), Decimal(1))}
    server = report(brand, Source.API, **said)
    settled(brand)
    assert paid() == {"P-1": ("PENDING", Decimal(80), Decimal(8))}
    action = Action.objects.get()
    assert action.conversion == server
    assert "2 changes made before do not fit the server’s order: see the refused changes" in action.updates.last().what
    for made in returns:
        made.refresh_from_db()
        assert (made.state, made.dismissed_at) == (Modification.State.REFUSED, None)
        assert "S1" in made.detail
    agrees(brand)


def test_an_amount_that_the_servers_items_do_not_take_is_listed_with_the_refused(brand: Any, standard: Any) -> None:
    report(brand, Source.TAG)
    price_all(brand.pk)
    made = returned(brand)
    report(brand, Source.API, ItemSku1="S1", ItemPrice1="50.00", ItemQuantity1="2")
    settled(brand)
    assert paid() == {"P-1": ("PENDING", Decimal(100), Decimal(10))}
    made.refresh_from_db()
    assert (made.state, made.reason) == (Modification.State.REFUSED, Modification.Reason.AMOUNT_ON_ITEMS)
    assert returned(brand, Amount=None, ItemSku1="S1", ItemQuantity1="1").state == Modification.State.APPLIED
    assert paid() == {"P-1": ("PENDING", Decimal(50), Decimal(5))}
    agrees(brand)


def test_what_fits_the_servers_order_is_kept_beside_what_does_not(brand: Any, standard: Any) -> None:
    items = {"ItemSku1": "S1", "ItemPrice1": "10.00", "ItemQuantity1": "3", "ItemSku2": "S2", "ItemPrice2": "40.00"}
    report(brand, Source.TAG, **items)
    price_all(brand.pk)
    returned(brand, Amount=None, ItemSku1="S1", ItemQuantity1="1")
    stays = returned(brand, Amount=None, ItemSku1="S2", ItemQuantity1="0")
    report(brand, Source.API, ItemSku1="S2", ItemPrice1="40.00", ItemSku2="S3", ItemPrice2="20.00")
    settled(brand)
    assert paid() == {"P-1": ("PENDING", Decimal(20), Decimal(2))}
    stays.refresh_from_db()
    assert stays.state == Modification.State.APPLIED
    agrees(brand)


def test_a_change_that_the_servers_order_left_out_takes_nothing_of_the_share_that_may_be_reversed(
    brand: Any, sale: Any, partner: Any
) -> None:
    make_contracts(program=brand, document=terms_document() | {"MaxReturnPercentage": "60"}, partners=[partner])
    report(brand, Source.TAG, ItemSku1="S1", ItemPrice1="50.00", ItemQuantity1="2")
    price_all(brand.pk)
    returned(brand, Amount=None, ItemSku1="S1", ItemQuantity1="1")  # 5.00 of 10.00
    report(brand, Source.API, Amount="100.00")
    settled(brand)
    assert returned(brand).state == Modification.State.APPLIED  # 6.00 of 10.00
    refused = returned(brand, Amount="30.00")
    assert "£6.00 of £10.00. £6.00 is taken back already" in refused.detail
    agrees(brand)


@pytest.mark.parametrize("partner_id", ["P-1", "P-2"])
def test_a_change_that_fits_only_the_servers_order_is_applied_once_that_is_there(
    brand: Any, other: Any, bob: Any, partner_id: str
) -> None:
    report(brand, Source.TAG, ItemSku1="tag-1", ItemPrice1="10.00")
    price_all(brand.pk)
    made, dismissed = (returned(brand, Amount=None, ItemSku1=sku, ItemQuantity1="1") for sku in ("S1", "S2"))
    assert made.reason == dismissed.reason == Modification.Reason.SKU_NOT_FOUND
    dismiss_modifications([dismissed.pk], program=brand, user_id=bob.pk, reason="Is sent again")
    items = {"ItemSku1": "S1", "ItemPrice1": "40.00", "ItemQuantity1": "2", "ItemSku2": "S2", "ItemPrice2": "0.00"}
    report(brand, Source.API, **items, ItemQuantity2="2", MediaPartnerId=partner_id)
    settled(brand)
    assert paid()[partner_id] == ("PENDING", Decimal(40), Decimal(4))
    for each in (made, dismissed):
        each.refresh_from_db()
    assert (made.state, dismissed.state) == (Modification.State.APPLIED, Modification.State.REFUSED)
    agrees(brand)


@pytest.mark.parametrize("partner_id", ["P-1", "P-2"])
def test_a_return_of_the_browsers_order_does_not_raise_the_servers(brand: Any, other: Any, partner_id: str) -> None:
    report(brand, Source.TAG, Amount="500.00", CustomerId="C-1")
    price_all(brand.pk)
    made = returned(brand, Amount="400.00")
    assert made.state == Modification.State.APPLIED
    report(brand, Source.API, Amount="100.00", CustomerId="C-1", MediaPartnerId=partner_id)
    settled(brand)
    assert paid()[partner_id] == ("PENDING", Decimal(100), Decimal(10))
    made.refresh_from_db()
    assert (made.state, made.reason) == (Modification.State.REFUSED, Modification.Reason.RAISED_BY_RETURN)
    assert returned(brand, Amount="60.00").state == Modification.State.APPLIED
    assert paid()[partner_id] == ("PENDING", Decimal(60), Decimal(6))
    agrees(brand)


def test_what_was_returned_of_an_order_that_another_is_paid_for_takes_nothing_of_the_first_ones_share(
    brand: Any, sale: Any, partner: Any
) -> None:
    policy = terms_document() | {"MaxReturnPercentage": "60"}
    make_contracts(program=brand, document=policy, partners=[partner])
    second = make_partner(program=brand, media_partner_id="P-2", name="Canyon Blog")
    make_contracts(program=brand, document=terms_document(name="Other"), partners=[second])
    report(brand, Source.TAG)
    price_all(brand.pk)
    assert returned(brand).state == Modification.State.APPLIED  # 6.00 of 10.00
    report(brand, Source.API, MediaPartnerId="P-2")
    settled(brand)
    make_action(program=brand, OrderId="A2", Amount="100.00")
    assert returned(brand, OrderId="A2").state == Modification.State.APPLIED  # 6.00 of 10.00 again
    refused = returned(brand, OrderId="A2", Amount="30.00")
    assert "£6.00 of £10.00. £6.00 is taken back already" in refused.detail
    agrees(brand)


@pytest.mark.django_db(transaction=True)
def test_a_return_that_is_applied_while_the_servers_order_is_priced_is_the_servers(brand: Any, other: Any) -> None:
    """Both wait for the browser's action: pricing comes first, and makes an action that applying has not seen yet."""
    report(brand, Source.TAG)
    price_all(brand.pk)
    make_modification(program=brand, OrderId="A1", Reason="ITEM_RETURNED", Amount="40.00")
    with transaction.atomic():
        begun = apply._begin(brand.pk, 1)
    report(brand, Source.API, MediaPartnerId="P-2")

    def closing(act: Any, *given: Any) -> Any:
        try:
            return act(*given)
        finally:
            connections.close_all()

    options = connection.get_connection_params() | {"cursor_factory": None}
    with psycopg.connect(**options) as elsewhere, ThreadPoolExecutor(2) as workers:
        elsewhere.execute("SELECT FROM tracking_action FOR UPDATE")
        pricing = workers.submit(closing, price_all, brand.pk)
        wait_for(lambda: waiting_for_locks() == 1)
        applying = workers.submit(closing, apply._apply, brand.pk, begun)
        wait_for(lambda: waiting_for_locks() == 2)
        elsewhere.rollback()
        pricing.result(60)
        applying.result(60)
    assert paid() == {"P-1": THEIRS, "P-2": OWN}
    agrees(brand)


def test_what_was_applied_to_an_order_is_found_by_its_id_among_millions(brand: Any, standard: Any) -> None:
    action = make_action(program=brand, OrderId="A1")
    made = returned(brand)
    others = [copy(made) for _ in range(2_000)]  # of so many that a plan for few is none
    for number, other in enumerate(others):
        other.pk, other.order_id = None, f"B{number}"
    Modification.objects.bulk_create(others)
    with CaptureQueriesContext(connection) as queries:
        assert wake_applied([action]) == 1
    [asked] = [each["sql"] for each in queries if '"order_id" = ' in each["sql"]]
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN {asked}")
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert "Index Cond: ((program_id = 1000) AND ((order_id)::text = 'A1'::text))" in plan, plan
