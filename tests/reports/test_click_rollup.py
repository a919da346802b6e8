"""Impressions and clicks by day, partner and ad are what the stored steps come to."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from common.refusals import Refused
from program.ads.services import delete_ad
from program.ads.uses import use_of
from program.frame.recent_figures import RecentClicks, recent_clicks
from reports.models import DailyClicks
from reports.rollups.clicks import fill_clicks, touched_programs
from tests.factories import make_account, make_partner, make_program
from tests.tracking.clicking import make_ad
from tracking.journeys.click_ids import new_click_id
from tracking.models import Step, TouchedStep

ZONE = ZoneInfo("Europe/London")
NOON = datetime(2026, 11, 20, 12, tzinfo=ZONE)


@pytest.fixture
def partner(brand):
    return make_partner(program=brand, media_partner_id="P-1")


@pytest.fixture
def ad(brand, partner):
    return make_ad(brand)


def add(ad, partner, at, **fields):
    """A stored step with its mark."""
    values = {"kind": "CLICK", "profile": "P", "visitor": "P", "not_counted": "", **fields}
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO tracking_step (id, at, program_id, kind, partner_id, ad_id, source, profile, visitor, "
            "not_counted, facts, ip_address) VALUES (%s, %s, %s, %s, %s, %s, '', %s, %s, %s, '{}', '')",
            [new_click_id(at), at, ad.program_id, values["kind"], partner.pk, ad.pk, values["profile"],
             values["visitor"], values["not_counted"]],
        )  # fmt: skip
    TouchedStep.objects.create(program_id=ad.program_id, at=at)


def figures(program):
    rows = DailyClicks.objects.filter(program=program).order_by("day", "partner", "ad")
    return [(str(row.day), row.impressions, row.clicks, row.payable_clicks) for row in rows]


def test_each_kind_is_counted_apart(brand, ad, partner):
    for kind, not_counted in (
        ("IMPRESSION", ""), ("IMPRESSION", ""), ("CLICK", ""), ("CLICK", "BOT"), ("IMPRESSION", "BOT"),
        ("CLICK", "PREFETCH"), ("CLICK", "PREVIEW"),
    ):  # fmt: skip
        add(ad, partner, NOON, kind=kind, not_counted=not_counted)
    assert fill_clicks(brand) == 7
    row = DailyClicks.objects.get()
    assert (row.impressions, row.clicks, row.payable_clicks) == (2, 1, 1)
    assert (row.bots, row.prefetches, row.previews) == (2, 1, 1)
    assert not TouchedStep.objects.exists()
    assert fill_clicks(brand) == 0


PAYABLE = {
    "one click": ([(0, "P", "P")], 1),
    "again at once": ([(0, "P", "P"), (0, "P", "P")], 1),
    "within 30 s": ([(0, "P", "P"), (30, "P", "P")], 1),
    "after 30 s": ([(0, "P", "P"), (30.001, "P", "P")], 2),
    "each within 30 s of the one before": ([(0, "P", "P"), (20, "P", "P"), (40, "P", "P")], 1),
    "another visitor": ([(0, "P", "P"), (1, "Q", "Q")], 2),
    "the first without a cookie, the second with it": ([(0, "P", "hash"), (1, "P", "P")], 1),
    "no cookie is kept": ([(0, "P", "hash"), (1, "Q", "hash")], 1),
}


@pytest.mark.parametrize("case", PAYABLE)
def test_clicks_of_a_visitor_within_30_seconds_are_one_payable_click(case, brand, ad, partner):
    clicks, payable = PAYABLE[case]
    for seconds, profile, visitor in clicks:
        add(ad, partner, NOON + timedelta(seconds=seconds), profile=profile, visitor=visitor)
    fill_clicks(brand)
    assert figures(brand) == [("2026-11-20", 0, len(clicks), payable)]


def test_clicks_on_two_ads_of_a_partner_are_one_and_on_two_partners_two(brand, ad, partner):
    second = make_ad(brand, name="Second")
    other = make_partner(program=brand, media_partner_id="P-2")
    add(ad, partner, NOON)
    add(second, partner, NOON + timedelta(seconds=5))
    add(ad, other, NOON + timedelta(seconds=10))
    fill_clicks(brand)
    assert sum(row[3] for row in figures(brand)) == 2


def test_a_bot_makes_no_click_of_a_person_unpayable(brand, ad, partner):
    add(ad, partner, NOON, not_counted="BOT")
    add(ad, partner, NOON + timedelta(seconds=5))
    fill_clicks(brand)
    assert figures(brand) == [("2026-11-20", 0, 1, 1)]


def test_days_are_the_programs_and_a_late_click_before_midnight_counts_for_the_next_day_too(brand, ad, partner):
    midnight = datetime(2026, 7, 2, tzinfo=ZONE)  # one hour before that of UTC
    add(ad, partner, midnight + timedelta(seconds=10))
    fill_clicks(brand)
    assert figures(brand) == [("2026-07-02", 0, 1, 1)]
    add(ad, partner, midnight - timedelta(seconds=10))
    fill_clicks(brand)
    assert figures(brand) == [("2026-07-01", 0, 1, 1), ("2026-07-02", 0, 1, 0)]


def test_a_day_is_counted_again_as_a_whole_and_twice_is_once(brand, ad, partner):
    for number in range(5):
        add(ad, partner, NOON + timedelta(minutes=number))
        fill_clicks(brand)
    before = figures(brand)
    TouchedStep.objects.create(program=brand, at=NOON)
    fill_clicks(brand)
    assert figures(brand) == before == [("2026-11-20", 0, 5, 5)]


def test_only_programs_with_new_steps_are_counted(brand, ad, partner):
    assert touched_programs() == []
    rival = make_program(id=2000, account=make_account(name="Rivets Ltd"))
    theirs = make_partner(program=rival, media_partner_id="P-1")
    rivals_ad = make_ad(rival)
    add(ad, partner, NOON)
    assert touched_programs() == [1000]
    add(rivals_ad, theirs, NOON)
    assert touched_programs() == [1000, 2000]
    fill_clicks(brand)
    assert touched_programs() == [2000]
    assert figures(rival) == []


def test_steps_of_a_partner_that_is_deleted_stop_nothing(brand, ad, partner):
    add(ad, partner, NOON)
    partner.delete()
    assert fill_clicks(brand) == 1
    assert figures(brand) == []


def test_lists_show_the_last_30_days(brand, ad, partner):
    for days in (0, 29, 30):
        add(ad, partner, NOON - timedelta(days=days), profile=str(days), visitor=str(days))
    add(ad, partner, NOON, kind="IMPRESSION")
    fill_clicks(brand)
    with time_machine.travel(NOON, tick=False):
        assert recent_clicks(brand, "ad", [ad.pk]) == {ad.pk: RecentClicks(1, 2, 2)}
        assert recent_clicks(brand, "partner", [partner.pk, 0]) == {partner.pk: RecentClicks(1, 2, 2)}


def payable(clicks):
    """The definition, click by click: none within 30 seconds before it has the same profile or visitor."""
    found = 0
    for number, (at, profile, visitor) in enumerate(clicks):
        before = [each for each in clicks[:number] if profile == each[1] or visitor == each[2]]
        found += all(at - earlier > 30 for earlier, _, _ in before)
    return found


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.integers(0, 200), st.sampled_from("PQ"), st.sampled_from("VWX")), max_size=12))
def test_payable_clicks_are_those_of_the_definition(brand, ad, partner, clicks):
    Step.objects.all().delete()
    DailyClicks.objects.all().delete()
    ordered = sorted(clicks, key=lambda click: click[0])
    for seconds, profile, visitor in ordered:
        add(ad, partner, NOON + timedelta(seconds=seconds), profile=profile, visitor=visitor)
    fill_clicks(brand)
    assert sum(row[3] for row in figures(brand)) == payable(ordered)


def test_an_ad_with_clicks_is_not_deleted_whether_they_are_counted_yet_or_not(brand, ad, partner):
    unused = make_ad(brand, name="Unused")
    add(unused, partner, NOON - timedelta(days=40))
    add(ad, partner, NOON)
    for _ in range(2):
        assert {each.pk: use_of(each) for each in (ad, unused)} == {ad.pk: "clicks", unused.pk: "clicks"}
        fill_clicks(brand)
    unused_id = unused.pk
    DailyClicks.objects.filter(ad=unused).delete()
    with CaptureQueriesContext(connection) as queries:
        delete_ad(ad=unused)
    (read,) = (query["sql"] for query in queries if "tracking_step" in query["sql"])
    with connection.cursor() as cursor:
        sql = read.replace("$1", str(brand.pk)).replace("$2", str(unused_id))
        cursor.execute(f"EXPLAIN (ANALYZE, COSTS OFF) {sql}")
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert "Rows Removed by Filter" not in plan  # no step is read
    with pytest.raises(Refused, match="Home has clicks"):
        delete_ad(ad=ad)
