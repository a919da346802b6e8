"""`verify` tells of every rollup that is not what its actions make it, and of the statement that made it so."""

import re

import pytest
from django.apps import apps
from django.db import connection

from reports.models import DailyPerformance, DailyTotal, WeeklyPerformance
from reports.rollups import fill as rollup
from tests.cast import apart, brand, kept
from tests.reports.kept import sold
from tests.reports.orders import give_back, sell
from tests.reports.verifying import falsify, run
from tracking.models import Action, TouchedDay

__all__ = ["apart", "brand", "kept", "sold"]


def test_a_false_rollup_is_named(sold):
    cell = DailyPerformance.objects.get(customer_status="guest")
    falsify(DailyPerformance, cell.pk, revenue="20.01")
    _, told, agrees = run()
    assert not agrees
    assert f"DailyPerformance {cell.pk} (2026-11-10," in told
    assert "revenue is 20.0100, of actions 20.0000" in told


def test_a_missing_rollup_and_one_too_many_are_named(sold):
    cell = DailyPerformance.objects.get(customer_status="guest")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE reports_dailyperformance SET day = '2026-11-12' WHERE id = %s", [cell.pk])
    told = run()[1]
    assert f"DailyPerformance {cell.pk} (2026-11-12" in told
    assert "DailyPerformance without a row (2026-11-10" in told


def test_a_false_week_and_a_missing_one_are_named_with_any_of_their_days(sold):
    week = WeeklyPerformance.objects.get(customer_status="guest")
    falsify(WeeklyPerformance, week.pk, revenue="20.01")
    WeeklyPerformance.objects.filter(customer_status="lapsed").delete()
    _, told, agrees = run("--start", "2026-11-15", "--end", "2026-11-30")
    assert not agrees
    assert f"WeeklyPerformance {week.pk} (2026-11-09, partner" in told
    assert "revenue is 20.0100, of its days 20.0000" in told
    assert "WeeklyPerformance without a row (2026-11-09" in told
    assert "DailyPerformance" not in told
    assert run("--start", "2026-11-16")[2]


def test_a_false_total_and_a_missing_one_are_named(sold):
    total = DailyTotal.objects.get(customer_status="guest")
    falsify(DailyTotal, total.pk, revenue="20.01")
    DailyTotal.objects.filter(customer_status="lapsed").delete()
    _, told, agrees = run()
    assert not agrees
    assert f"DailyTotal {total.pk} (2026-11-10, event type" in told
    assert "revenue is 20.0100, of its cells 20.0000" in told
    assert "DailyTotal without a row (2026-11-10" in told
    assert "DailyPerformance" not in told


FIGURES = ("actions", "action_cost", "revenue", "gross_actions", "gross_action_cost")
_, CELLS, _, WEEKS, _, TOTALS = rollup._RECOMPUTE
DELETED_CELLS, _, DELETED_WEEKS, _, DELETED_TOTALS, _ = rollup._RECOMPUTE


def recompute_with(monkeypatch, program, statement, wrong):
    """Fill the rollups of all days again, with one statement gone wrong."""
    statements = tuple(wrong if each is statement else each for each in rollup._RECOMPUTE)
    monkeypatch.setattr(rollup, "_RECOMPUTE", statements)
    for event_type, partner, day in Action.objects.values_list("event_type", "partner", "day").distinct():
        TouchedDay.objects.create(program=program, event_type_id=event_type, partner_id=partner, day=day)
    rollup.fill_touched_days(program_id=program.pk)


@pytest.mark.parametrize("figure", FIGURES)
@pytest.mark.parametrize(
    ("statement", "table", "of"),
    [(CELLS, "DailyPerformance", "actions"), (WEEKS, "WeeklyPerformance", "its days"),
     (TOTALS, "DailyTotal", "its cells")],
    ids=["daily", "weekly", "total"],
)  # fmt: skip
def test_a_statement_that_gets_a_figure_wrong_is_found_out(sold, monkeypatch, statement, table, of, figure):
    wrong = statement.replace(f" AS {figure}", f" + 1 AS {figure}")
    assert wrong != statement
    recompute_with(monkeypatch, sold, statement, wrong)
    told = run()[1].splitlines()
    assert all(re.search(rf"^{table} \d+ \(.*: {figure} is [\d.]+, of {of} [\d.]+$", line) for line in told)
    assert len(told) == apps.get_model("reports", table).objects.count()


@pytest.mark.parametrize(
    ("statement", "right", "wrong", "named"),
    [
        (CELLS, " AND NOT action.is_test", "", r"DailyPerformance \d+ .*revenue is 1132\.33\d*, of actions 133\.33"),
        (CELLS, "count(*) FILTER (WHERE action.state <> 'REVERSED')", "count(*)", "actions is 2, of actions 1$"),
        (CELLS, "sum(action.payout) FILTER (WHERE action.state <> 'REVERSED')", "sum(action.intended_payout)",
         r"action_cost is 12\.0+, of actions 5\.0"),
        (CELLS, "<> 'REVERSED'", "= 'APPROVED'", "actions is 0, of actions 1"),
        (CELLS, "GROUP BY", "AND action.customer_status <> '' GROUP BY", "DailyPerformance without a row .*2026-11-13"),
        (WEEKS, "touched.week + 6", "touched.week + 2", "WeeklyPerformance without a row .*2026-11-09"),
        (WEEKS, "isodow", "dow", r"WeeklyPerformance \d+ \(2026-11-16"),
        (TOTALS, "GROUP BY", "AND partner_id = (SELECT min(partner_id) FROM reports_dailyperformance) GROUP BY",
         "DailyTotal without a row .*2026-11-11"),
    ],
    ids=["test orders", "reversed counted", "as first priced", "approved alone", "no status", "three days", "Sunday",
         "one partner"],
)  # fmt: skip
def test_a_statement_that_takes_the_wrong_rows_is_found_out(sold, monkeypatch, statement, right, wrong, named):
    sell(sold, {"id": "S-1", "day": "2026-11-15", "amount": "7"})
    assert right in statement
    recompute_with(monkeypatch, sold, statement, statement.replace(right, wrong))
    assert re.search(named, run()[1], re.MULTILINE)


@pytest.mark.parametrize(
    ("statement", "named"),
    [(DELETED_CELLS, "DailyPerformance"), (DELETED_WEEKS, "WeeklyPerformance"), (DELETED_TOTALS, "DailyTotal")],
    ids=["daily", "weekly", "total"],
)
def test_a_statement_that_leaves_an_old_row_is_found_out(sold, monkeypatch, statement, named):
    give_back(sold, "B-1", CustomerStatus="repeat")
    recompute_with(monkeypatch, sold, statement, f"{statement} AND customer_status <> 'NEW'")
    assert re.search(rf"^{named} \d+ \(.*New \(NEW\), GBP\): actions is 1, of .* 0", run()[1], re.MULTILINE)
