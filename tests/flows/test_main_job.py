"""From terms to a file in a browser: published, ordered, priced by a worker, explained, reported, exported."""

import csv
import io
import re
from datetime import timedelta

import pytest
from django.utils import timezone

from tests.flows.dashboard import until

pytestmark = pytest.mark.django_db(transaction=True)
NOW = timezone.now()
# Around midnight in whatever zone, today is one of three days. Orders of the test are of now.
DAYS = f"start_date={NOW - timedelta(days=1):%Y-%m-%d}&end_date={NOW + timedelta(days=1):%Y-%m-%d}"
REPORT = f"reports/new-vs-return-customer/?{DAYS}"


def test_an_order_of_a_new_customer_pays_by_its_group_and_then_by_the_adjustment_in_its_place(
    dashboard, shop, terms, celery_worker
):
    assert "Version 1" in dashboard.publish(terms, "First terms.")
    shop.priced(shop.report("A-1"))
    page = dashboard.action("A-1")
    assert "Why this pays £15.00" in page
    assert "New customers" in page
    assert "15% of the order’s sale amount: £100.00" in page

    group = re.search(r"payout-groups/(\d+)/switch/", dashboard.get(terms).content.decode())
    dashboard.send(f"contracts/payout-groups/{group[1]}/switch/", on="no")
    dashboard.send_to(terms, "payout-adjustments/new/", direction="INCREASE", kind="PERCENT", value="5",
                      variable="CUSTOMER_STATUS", operator="IS", values="New")  # fmt: skip
    assert "Version 2" in dashboard.publish(terms, "An adjustment in place of the group.")
    shop.priced(shop.report("A-2"))
    page = dashboard.action("A-2")
    assert "Why this pays £10.50" in page
    assert "10% of the order’s sale amount: £100.00" in page
    shop.priced(shop.report("A-3", CustomerStatus="repeat"))
    assert "Why this pays £10.00" in dashboard.action("A-3")
    assert "Why this pays £15.00" in dashboard.action("A-1")

    report = until(lambda: dashboard.read(REPORT), lambda text: "35.50" in text)
    assert "Anna’s Blog" in report
    for format in ("csv", "xlsx"):
        dashboard.send("reports/exports/new/", report="new_vs_return_customer", format=format, query=DAYS)
    page = until(lambda: dashboard.get("reports/exports/").content.decode(), lambda text: text.count("/download/") == 2)
    files = [dashboard.get(path) for path in re.findall(r'href="([^"]+/download/)"', page)]
    (table,) = [file.content.decode("utf-8-sig") for file in files if file["Content-Type"].startswith("text/csv")]
    anna, totals = list(csv.DictReader(io.StringIO(table)))
    assert anna["Partner Id"] == "P-ANNA"
    for row in (anna, totals):
        assert (row["New Actions"], row["New Action Cost"], row["New Revenue"]) == ("2", "25.50", "200.00")
        assert (row["Return Actions"], row["Return Action Cost"]) == ("1", "10.00")
        assert (row["Total Actions"], row["Total Action Cost"]) == ("3", "35.50")
    (workbook,) = [file.content for file in files if not file["Content-Type"].startswith("text/csv")]
    assert workbook.startswith(b"PK")


def test_a_replayed_order_is_answered_alike_and_paid_once(dashboard, shop, terms, celery_worker):
    dashboard.publish(terms, "First terms.")
    first = shop.report("A-1")
    assert shop.report("A-1", Amount="900.00") == first
    shop.priced(first)
    assert shop.report("A-1") == first
    shop.priced(shop.report("A-2"))
    report = until(lambda: dashboard.read(REPORT), lambda text: "30.00" in text)
    assert "900.00" not in report
    assert "Why this pays £15.00" in dashboard.action("A-1")


def test_an_order_that_nobody_is_paid_for_says_what_is_missing(dashboard, shop, celery_worker):
    answer = shop.priced(shop.report("A-1"))
    assert answer["ErrorType"]
    assert answer["ErrorReason"]
