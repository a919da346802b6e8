"""The values that orders were received with, counted with the rollups."""

from datetime import date

import pytest
import time_machine
from django.db import connection

from contracts.engine.rules.fields import VARIABLES
from program.models import EventType, Partner, ReceivedValue
from reports.rollups.fill import fill_touched_days
from reports.rollups.received_values import forget_unseen
from tests.factories import make_conversion, make_program
from tests.reports.orders import give_back, sell, set_up
from tests.tracking.journey_rows import make_step, order


def counted(variable, **where):
    rows = ReceivedValue.objects.filter(variable=variable, **where).values_list("value", "orders")
    return dict(rows)


def test_each_value_is_counted_once_an_order_whatever_its_lines(shop):
    lines = [("S-1", "10", "1"), ("S-1", "12", "1"), ("S-2", "5", "1")]
    sell(shop, {"id": "A-1", "status": "new", "items": lines}, {"id": "A-2", "status": "new"}, {"id": "A-3"})
    fill_touched_days()
    assert counted("CUSTOMER_STATUS") == {"new": 2, "": 1}
    assert counted("ITEM_SKU") == {"S-1": 1, "S-2": 1}


def test_an_order_whose_status_was_worked_out_is_not_one_without(shop):
    EventType.objects.update(works_out_status=True)
    sell(shop, {"id": "A-1", "CustomerId": "C-1"}, {"id": "A-2"}, {"id": "A-3", "status": "new", "CustomerId": "C-1"})
    fill_touched_days()
    assert counted("CUSTOMER_STATUS") == {"new": 1, "": 1}


def test_a_second_rollup_and_a_change_count_no_order_again(shop):
    sell(shop, {"id": "A-1", "status": "new"})
    fill_touched_days()
    fill_touched_days()
    give_back(shop, "A-1")
    fill_touched_days()
    assert counted("CUSTOMER_STATUS") == {"new": 1}


def test_test_orders_and_orders_that_are_not_priced_are_not_counted(shop):
    sell(shop, {"id": "T-1", "status": "new"}, is_test=True)
    sell(shop, {"id": "H-1", "status": "new", "partner": "NOBODY"})
    make_conversion(program=shop, CustomerStatus="new")
    fill_touched_days()
    assert not ReceivedValue.objects.exists()


def test_what_is_the_customers_own_is_never_counted(shop):
    own = {"CustomerPostCode": "SW1A 1AA", "Note": "for my mother", "CustomerId": "C-1", "CustomerEmail": "a" * 64}
    sell(shop, {"id": "A-1", "CustomerCity": "Leeds", "Text7": "blue", "Numeric1": "12", **own})
    fill_touched_days()
    found = dict(ReceivedValue.objects.values_list("variable", "value"))
    assert found == {"CUSTOMER_CITY": "Leeds", "TEXT7": "blue", "CUSTOMER_STATUS": ""}


def test_the_table_of_variables_says_which_are_counted():
    counted = {key for key, variable in VARIABLES.items() if variable.is_counted}
    assert {"CUSTOMER_STATUS", "ORDER_PROMO_CODE", "ITEM_SKU", "TEXT50", "CUSTOMER_COUNTRY"} <= counted
    assert not counted & {"CUSTOMER_POSTCODE", "NOTE", "ORDER_TOTAL", "DATE1", "CUSTOMER_TAG", "ITEM_CATALOG_CATEGORY"}


def test_a_variable_has_no_more_values_than_it_may_and_those_it_has_are_counted_on(shop, monkeypatch):
    monkeypatch.setattr(ReceivedValue, "MOST", 3)
    sell(shop, *({"id": f"A-{n}", "Text1": f"t{n % 2}"} for n in range(3)))
    fill_touched_days()
    sell(shop, *({"id": f"B-{n}", "Text1": f"t{n}", "Text2": "x"} for n in range(5)), {"id": "B-9", "Text1": "t4"})
    fill_touched_days()
    assert counted("TEXT1") == {"t0": 3, "t1": 2, "t4": 2}
    assert counted("TEXT2") == {"x": 5}


def test_a_day_is_the_day_of_receipt_in_the_programs_time_zone(shop):
    shop.time_zone = "Pacific/Auckland"
    shop.save()
    with time_machine.travel("2026-11-21T13:00:00Z", tick=False):
        sell(shop, {"id": "A-1", "day": "2026-10-01", "status": "new"})
    fill_touched_days()
    assert ReceivedValue.objects.get(variable="CUSTOMER_STATUS").day == date(2026, 11, 22)


def test_another_programs_values_are_its_own(shop):
    other = make_program(id=3000)
    set_up(other)
    sell(shop, {"id": "A-1", "status": "ours"})
    sell(other, {"id": "A-1", "status": "theirs"})
    fill_touched_days()
    assert counted("CUSTOMER_STATUS", program=shop) == {"ours": 1}
    assert counted("CUSTOMER_STATUS", program=other) == {"theirs": 1}


@time_machine.travel("2026-11-21T13:00:00Z", tick=False)
def test_unseen_for_400_days_is_deleted_and_of_others_the_latest_day_stays(shop):
    event_type = EventType.objects.get()
    days = [
        ("gone", "2025-10-16"), ("old", "2025-10-18"), ("seen", "2025-09-01"), ("seen", "2026-10-20"),
        ("seen", "2026-10-21"), ("seen", "2026-11-20"), ("two", "2026-10-01"), ("two", "2026-10-02"),
    ]  # fmt: skip
    for value, day in days:
        ReceivedValue.objects.create(
            program=shop, event_type=event_type, variable="TEXT1", value=value, day=day, orders=1
        )
    forget_unseen()
    left = ReceivedValue.objects.order_by("value", "day").values_list("value", "day")
    assert [(value, str(day)) for value, day in left] == [
        ("old", "2025-10-18"), ("seen", "2026-10-21"), ("seen", "2026-11-20"), ("two", "2026-10-02"),
    ]  # fmt: skip


@pytest.mark.django_db
def test_no_index_of_received_values_reads_all_of_a_program():
    with connection.cursor() as cursor:
        found = connection.introspection.get_constraints(cursor, ReceivedValue._meta.db_table).values()
    assert not [each for each in found if each["index"] and each["columns"] in (["program_id"], ["event_type_id"])]


def test_derived_values_and_those_of_journeys_are_counted_but_for_addresses(shop):
    agent = "Mozilla/5.0 (Windows NT 6.1; Trident/7.0; rv:11.0) like Gecko"
    facts = {"ReferralParam1": "spring", "ReferralDerivedOs": "iOS", "ReferralUrl": "https://blog.example/x"}
    partner = Partner.objects.get(program=shop, media_partner_id="P-1")
    click = make_step(shop, partner, SharedId="s-1", **facts)
    conversion = order(shop, ClickId=click, UserAgent=agent, IpAddress="81.2.69.142")
    order(shop, OrderId="B2", MediaPartnerId=partner.media_partner_id, UserAgent=agent)
    assert conversion.state == "PRICED", conversion.detail
    fill_touched_days()
    rows = ReceivedValue.objects.filter(variable__regex="^(DERIVED|REFERRAL|PATH)_").order_by("variable")
    assert list(rows.values_list("variable", "value", "orders")) == [
        ("DERIVED_BROWSER", "Internet Explorer", 2), ("DERIVED_COUNTRY", "GB", 1),
        ("DERIVED_DEVICE_TYPE", "Desktop", 2), ("DERIVED_OS", "Windows 7", 2), ("REFERRAL_DERIVED_OS", "iOS", 1),
        ("REFERRAL_PARAM1", "spring", 1), ("REFERRAL_SHARED_ID", "s-1", 1),
    ]  # fmt: skip
