"""Pricing waiting conversions: figures and rows, what is held and why, and what one bad conversion does to the rest."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.utils import timezone

from program.models import CatalogItem, Customer, EventType, Partner
from program.models.event_type import CustomerStatusMapping
from tests.factories import (
    make_action,
    make_contracts,
    make_conversion,
    make_customer,
    make_exception_list,
    make_partner,
    sent,
    terms_document,
)
from tracking.conversions.new_conversions import store_conversions
from tracking.intake import read_conversion
from tracking.models import Action, ActionItem, Claim, Conversion, TouchedDay
from tracking.models.conversion import Source
from tracking.pricing.batch import price_all, price_batch, price_next, retry_conversions
from tracking.pricing.claims import claim_next, release

LISTED = {"Variable": "LIST_ITEM_SKU", "Operator": "IN_LIST", "Values": ["winter"]}
ANVILS = {"Variable": "ITEM_CATALOG_MANUFACTURER", "Operator": "IS", "Values": ["ACME"]}
VIP = {"Variable": "CUSTOMER_TAG", "Operator": "BELONGS_TO", "Values": ["VIP"]}


def held(brand: Any, **params: Any) -> Conversion:
    """The conversion after a worker looked at it."""
    conversion = make_conversion(program=brand, **params)
    price_batch()
    conversion.refresh_from_db()
    assert conversion.state == "HELD"
    return conversion


@pytest.mark.parametrize(
    ("status", "payout", "group"),
    [("NEW", "15.00", (1, "New")), ("existing", "10.00", (None, "")), ("", "10.00", (None, ""))],
)
def test_an_order_of_100_pays_by_its_customer_status(brand, standard, status, payout, group):
    action = make_action(program=brand, CustomerStatus=status)
    assert (action.amount, action.payout, action.intended_payout) == (100, Decimal(payout), Decimal(payout))
    assert (action.group_rank, action.group_name) == group
    assert action.state == "PENDING"


def test_an_action_has_its_lines_its_first_update_and_its_day(brand, standard):
    action = make_action(
        program=brand, EventDate="2026-07-01T23:30:00Z", ItemSku1="S1", ItemName1="Anvil", ItemCategory1="Tools",
        ItemPrice1="10.00", ItemQuantity1=2, ItemSku2="S2", ItemPrice2="6.99", OrderDiscount=5, CustomerStatus="New",
    )  # fmt: skip
    first, second = action.items.all()
    assert (first.sku, first.name, first.category, first.quantity) == ("S1", "Anvil", "Tools", 2)
    assert (first.sale_amount, second.sale_amount) == (Decimal("16.29"), Decimal("5.70"))
    assert first.payout + second.payout == action.payout == Decimal("2.55") + Decimal("0.75")
    (update,) = action.updates.all()
    assert (update.number, update.disposition, update.state) == (1, "IR_BLANK", "PENDING")
    assert (update.delta_amount, update.delta_payout) == (action.amount, action.payout)
    assert action.day == date(2026, 7, 2)  # London is an hour ahead in summer
    assert TouchedDay.objects.get().day == action.day
    assert action.conversion.state == "PRICED"


@pytest.mark.parametrize("name", ["\\N", "back\\slash", 'Größe 41 {"a"}', "tab\there"])
def test_a_name_is_stored_letter_for_letter(brand, standard, name):
    action = make_action(program=brand, ItemSku1="S1", ItemName1=name, ItemPrice1="10.00", ItemQuantity1=1)
    assert action.items.get().name == name


def test_an_order_without_items_has_one_line_without_sku(brand, standard):
    item = make_action(program=brand).items.get()
    assert (item.index, item.sku, item.quantity, item.sale_amount) == (0, "", 1, 100)


def test_dates_follow_the_terms(brand, standard):
    action = make_action(program=brand, EventDate="2026-09-10T10:42:00+01:00")
    assert action.locking_date == datetime(2026, 9, 25, 23, tzinfo=UTC)  # 26 September, 00:00 in London
    assert action.clearing_date == date(2026, 9, 26)


def test_without_locking_an_action_is_open_ended(brand, sale, partner):
    make_contracts(program=brand, document=terms_document(), partners=[partner])
    action = make_action(program=brand)
    assert (action.locking_date, action.clearing_date) == (None, None)


def test_a_customer_is_added_once(brand, standard):
    actions = [make_action(program=brand, CustomerId="C-1") for _ in range(2)]
    assert actions[0].customer == actions[1].customer == Customer.objects.get(customer_id="C-1")


def test_the_status_mapping_counts_only_while_it_is_on(brand, sale, standard):
    CustomerStatusMapping.objects.create(program=brand, event_type=sale, category="New", code="first", code_key="first")
    before = make_action(program=brand, CustomerStatus="First")
    EventType.objects.update(has_status_mapping=True)
    after = make_action(program=brand, CustomerStatus="First")
    assert (before.payout, before.customer_status_category) == (10, "")
    assert (after.payout, after.customer_status_category, after.customer_status) == (15, "New", "First")


@pytest.mark.parametrize(
    ("rule", "params"),
    [
        (LISTED, {"ItemSku1": "S1", "ItemPrice1": "100"}),
        (ANVILS, {"ItemSku1": "S1", "ItemPrice1": "100"}),
        (VIP, {"CustomerId": "C-1"}),
    ],
    ids=["list", "catalog", "tag"],
)
def test_lists_the_catalog_and_tags_are_as_they_were_at_pricing(brand, sale, partner, rule, params):
    group = {"Rank": 1, "Name": "Special", "Rules": [rule], "PayoutRate": "20"}
    make_contracts(program=brand, document=terms_document(groups=[group]), partners=[partner])
    make_exception_list(program=brand, name="Winter", values=["s1"])
    CatalogItem.objects.create(program=brand, sku="S1", manufacturer="Acme")
    make_customer(program=brand, customer_id="C-1", tags=["vip"])
    action = make_action(program=brand, **params)
    assert (action.payout, action.group_name) == (20, "Special")


def test_an_order_is_paid_by_the_contract_of_its_time(brand, sale, partner):
    make_contracts(
        program=brand, document=terms_document(rate="7"), partners=[partner], start=datetime(2026, 6, 1, tzinfo=UTC)
    )
    before = held(brand, EventDate="2026-05-31T23:59:59Z")
    assert before.reason == "CONTRACT_NOT_FOUND"
    assert "on 1 Jun 2026, 00:59 BST: join" in before.detail
    assert make_action(program=brand, EventDate="2026-06-01T00:00:00Z").payout == 7


def test_an_order_that_nothing_links_to_a_partner_is_held(brand, standard):
    conversion = held(brand, MediaPartnerId="", ClickId="c1", OrderPromoCode="SPRING")
    assert conversion.reason == "ACTION_REF_NOT_FOUND"
    assert "no click or impression was found by its ClickId, and no promo code of it credits one" in conversion.detail


@pytest.mark.parametrize("partner_id", ["p-1", "P-2"], ids=["another case", "unknown"])
def test_a_partner_id_is_compared_exactly(brand, standard, partner_id):
    conversion = held(brand, MediaPartnerId=partner_id)
    assert conversion.reason == "PARTNER_NOT_FOUND"
    assert partner_id in conversion.detail


def test_a_partner_of_another_program_is_unknown(brand, standard, charlie):
    other = type(brand).objects.get(id=2000)
    make_partner(program=other, media_partner_id="P-9")
    assert held(brand, MediaPartnerId="P-9").reason == "PARTNER_NOT_FOUND"


def test_a_partner_who_is_not_active_is_not_credited(brand, standard):
    Partner.objects.update(is_active=False)
    assert held(brand).reason == "PARTNER_NOT_ACTIVE"


def test_another_currency_waits_with_pair_and_date(brand, standard):
    conversion = held(brand, CurrencyCode="USD", EventDate="2026-03-01T12:00:00Z")
    assert conversion.reason == "EXCHANGE_RATE_NOT_FOUND"
    assert "from USD to GBP on 1 Mar 2026 or in the 7 days before" in conversion.detail


def test_what_was_held_is_priced_when_it_is_tried_again(brand, standard):
    conversion = held(brand, MediaPartnerId="P-2")
    assert retry_conversions([conversion.pk], program=brand) == 1
    Partner.objects.update(media_partner_id="P-2")
    assert price_all(brand.pk) == 1
    conversion.refresh_from_db()
    assert (conversion.state, conversion.reason, conversion.detail) == ("PRICED", "", "")
    assert retry_conversions([conversion.pk], program=brand) == 0


def test_a_test_order_is_priced_and_in_no_report(brand, standard):
    make_conversion(program=brand, is_test=True)
    price_all(brand.pk)
    assert Action.objects.get().is_test
    assert not TouchedDay.objects.exists()


def test_a_conversion_that_raises_is_quarantined_alone(brand, standard):
    bad, good = make_conversion(program=brand), make_conversion(program=brand)
    Conversion.objects.filter(pk=bad.pk).update(payload={**bad.payload, "Amount": "ten"})
    price_batch()
    bad.refresh_from_db()
    assert (bad.state, bad.reason) == ("QUARANTINED", "ERROR")
    assert bad.detail
    assert Action.objects.get().conversion == good


def test_a_conversion_that_cannot_be_written_is_quarantined_alone(brand, sale, partner):
    make_contracts(program=brand, document=terms_document(rate="100000"), partners=[partner])
    bad = make_conversion(program=brand, Amount="999999999999")
    good = make_conversion(program=brand)
    assert price_batch() == 2
    bad.refresh_from_db()
    assert (bad.state, bad.reason) == ("QUARANTINED", "ERROR")
    assert "numeric field overflow" in bad.detail
    assert Action.objects.get().conversion == good


def test_a_batch_costs_as_many_queries_as_one_conversion(brand, standard, django_assert_max_num_queries):
    data = [read_conversion(sent(CustomerId=f"C{number}"), now=timezone.now()) for number in range(30)]
    store_conversions(brand, data, source=Source.FILE)
    with django_assert_max_num_queries(34):
        assert price_batch() == 30
    assert ActionItem.objects.count() == 30


def test_a_conversion_over_which_workers_died_is_given_up_and_the_others_are_not(brand, standard):
    conversions = [make_conversion(program=brand) for _ in range(12)]
    killer = conversions[4]
    deaths = 0
    while Conversion.objects.waiting().exists():
        claimed = claim_next(limit=200)
        if claimed is None:
            continue
        if killer.pk in claimed.conversions:
            deaths += 1  # the worker dies here: its claim is committed, its work is not
            continue
        Conversion.objects.filter(pk__in=claimed.conversions).update(state="PRICED")
        release(claimed)
    killer.refresh_from_db()
    assert deaths == 5  # among all, among ten, and three times alone
    assert (killer.state, killer.reason) == ("QUARANTINED", "GIVEN_UP")
    assert Conversion.objects.filter(state="PRICED").count() == 11


def test_a_conversion_that_was_alone_from_the_first_is_given_up_at_its_workers_third_death(brand, standard):
    killer = make_conversion(program=brand)
    for _ in range(3):
        assert claim_and_die() == [killer.pk]  # and the worker dies
    assert claim_next() is None
    killer.refresh_from_db()
    assert (killer.state, killer.reason, killer.attempts) == ("QUARANTINED", "GIVEN_UP", 3)


def test_bad_luck_is_no_reason_to_give_up_a_conversion(brand, standard):
    """Workers are killed, for instance with their host, whatever they have claimed."""
    conversions = [make_conversion(program=brand) for _ in range(12)]
    for together in (12, 10, 1, 1):
        assert claim_and_die() == [row.pk for row in conversions[:together]]
    price_all(brand.pk)
    assert set(Conversion.objects.values_list("state", flat=True)) == {"PRICED"}


def claim_and_die():
    """What a worker claims that dies then: its claim is committed, its work is not."""
    claimed = claim_next(limit=200)
    return claimed.conversions


def test_a_batch_says_whether_it_was_all_that_waited(brand, standard):
    for _ in range(3):
        make_conversion(program=brand)
    assert price_next(limit=2) == (2, False)
    assert price_next(limit=2) == (1, True)
    assert price_next(limit=2) == (0, True)


def test_conversions_that_are_tried_again_leave_the_others_for_the_next_batch(brand, standard):
    tried, fresh = make_conversion(program=brand), make_conversion(program=brand)
    Conversion.objects.filter(pk=tried.pk).update(claim_limit=10)
    assert price_next() == (1, False)
    fresh.refresh_from_db()
    assert fresh.state == "WAITING"


def test_a_failing_database_is_no_attempt(brand, standard):
    conversion = make_conversion(program=brand)

    def fail(execute: Any, sql: str, *rest: Any) -> Any:
        if sql.startswith('UPDATE "tracking_modification"'):  # the last statement of booking
            raise OperationalError("the database went away")
        return execute(sql, *rest)

    with connection.execute_wrapper(fail), pytest.raises(OperationalError):
        price_batch()
    conversion.refresh_from_db()
    assert not Claim.objects.exists()
    assert price_batch() == 1
    conversion.refresh_from_db()
    assert (conversion.state, conversion.attempts) == ("PRICED", 0)


def test_lists_tags_and_statuses_are_found_as_they_are_compared(brand, sale, partner):
    make_exception_list(program=brand, name="Women’s  winter", values=["Caf\u00e9\u00a0Noir"])
    listed = {**LISTED, "Values": ["women's winter"]}
    tagged = {**VIP, "Values": ["v\u200bip"]}
    returning = {"Variable": "CUSTOMER_STATUS", "Operator": "IS", "Values": ["Existing"]}
    group = {"Rank": 1, "Name": "All three", "Rules": [listed, tagged, returning], "PayoutRate": "20"}
    make_contracts(program=brand, document=terms_document(groups=[group]), partners=[partner])
    make_customer(program=brand, customer_id="C-1", tags=["VIP\u00a0"])
    action = make_action(
        program=brand, CustomerId="C-1", CustomerStatus="Returning", ItemSku1="CAFE\u0301 noir", ItemPrice1="100"
    )
    assert (action.group_name, action.payout) == ("All three", Decimal("20.00"))
    assert action.context["CustomerStatusMapping"] == {"Existing": ["Returning"]}
    assert list(action.context["ExceptionLists"]) == ["Women’s winter"]
