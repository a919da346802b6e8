"""A report as a file: asked for on its page, written by a worker, downloaded from a list of one's own."""

import time
from datetime import timedelta
from io import BytesIO

import pytest
from django.utils import timezone
from openpyxl import load_workbook

from common.jobs.runner import to_resume
from common.tables.read import read_table
from reports.exports.services import EXPORTS, WRITE, render_export
from reports.models import Export
from tests.factories import make_partner

DAY = "performance_by_day_by_customer_status"
DAYS = "start_date=2026-11-01&end_date=2026-11-30"
LIST = "/p/1000/reports/exports/"


def ask(browser, *, report=DAY, format="csv", query=DAYS):
    return browser.post(f"{LIST}new/", {"report": report, "format": format, "query": query})


def rows_of(export):
    return [row for _, row in read_table(BytesIO(bytes(export.content)), export.filename)]


def test_a_file_is_queued_written_and_downloaded(sold, alice, client_of):
    browser = client_of(alice)
    assert ask(browser)["Location"] == LIST
    assert "Waiting in the background" in browser.get(LIST).content.decode()
    export = Export.objects.get()
    assert render_export(export.pk)
    export.refresh_from_db()
    assert (export.state, export.progress, export.rows) == ("READY", 7, 7)
    response = browser.get(f"{LIST}{export.pk}/download/")
    assert response["Content-Disposition"] == (
        'attachment; filename="performance-by-day-by-customer-status-2026-11-01-2026-11-30-GBP-Europe-London.csv"'
    )
    assert response.content.startswith(b"\xef\xbb\xbfDate,Customer Status,Actions,Action Cost,Revenue\r\n")
    assert response.content.endswith(b"Total,All,7,50.36,430.72\r\n")


def test_the_file_is_as_the_page_was(sold, alice, client_of):
    ask(client_of(alice), query=f"{DAYS}&partner=P-2&show=aov&sort=-date", format="xlsx")
    export = Export.objects.get()
    render_export(export.pk)
    export.refresh_from_db()
    assert [(row["Date"], row["AOV"]) for row in rows_of(export)] == [
        ("2026-11-13", "200"), ("2026-11-11", "12.34"), ("Total", "106.17"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("partner=P-1&partner=P-2&currency=EUR", "EUR-Europe-London-partner-P-1+P-2"),
        ("partner=P-1&partner=P-2&partner=P-3&partner=P-4", "GBP-Europe-London-partner-4-of-them"),
        ("partner_country=GB&partner_group=Größe / 1&event_type=SALE&customer_status=new",
         "GBP-Europe-London-partner_country-GB-partner_group-Große-1-event_type-SALE-customer_status-new"
         .replace("ß", "")),
    ],
)  # fmt: skip
def test_a_file_says_its_filters_currency_and_time_zone_in_its_name(sold, alice, client_of, query, name):
    make_partner(program=sold, media_partner_id="P-4", groups=["Größe / 1"])
    ask(client_of(alice), report="new_vs_return_customer", query=f"{DAYS}&{query}")
    assert Export.objects.get().filename == f"new-vs-return-customer-2026-11-01-2026-11-30-{name}.csv"


def test_the_longest_name_of_a_file_fits_a_file_system(sold, alice, client_of):
    query = "&".join(f"partner={make_partner(program=sold, media_partner_id=c * 64).media_partner_id}" for c in "xyz")
    ask(client_of(alice), query=f"{DAYS}&{query}")
    assert len(Export.objects.get().filename) == 204


def test_a_workbook_says_beside_its_table_what_it_is_about(sold, alice, client_of):
    ask(client_of(alice), query=f"{DAYS}&partner=P-2&event_type=SALE&show=aov", format="xlsx")
    export = Export.objects.get()
    render_export(export.pk)
    export.refresh_from_db()
    book = load_workbook(BytesIO(bytes(export.content)))
    assert book.sheetnames == ["Sheet1", "About"]
    said = dict(book["About"].iter_rows(values_only=True))
    assert said["Report"] == "Performance by Day by Customer Status"
    assert said["Program"] == "Anvils, 1000"
    assert [str(said[name].date()) for name in ("First day", "Last day, included")] == ["2026-11-01", "2026-11-30"]
    assert (said["Time zone of the days"], said["Currency"]) == ("Europe/London", "GBP")
    assert (said["Partner"], said["Event type"], said["Partner group"]) == ("P-2", "SALE", "All")
    assert said["Columns shown besides"] == "AOV"


def test_a_name_that_a_spreadsheet_would_run_is_harmless(sold, alice, client_of):
    sold.partner_set.filter(media_partner_id="P-1").update(name="=1+1")
    ask(client_of(alice), report="new_vs_return_customer")
    export = Export.objects.get()
    render_export(export.pk)
    export.refresh_from_db()
    assert b",'=1+1," in bytes(export.content)
    assert rows_of(export)[0]["Partner"] == "=1+1"


def test_writing_twice_is_once(sold, alice, client_of):
    ask(client_of(alice))
    pk = Export.objects.get().pk
    assert render_export(pk)
    assert not render_export(pk)
    assert Export.objects.get().attempts == 1


def test_a_failed_one_says_why_and_can_be_tried_again(sold, alice, client_of):
    browser = client_of(alice)
    ask(browser)
    Export.objects.update(parameters={"start_date": ["2020-01-01"], "end_date": ["2026-01-01"]})
    export = Export.objects.get()
    render_export(export.pk)
    assert "at most 366 days" in browser.get(LIST).content.decode()
    Export.objects.update(parameters={"start_date": ["2026-11-01"], "end_date": ["2026-11-30"]})
    browser.post(f"{LIST}{export.pk}/retry/")
    render_export(export.pk)
    assert Export.objects.get().state == "READY"


def test_a_fault_of_the_product_is_told_without_its_inside(sold, alice, client_of):
    browser = client_of(alice)
    ask(browser)
    Export.objects.update(handle="gone")
    render_export(Export.objects.get().pk)
    assert "Something went wrong on our side" in browser.get(LIST).content.decode()


def test_one_whose_worker_died_is_begun_again_and_given_up_at_last(sold, alice, client_of):
    ask(client_of(alice))
    pk = Export.objects.get().pk
    assert to_resume(EXPORTS) == [(pk, WRITE)]
    Export.objects.update(state="RUNNING", attempts=3)
    assert to_resume(EXPORTS) == []
    Export.objects.update(beat_at=timezone.now() - timedelta(minutes=2))
    assert to_resume(EXPORTS) == [(pk, WRITE)]
    render_export(pk)
    assert Export.objects.get().failure.startswith("It was interrupted three times")


def test_somebody_elses_file_does_not_exist(sold, alice, bob, charlie, client_of):
    ask(client_of(alice))
    export = Export.objects.get()
    for stranger in (bob, charlie):
        browser = client_of(stranger)
        assert browser.get(f"{LIST}{export.pk}/download/").status_code == 404
        assert browser.post(f"{LIST}{export.pk}/retry/").status_code == 404
    assert export.filename not in client_of(bob).get(LIST).content.decode()
    assert ask(client_of(charlie)).status_code == 404


def test_a_viewer_may_take_files_along(sold, bob, client_of):
    assert ask(client_of(bob)).status_code == 302


def test_what_cannot_be_exported_makes_no_file(sold, alice, client_of):
    browser = client_of(alice)
    assert ask(browser, format="exe").status_code == 422
    assert ask(browser, report="nothing").status_code == 422
    assert ask(browser, query="start_date=x")["Location"].endswith("/reports/performance-by-day-by-customer-status/")
    assert browser.get(f"{LIST}new/").status_code == 405
    assert not Export.objects.exists()


def test_one_that_is_not_ready_cannot_be_downloaded(sold, alice, client_of):
    browser = client_of(alice)
    ask(browser)
    assert browser.get(f"{LIST}{Export.objects.get().pk}/download/")["Location"] == LIST


def test_the_list_asks_for_itself_only_while_a_file_is_written(sold, alice, client_of, django_assert_num_queries):
    browser = client_of(alice)
    ask(browser)
    part = browser.get(LIST, headers={"HX-Request": "true"}).content.decode()
    assert part.lstrip().startswith("<div")
    assert 'hx-trigger="every' in part
    render_export(Export.objects.get().pk)
    with django_assert_num_queries(6):
        assert 'hx-trigger="every' not in browser.get(LIST, headers={"HX-Request": "true"}).content.decode()


@pytest.mark.django_db(transaction=True)
def test_the_real_worker_hears_the_bell(sold, alice, client_of, celery_worker):
    ask(client_of(alice))
    until = time.monotonic() + 90
    while Export.objects.get().state != "READY" and time.monotonic() < until:
        time.sleep(0.2)
    assert Export.objects.get().state == "READY"
