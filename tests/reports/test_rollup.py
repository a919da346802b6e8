"""Rollups are recomputed from actions a whole day at a time."""

from decimal import Decimal

import pytest
from django.db import connection

from program.models import EventType, Partner
from reports.models import DailyPerformance, DailyTotal, WeeklyPerformance
from reports.rollups.fill import fill_touched_days, touched_days
from tests.reports.orders import give_back, sell
from tracking.models import Action, TouchedDay


def figures(**cell):
    return DailyPerformance.objects.values_list(
        "actions", "action_cost", "revenue", "gross_actions", "gross_action_cost"
    ).get(**cell)


def test_a_cell_adds_up_what_is_not_reversed_and_counts_gross_all(sold):
    assert figures(partner__media_partner_id="P-1", customer_status="repeat") == (1, 5, 50, 2, 12)
    assert figures(partner__media_partner_id="P-1", customer_status="new") == (2, 20, Decimal("133.33"), 2, 20)


def test_a_partly_returned_order_counts_as_it_now_stands(sold):
    assert figures(customer_status="lapsed") == (1, Decimal("1.51"), Decimal("15.05"), 1, Decimal("3.51"))


def test_test_orders_are_in_no_rollup(sold):
    assert not DailyPerformance.objects.filter(revenue__gte=900).exists()


def test_codes_keep_their_letters_and_their_category(sold):
    cell = DailyPerformance.objects.get(partner__media_partner_id="P-2", customer_status="NEW")
    assert cell.customer_status_category == "New"
    assert DailyPerformance.objects.get(customer_status="guest").customer_status_category == ""


def test_filling_clears_the_marks_and_twice_is_once(sold):
    before = list(DailyPerformance.objects.order_by("day", "partner", "customer_status").values_list("revenue"))
    assert touched_days(sold) == 0
    assert fill_touched_days() == 0
    assert list(DailyPerformance.objects.order_by("day", "partner", "customer_status").values_list("revenue")) == before


def test_a_change_touches_its_day_and_the_next_filling_shows_it(sold):
    give_back(sold, "B-2")
    assert touched_days(sold) == 1
    fill_touched_days(program_id=sold.pk)
    assert figures(partner__media_partner_id="P-2", customer_status="") == (0, 0, 0, 1, 20)


def test_a_wrong_cell_is_replaced_when_its_day_is_touched(sold):
    DailyPerformance.objects.filter(customer_status="guest").update(revenue=1)
    TouchedDay.objects.create(
        program=sold, event_type=EventType.objects.get(), partner=Partner.objects.get(media_partner_id="P-1"),
        day="2026-11-10",
    )  # fmt: skip
    fill_touched_days()
    assert figures(customer_status="guest") == (1, 2, 20, 1, 2)


def test_totals_are_of_all_partners_and_change_with_their_cells(sold):
    sell(sold, {"id": "B-3", "partner": "P-2", "status": "new", "amount": "10"})
    fill_touched_days()
    total = DailyTotal.objects.get(day="2026-11-10", customer_status="new")
    assert (total.actions, total.revenue) == (3, Decimal("143.33"))
    give_back(sold, "B-3")
    fill_touched_days()
    total = DailyTotal.objects.get(day="2026-11-10", customer_status="new")
    assert (total.actions, total.revenue, total.gross_actions) == (2, Decimal("133.33"), 3)


def test_a_total_goes_with_the_last_of_its_cells(sold):
    Action.objects.filter(order_id="A-6").update(is_hidden=True)
    TouchedDay.objects.create(
        program=sold, event_type=EventType.objects.get(), partner=Partner.objects.get(media_partner_id="P-1"),
        day="2026-11-10",
    )  # fmt: skip
    fill_touched_days()
    assert not DailyTotal.objects.filter(customer_status="guest").exists()
    assert DailyTotal.objects.filter(day="2026-11-10").count() == 3


def test_days_are_those_of_the_programs_time_zone(shop):
    shop.time_zone = "Pacific/Auckland"
    shop.save()
    sell(shop, {"id": "Z-1", "EventDate": "2026-11-10T23:30:00Z"})
    fill_touched_days()
    assert str(DailyPerformance.objects.get().day) == "2026-11-11"


def test_many_marks_are_taken_in_batches(shop, monkeypatch):
    monkeypatch.setattr("reports.rollups.fill.BATCH", 2)
    sell(shop, *({"id": f"N-{day}", "day": f"2026-11-{day}"} for day in range(10, 15)))
    assert fill_touched_days(program_id=shop.pk) == 5
    assert DailyPerformance.objects.count() == 5


@pytest.mark.django_db(transaction=True)
def test_a_program_that_another_worker_fills_is_left_to_it(shop):
    sell(shop, {"id": "L-1"})
    other = connection.copy()
    with other.cursor() as cursor:
        cursor.execute("BEGIN")
        cursor.execute("SELECT pg_advisory_xact_lock(20101201, %s)", [shop.pk])
        assert fill_touched_days() == 0
        cursor.execute("ROLLBACK")
    other.close()
    assert fill_touched_days() == 1


@pytest.mark.django_db(transaction=True)
def test_a_mark_made_while_a_worker_recomputes_stays(shop):
    """The rollup deletes the marks that it read, not those that came after."""
    sell(shop, {"id": "M-1"})
    (mark,) = TouchedDay.objects.all()
    other = connection.copy()
    with other.cursor() as cursor:
        cursor.execute("BEGIN")
        cursor.execute(
            "INSERT INTO tracking_touchedday (program_id, event_type_id, partner_id, day) VALUES (%s, %s, %s, %s)",
            [mark.program_id, mark.event_type_id, mark.partner_id, mark.day],
        )
        assert fill_touched_days() == 1
        cursor.execute("COMMIT")
    other.close()
    assert touched_days(shop) == 1


@pytest.mark.django_db
@pytest.mark.parametrize("rollup", [DailyPerformance, WeeklyPerformance, DailyTotal])
def test_no_index_of_a_rollup_reads_all_of_a_program(rollup):
    """Statistics that do not know a new program make such an index look best, and then each week reads all of it."""
    with connection.cursor() as cursor:
        found = connection.introspection.get_constraints(cursor, rollup._meta.db_table).values()
    assert [
        each["columns"] for each in found if each["index"] and each["columns"] in (["program_id"], ["event_type_id"])
    ] == []
