"""Orders whose customer status was worked out are counted under it, though they brought no code."""

import json
from io import StringIO

from django.core.management import call_command

from program.models import EventType
from reports.rollups.fill import fill_touched_days
from tests.reports.orders import sell


def report(handle, *filters):
    out = StringIO()
    days = ("--start", "2026-11-01", "--end", "2026-11-30", "--format", "json")
    call_command("report", handle, "--program", "1000", *days, *filters, stdout=out)
    return json.loads(out.getvalue())


def test_reports_count_them_under_their_status(shop):
    EventType.objects.update(works_out_status=True, re_engaged_after_days=5)
    customer = {"CustomerId": "C-1", "amount": "100"}
    sell(
        shop,
        {"id": "A-1", "EventDate": "2026-11-02T12:00:00Z", **customer},
        {"id": "A-2", "EventDate": "2026-11-03T12:00:00Z", **customer},
        {"id": "A-3", "EventDate": "2026-11-12T12:00:00Z", **customer},
        {"id": "A-4", "EventDate": "2026-11-12T12:00:00Z", "amount": "100"},
    )
    fill_touched_days(program_id=shop.pk)
    (row,) = report("new_vs_return_customer")
    assert [row[f"{status} Actions"] for status in ("New", "Return", "Re-Engaged", "Other")] == ["1", "1", "1", "1"]
    assert row["New Action Cost"] == "15.00"
    days = report("performance_by_day_by_customer_status")
    found = {(day["Date"], day["Customer Status"]) for day in days if day["Actions"] != "0"}
    assert found == {
        ("2026-11-02", "New"), ("2026-11-03", "Existing"), ("2026-11-12", "Re-Engaged"), ("2026-11-12", "Other"),
    }  # fmt: skip


def test_a_filter_by_codes_leaves_them_out(shop):
    EventType.objects.update(works_out_status=True)
    sell(shop, {"id": "A-1", "CustomerId": "C-1"}, {"id": "A-2", "status": "new"})
    fill_touched_days(program_id=shop.pk)
    (row,) = report("new_vs_return_customer", "--filter", "customer_status=new")
    assert row["New Actions"] == "1"
    (row,) = report("new_vs_return_customer")
    assert row["New Actions"] == "2"
