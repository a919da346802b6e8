"""Weeks of a partner: the sums of its days, whatever range is asked for."""

from collections import defaultdict
from datetime import date, timedelta
from itertools import combinations_with_replacement

import pytest
from django.db.models import F

from reports.models import DailyPerformance, WeeklyPerformance
from reports.queries.figures import Figures, partner_rows
from reports.queries.filters import Filters
from reports.queries.partner_order import partners_in_order
from reports.rollups.fill import fill_touched_days
from tests.reports.orders import give_back, sell
from tracking.models import Action

FIRST, LAST = date(2026, 10, 25), date(2026, 11, 17)  # from a Sunday to a Tuesday, with three whole weeks
DAYS = [FIRST + timedelta(days=number) for number in range((LAST - FIRST).days + 1)]
KEY = ("partner_id", "customer_status_category", "customer_status", "currency")
FIGURES = Figures._fields


@pytest.fixture
def every_day(shop):
    """An order on each day, of partners and statuses in turns; two of them returned."""
    statuses, partners = ["new", "repeat", "lapsed", "guest", ""], ["P-1", "P-2"]
    sell(
        shop,
        *(
            {"id": f"D-{day}", "day": str(day), "partner": partners[number % 2], "status": statuses[number % 5],
             "amount": f"{10 + number}.01"}
            for number, day in enumerate(DAYS)
        ),
        {"id": "Q-1", "day": "2026-11-12", "partner": "P-3", "amount": "7"},
    )  # fmt: skip
    give_back(shop, "D-2026-11-05")
    give_back(shop, "D-2026-11-17")
    fill_touched_days(program_id=shop.pk)
    return shop


def sums_of(rows):
    """Figures of cells by their key."""
    found = defaultdict(lambda: Figures())
    for *key, figures in rows:
        found[tuple(key)] = Figures(*map(sum, zip(found[tuple(key)], figures, strict=True)))
    return dict(found)


def test_a_week_is_the_sum_of_its_days_from_monday_to_sunday(every_day):
    days = DailyPerformance.objects.values_list("day", *KEY, *FIGURES)
    expected = sums_of(
        (day - timedelta(days=day.weekday()), *rest[: len(KEY)], rest[len(KEY) :]) for day, *rest in days
    )
    weeks = WeeklyPerformance.objects.values_list("week", *KEY, *FIGURES)
    assert sums_of((*rest[: len(KEY) + 1], rest[len(KEY) + 1 :]) for rest in weeks) == expected
    assert {week for week, *_ in weeks} == {date(2026, 10, 19) + timedelta(days=7 * number) for number in range(5)}


def test_any_range_of_days_gives_each_partner_the_sum_of_its_days(every_day):
    cells = list(DailyPerformance.objects.values_list("day", "partner_id", "customer_status_category", *FIGURES))
    for start, end in combinations_with_replacement(DAYS, 2):
        filters = Filters(start, end)
        within = [(partner, status or "Other", rest) for day, partner, status, *rest in cells if start <= day <= end]
        partners = partners_in_order(every_day, filters, "partner")
        assert {partner.partner_id for partner in partners} == {partner for partner, *_ in within}, (start, end)
        rows = partner_rows(every_day, filters, partners)
        found = {
            (row.partner.partner_id, status): figures
            for row in rows
            for status, figures in row.figures.statuses.items()
        }
        assert found == sums_of(within), (start, end)


def test_filters_hold_for_weeks_as_for_days(every_day):
    month = Filters(FIRST, LAST)
    for narrowed in (
        Filters(FIRST, LAST, partners=("P-1",)),
        Filters(FIRST, LAST, countries=("GB",)),
        Filters(FIRST, LAST, partner_groups=("Top",)),
    ):
        (row,) = partner_rows(every_day, narrowed, partners_in_order(every_day, narrowed, "partner"))
        whole = partner_rows(every_day, month, partners_in_order(every_day, month, "partner"))
        assert row in whole
    new = Filters(FIRST, LAST, status_codes=("NEW",), event_types=("SALE",))
    rows = partner_rows(every_day, new, partners_in_order(every_day, new, "-total_revenue"))
    assert {status for row in rows for status in row.figures.statuses} == {"New"}
    assert sum(row.figures.total.gross_actions for row in rows) == 5
    euros = Filters(FIRST, LAST, currency="EUR")
    assert partners_in_order(every_day, euros, "partner") == []


def test_a_week_goes_with_the_last_of_its_days_and_is_mended_with_any(every_day):
    Action.objects.filter(order_id="Q-1").update(is_hidden=True)
    WeeklyPerformance.objects.update(revenue=F("revenue") + 1)
    give_back(every_day, "D-2026-11-12")  # P-1's Thursday
    sell(every_day, {"id": "Q-2", "day": "2026-11-03", "partner": "P-3", "amount": "7"})
    give_back(every_day, "Q-1")
    fill_touched_days(program_id=every_day.pk)
    weeks = WeeklyPerformance.objects.filter(partner__media_partner_id="P-3").values_list("week", "revenue")
    assert list(weeks) == [(date(2026, 11, 2), 7)]
    week, days = (
        sum(cells.filter(partner__media_partner_id="P-1", **{f"{by}__range": ("2026-11-09", "2026-11-15")})
            .values_list("revenue", flat=True))
        for by, cells in (("week", WeeklyPerformance.objects), ("day", DailyPerformance.objects))
    )  # fmt: skip
    assert week == days
