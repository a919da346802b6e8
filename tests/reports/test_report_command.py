"""`report` prints the same figures as the pages."""

import csv
import io
import json
from decimal import Decimal

import pytest
from django.core.management import CommandError, call_command

from common.tables.read import read_table
from tests.cast import apart, brand, charlie, kept
from tests.reports.kept import sold
from tests.reports.orders import sell

__all__ = ["apart", "brand", "charlie", "kept", "sold"]

PARTNER = "new_vs_return_customer"
DAY = "performance_by_day_by_customer_status"


def report(handle, *options, format="json", start="2026-11-01", end="2026-11-30"):
    out = io.StringIO()
    call_command("report", handle, "--program", "1000", "--start", start, "--end", end, "--format", format, *options,
                 stdout=out)  # fmt: skip
    return json.loads(out.getvalue()) if format == "json" else out.getvalue()


def test_new_vs_return_has_a_row_for_each_partner(sold):
    anvil, kettle = report(PARTNER)
    assert kettle == {
        "Partner Id": "P-1", "Partner": "Kettle",
        "New Actions": "2", "New Action Cost": "20.00", "New Revenue": "133.33",
        "Return Actions": "1", "Return Action Cost": "5.00", "Return Revenue": "50.00",
        "Re-Engaged Actions": "1", "Re-Engaged Action Cost": "1.51", "Re-Engaged Revenue": "15.05",
        "Other Actions": "1", "Other Action Cost": "2.00", "Other Revenue": "20.00",
        "Total Actions": "5", "Total Action Cost": "28.51", "Total Revenue": "218.38",
        "New Customer Rate": "40.00",
    }  # fmt: skip
    assert anvil["Total Revenue"] == "212.34"


def test_by_day_by_status_has_a_row_for_each_day_and_status_in_their_order(sold):
    rows = report(DAY)
    assert [(row["Date"], row["Customer Status"]) for row in rows] == [
        ("2026-11-10", "New"), ("2026-11-10", "Existing"), ("2026-11-10", "Re-Engaged"), ("2026-11-10", "Other"),
        ("2026-11-11", "New"), ("2026-11-13", "Other"),
    ]  # fmt: skip
    assert rows[0] == {
        "Date": "2026-11-10", "Customer Status": "New", "Actions": "2", "Action Cost": "20.00", "Revenue": "133.33",
    }  # fmt: skip


def test_show_adds_columns(sold):
    row = report(DAY, "--show", "Gross Actions,gross_action_cost", "aov")[1]
    assert row["Gross Actions"] == "2"
    assert row["Gross Action Cost"] == "12.00"
    assert row["AOV"] == "50.00"


def test_both_reports_add_up_to_the_same(sold):
    assert sum(Decimal(row["Total Revenue"]) for row in report(PARTNER)) == sum(
        Decimal(row["Revenue"]) for row in report(DAY)
    )


def test_a_brands_own_status_is_a_row_by_day_and_other_by_partner(sold):
    from program.event_types.services import set_customer_status_mapping  # noqa: PLC0415
    from program.models import EventType  # noqa: PLC0415

    set_customer_status_mapping(event_type=EventType.objects.get(), mapping={"Staff": ["staff"]}, enabled=True)
    sell(sold, {"id": "S-1", "day": "2026-11-15", "status": "staff", "amount": "10"})
    assert report(DAY)[-1]["Customer Status"] == "Staff"
    assert report(PARTNER, start="2026-11-15")[0]["Other Revenue"] == "10.00"


@pytest.mark.parametrize(
    ("filters", "orders"),
    [
        (["partner=P-1"], 5), (["partner=P-1", "partner=P-2"], 7), (["partner_country=ie"], 2),
        (["partner_group=Content", "partner_group=Top"], 5), (["event_type=SALE"], 7), (["customer_status=NEW"], 3),
        (["customer_status=repeat", "partner=P-2"], 0), (["customer_status=Guest"], 1), (["customer_status=return"], 0),
        (["partner_country=FR"], 0), (["currency=EUR"], 0), (["currency=gbp"], 7),
    ],
)  # fmt: skip
def test_filters_narrow_the_figures(sold, filters, orders):
    assert sum(int(row["Actions"]) for row in report(DAY, "--filter", *filters)) == orders


def test_what_was_priced_just_now_is_in(sold):
    sell(sold, {"id": "C-1", "amount": "1"})
    assert report(PARTNER)[1]["Total Revenue"] == "219.38"


def test_days_outside_are_out(sold):
    assert [row["Date"] for row in report(DAY, start="2026-11-11", end="2026-11-12")] == ["2026-11-11"]


def test_csv_ends_with_the_totals_row(sold):
    rows = list(csv.DictReader(io.StringIO(report(PARTNER, format="csv"))))
    assert [row["Partner Id"] for row in rows] == ["P-2", "P-1", "Total"]
    assert rows[-1]["Total Revenue"] == "430.72"
    assert rows[-1]["New Customer Rate"] == "42.86"
    assert list(csv.reader(io.StringIO(report(DAY, format="csv"))))[-1] == ["Total", "All", "7", "50.36", "430.72"]


def test_a_file_is_written_where_out_says(sold, tmp_path):
    path = tmp_path / "report.xlsx"
    assert report(DAY, "--out", str(path), format="xlsx") == ""
    rows = [row for _, row in read_table(path, "report.xlsx")]
    assert rows[0] == {
        "Date": "2026-11-10", "Customer Status": "New", "Actions": "2", "Action Cost": "20", "Revenue": "133.33",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"handle": "nothing"}, "nothing is not a known report"),
        ({"start": "yesterday"}, "“yesterday” is not a valid date"),
        ({"start": "2026-12-01"}, "The first day is after the last"),
        ({"start": "2025-01-01"}, "at most 366 days"),
        ({"options": ["--filter", "partner"]}, "write NAME=VALUE"),
        ({"options": ["--filter", "colour=red"]}, "NAME is one of partner"),
        ({"options": ["--filter", "partner=P-9"]}, "“P-9” is not a known partner"),
        ({"options": ["--filter", "partner_country=xx"]}, "“XX” is not a valid country"),
        ({"options": ["--filter", "partner_group=Nobody"]}, "“Nobody” is not a known partner group"),
        ({"options": ["--filter", "event_type=LEAD"]}, "“LEAD” is not a known event type"),
        ({"options": ["--filter", "customer_status=gold"]}, "“gold” is not a known status code"),
        ({"options": ["--filter", "currency=POUND"]}, "POUND"),
        ({"options": ["--show", "epc"]}, "“epc” is not a known column"),
        ({"options": ["--out", "/nowhere/at/all"]}, "cannot be written"),
    ],
)
def test_a_wrong_question_is_one_clear_line(sold, options, words):
    options = {"handle": DAY, "options": [], **options}
    with pytest.raises(CommandError, match=words):
        report(options.pop("handle"), *options.pop("options"), **options)


def test_a_program_without_orders_has_no_rows(sold, charlie):
    assert report(PARTNER, "--program", "2000") == []
