"""Steps lie in months, which are made ahead and dropped whole."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import connection
from django.utils import timezone

from tests.tracking.clicking import Visitor, click_id_of, make_ad
from tracking.clicks.months import drop_old_months, make_months
from tracking.journeys.click_ids import moment_of, new_click_id, read_click_id
from tracking.journeys.found_steps import steps_of
from tracking.models import Conversion, Step

PARTITIONS = """
SELECT relname FROM pg_inherits JOIN pg_class ON pg_class.oid = inhrelid
WHERE inhparent = 'tracking_step'::regclass ORDER BY 1
"""


def partitions():
    with connection.cursor() as cursor:
        cursor.execute(PARTITIONS)
        return [name for (name,) in cursor.fetchall()]


def plan(sql, params):
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN {sql}", params)
        return "\n".join(line for (line,) in cursor.fetchall())


@pytest.fixture
def ad(brand, partner):
    return make_ad(brand)


def test_this_month_and_the_next_two_are_made_once(db):
    with time_machine.travel("2026-11-30T23:59:00Z", tick=False):
        assert make_months() == 3
        assert make_months() == 0
        assert partitions() == [
            "tracking_step_2026_11", "tracking_step_2026_12", "tracking_step_2027_01", "tracking_step_other",
        ]  # fmt: skip


def test_what_came_before_its_month_was_made_is_moved_into_it(ad):
    with time_machine.travel("2026-11-28T12:00:00Z", tick=False):
        answer = Visitor(ad).click()
        make_months()
        Visitor(ad).click()
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM tracking_step_2026_11")
        assert cursor.fetchone() == (2,)
    assert Step.objects.filter(id=read_click_id(click_id_of(answer))).exists()


def test_a_click_lies_in_the_month_that_its_id_says_to_the_last_moment(ad):
    for moment in ("2026-11-30T23:59:59.999999Z", "2026-12-01T00:00:00.000000Z"):
        with time_machine.travel(moment, tick=False):
            make_months()
            answer = Visitor(ad).click()
            step = Step.objects.get(id=read_click_id(click_id_of(answer)))
            named = moment_of(step.id)
            assert named <= step.at < named + timedelta(milliseconds=1)
    with connection.cursor() as cursor:
        cursor.execute("SELECT tableoid::regclass::text FROM tracking_step ORDER BY at")
        assert [name for (name,) in cursor.fetchall()] == ["tracking_step_2026_11", "tracking_step_2026_12"]


def test_a_click_is_looked_up_in_one_month(ad):
    for month in range(1, 13):
        with time_machine.travel(datetime(2026, month, 15, tzinfo=UTC), tick=False):
            make_months()
    click = new_click_id(datetime(2026, 6, 3, tzinfo=UTC))
    at = moment_of(click)
    found = plan("SELECT profile FROM tracking_step WHERE id = %s AND at >= %s AND at <= %s", [click, at, at])
    assert "tracking_step_2026_06" in found
    assert found.count("Scan") == 1


def test_the_look_up_of_an_order_names_its_clicks_month(ad, django_assert_max_num_queries):
    answer = Visitor(ad).click()
    when = timezone.now() + timedelta(seconds=1)
    named = Conversion(pk=1, program_id=1000, event_date=when, payload={"ClickId": click_id_of(answer)})
    with django_assert_max_num_queries(4):
        assert len(steps_of([named])[1]) == 1


def test_months_are_dropped_when_their_last_day_is_too_old(ad, settings):
    settings.CLICK_RETENTION_DAYS = 40
    with time_machine.travel("2026-09-20T12:00:00Z", tick=False):
        make_months()
        Visitor(ad).click()
    with time_machine.travel("2026-11-09T23:00:00Z", tick=False):
        make_months()
        assert drop_old_months() == 0
    with time_machine.travel("2026-11-10T00:00:00Z", tick=False):
        assert drop_old_months() == 1
        assert drop_old_months() == 0
    assert "tracking_step_2026_09" not in partitions()
    assert "tracking_step_2026_10" in partitions()
    assert not Step.objects.exists()


def test_what_no_month_holds_is_deleted_when_it_is_too_old(ad):
    with time_machine.travel("2024-01-01T12:00:00Z", tick=False):
        Visitor(ad).click()
    with time_machine.travel("2026-11-28T12:00:00Z", tick=False):
        Visitor(ad).click()
        drop_old_months()
        assert Step.objects.count() == 1
