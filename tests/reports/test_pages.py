"""The report pages: what they show, to whom, and from which tables."""

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.cast import alice, apart, bob, brand, charlie, kept
from tests.reports.kept import sold

__all__ = ["alice", "apart", "bob", "brand", "charlie", "kept", "sold"]
PAGES = ("reports/new-vs-return-customer/", "reports/performance-by-day-by-customer-status/", "reports/exports/", "")
REPORTS = PAGES[:2]
DAYS = "?start_date=2026-11-01&end_date=2026-11-30"


def text(response):
    return response.content.decode()


@pytest.mark.parametrize("path", PAGES)
def test_members_see_it_and_others_do_not(sold, alice, bob, charlie, client_of, path):
    assert client_of(alice).get(f"/p/1000/{path}").status_code == 200
    assert client_of(bob).get(f"/p/1000/{path}").status_code == 200
    assert client_of(charlie).get(f"/p/1000/{path}").status_code == 404


@pytest.mark.parametrize("path", PAGES)
def test_it_asks_to_sign_in(brand, client, path):
    response = client.get(f"/p/1000/{path}")
    assert response.status_code == 302
    assert response["Location"].startswith("/log-in/")


@pytest.mark.parametrize("path", REPORTS)
def test_it_reads_no_action_and_its_queries_do_not_grow(sold, alice, client_of, path):
    browser = client_of(alice)
    browser.get(f"/p/1000/{path}{DAYS}")
    with CaptureQueriesContext(connection) as queries:
        browser.get(f"/p/1000/{path}{DAYS}")
    assert not [query["sql"] for query in queries if "tracking_action" in query["sql"]]
    assert len(queries) == (12 if "new-vs" in path else 10)


def test_filters_stand_as_chips_that_can_be_removed(sold, alice, client_of):
    page = text(client_of(alice).get(f"/p/1000/{REPORTS[0]}{DAYS}&partner=P-2&partner_country=IE"))
    assert "Partner is <b>Anvil &amp; Sons</b>" in page
    assert '<input type="hidden" name="partner" value="P-2">' in page
    assert "Partner country is <b>Ireland</b>" in page
    assert "?start_date=2026-11-01&amp;end_date=2026-11-30&amp;partner_country=IE" in page
    assert "Total, 1 partner" in page


def test_the_comparison_is_with_the_days_before(sold, alice, client_of):
    page = text(client_of(alice).get(f"/p/1000/{REPORTS[1]}?start_date=2026-11-11&end_date=2026-11-11"))
    assert "80.0%</span> from 5" in page
    page = text(client_of(alice).get(f"/p/1000/{REPORTS[1]}?start_date=2026-11-11&end_date=2026-11-11&compare=none"))
    assert " from 5" not in page


@time_machine.travel("2026-11-21T13:00:00Z", tick=False)
@pytest.mark.parametrize("path", ["", *REPORTS])
def test_without_dates_the_30_days_end_with_today_which_is_marked(sold, alice, client_of, path):
    from reports.rollups.fill import fill_touched_days  # noqa: PLC0415
    from tests.reports.orders import sell  # noqa: PLC0415

    sell(sold, {"id": "N-1", "day": "2026-11-21", "amount": "7000"})
    fill_touched_days(program_id=sold.pk)
    page = text(client_of(alice).get(f"/p/1000/{path}"))
    assert "£7,430.72" in page
    assert "23 Oct 2026 – 21 Nov 2026" in page
    assert "so far" in page


@time_machine.travel("2026-11-21T13:00:00Z", tick=False)
def test_days_that_are_over_are_not_said_to_be_going_on(sold, alice, client_of):
    browser = client_of(alice)
    page = text(browser.get(f"/p/1000/{REPORTS[1]}?start_date=2026-11-01&end_date=2026-11-20"))
    assert "so far" not in page
    assert "?start_date=2026-11-21&amp;end_date=2026-11-21" in page  # the choice “Today”


@pytest.mark.parametrize(
    "query",
    [
        "start_date=x", "start_date=2026-02-30", "start_date=2020-01-01&end_date=2026-01-01", "currency=POUND",
        "show=epc", "start_date=0001-01-01&end_date=0001-01-02",
    ],
)  # fmt: skip
@pytest.mark.parametrize("path", REPORTS)
def test_an_address_that_makes_no_sense_is_said_to(sold, alice, client_of, path, query):
    response = client_of(alice).get(f"/p/1000/{path}?{query}")
    assert response.status_code == 422
    assert "The address asks for something that cannot be shown" in text(response)


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("partner=P-1&partner=P-9", "Partner: “P-9” is not a known partner of program 1000."),
        ("partner_country=XX", "Partner country: “XX” is not a valid country"),
        ("partner_group=Nobody", "Partner group: “Nobody” is not a known partner group of program 1000."),
        ("event_type=LEAD", "Event type: “LEAD” is not a known event type of program 1000."),
        ("customer_status=gold", "Status code: “gold” is not a known status code"),
        ("start_date=x", "From: “x” is not a valid date"),
    ],
)
@pytest.mark.parametrize("path", REPORTS)
def test_a_filter_that_names_nothing_is_refused_by_its_name(sold, alice, client_of, path, query, words):
    response = client_of(alice).get(f"/p/1000/{path}?{query}")
    assert response.status_code == 422
    assert words in text(response)


@pytest.mark.parametrize(
    ("start", "end"),
    [("2026-11-20", "2026-11-01"), ("2020-01-01", "2026-01-01"), ("2026-02-30", "2026-03-01"), ("x", "2026-03-01")],
)
@pytest.mark.parametrize("path", REPORTS)
def test_a_refused_range_keeps_what_was_asked_and_shows_no_other_figures(sold, alice, client_of, path, start, end):
    response = client_of(alice).get(f"/p/1000/{path}?start_date={start}&end_date={end}&partner=P-1")
    page = text(response)
    assert response.status_code == 422
    assert f'name="start_date" value="{start}"' in page
    assert f'name="end_date" value="{end}"' in page
    assert "Partner is <b>Kettle</b>" in page
    assert "<table" not in page
    assert "stat-value" not in page


@pytest.mark.parametrize("query", ["sort=drop", "page=x", "page_size=0", "partner=%00", "compare=never", "sort=-aov"])
@pytest.mark.parametrize("path", REPORTS)
def test_what_means_nothing_is_passed_over(sold, alice, client_of, path, query):
    assert client_of(alice).get(f"/p/1000/{path}{DAYS}&{query}").status_code == 200


def test_empty_days_lead_to_the_newest_order(sold, alice, client_of):
    page = text(client_of(alice).get(f"/p/1000/{REPORTS[0]}?start_date=2025-01-01&end_date=2025-01-02"))
    assert "?start_date=2026-11-13&amp;end_date=2026-11-13" in page


def test_what_is_not_yet_recomputed_is_said(sold, alice, client_of):
    from tests.reports.orders import sell  # noqa: PLC0415

    sell(sold, {"id": "C-1"})
    assert "1 day changed a moment ago" in text(client_of(alice).get(f"/p/1000/{REPORTS[0]}{DAYS}"))
