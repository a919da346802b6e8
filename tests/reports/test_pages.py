"""The report pages: what they show, to whom, and from which tables."""

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from reports.models import Export
from tests.factories import make_partner

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
    assert len(queries) == (15 if "new-vs" in path else 13)


def test_the_partner_report_shows_each_partner_and_the_totals(sold, alice, client_of):
    page = text(client_of(alice).get(f"/p/1000/{REPORTS[0]}{DAYS}"))
    assert "Kettle" in page
    assert "Anvil &amp; Sons" in page
    assert "Quiet" not in page.partition("<tbody>")[2]
    assert "Total, 2 partners" in page
    assert "430.72" in page
    assert "42.9%" in page


def test_the_day_report_shows_days_with_their_statuses(sold, alice, client_of):
    page = text(client_of(alice).get(f"/p/1000/{REPORTS[1]}{DAYS}&page_size=31"))
    assert page.index("Fri 13 Nov 2026") < page.index("Tue 10 Nov 2026")
    assert "Total, 30 days" in page
    assert page.count("lead") == 30
    assert "£430.72" in page


def test_columns_can_be_shown(sold, alice, client_of):
    browser = client_of(alice)
    assert "Gross Action Cost, GBP" not in text(browser.get(f"/p/1000/{REPORTS[1]}{DAYS}"))
    assert "Gross Action Cost, GBP" in text(browser.get(f"/p/1000/{REPORTS[1]}{DAYS}&show=gross_action_cost"))


def test_filters_stand_as_chips_that_can_be_removed(sold, alice, client_of):
    page = text(client_of(alice).get(f"/p/1000/{REPORTS[0]}{DAYS}&partner=P-2&partner_country=IE"))
    assert "Partner is <b>Anvil &amp; Sons</b>" in page
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


@pytest.mark.parametrize(
    ("sort", "first"),
    [("partner", "Anvil"), ("-partner", "Kettle"), ("-new_actions", "Kettle"), ("new_actions", "Anvil")],
)
def test_partners_are_sorted_by_any_column(sold, alice, client_of, sort, first):
    page = text(client_of(alice).get(f"/p/1000/{REPORTS[0]}{DAYS}&sort={sort}"))
    names = page.partition("<tbody>")[2]
    assert names.index(first) < names.index("Kettle" if first == "Anvil" else "Anvil")


@pytest.mark.parametrize("path", REPORTS)
def test_a_brand_without_orders_is_told_what_to_do(shop, alice, bob, client_of, path):
    page = text(client_of(alice).get(f"/p/1000/{path}"))
    assert "No order has been credited to a partner yet" in page
    assert "Upload past orders" in page
    assert "Upload past orders" not in text(client_of(bob).get(f"/p/1000/{path}"))


def test_empty_days_lead_to_the_newest_order(sold, alice, client_of):
    page = text(client_of(alice).get(f"/p/1000/{REPORTS[0]}?start_date=2025-01-01&end_date=2025-01-02"))
    assert "?start_date=2026-11-13&amp;end_date=2026-11-13" in page


def test_what_is_not_yet_recomputed_is_said(sold, alice, client_of):
    from tests.reports.orders import sell  # noqa: PLC0415

    sell(sold, {"id": "C-1"})
    assert "1 day changed a moment ago" in text(client_of(alice).get(f"/p/1000/{REPORTS[0]}{DAYS}"))


def test_home_shows_figures_actions_and_what_waits(sold, alice, client_of):
    from tests.reports.orders import sell  # noqa: PLC0415

    sell(sold, {"id": "H-1", "partner": "P-9"})
    browser = client_of(alice)
    browser.get("/p/1000/")
    with CaptureQueriesContext(connection) as queries:
        page = text(browser.get("/p/1000/"))
    assert "B-2" in page
    assert "T-1" not in page
    assert "1 conversion" in page
    assert len(queries) == 16


def test_what_waits_leads_to_lists_of_as_many_rows_and_test_orders_do_not_wait(sold, alice, client_of):
    from tests.factories import make_conversion, make_modification  # noqa: PLC0415
    from tests.reports.orders import give_back, sell  # noqa: PLC0415
    from tests.tracking.uploading import sent  # noqa: PLC0415

    sell(sold, {"id": "H-1", "partner": "P-9"}, {"id": "H-2", "partner": "P-9"})
    sell(sold, {"id": "H-3", "partner": "P-9"}, is_test=True)
    give_back(sold, "H-9")
    make_conversion(program=sold, OrderId="W-1")
    make_conversion(program=sold, OrderId="W-2", is_test=True)
    make_modification(program=sold, OrderId="W-3", Amount=0)
    make_modification(program=sold, OrderId="W-4", Amount=0)
    sent(sold, "PartnerId")
    Export.objects.create(program=sold, user=alice, handle="x", format="csv", filename="a.csv", state="FAILED")
    Export.objects.create(program=sold, user=alice, handle="x", format="csv", filename="b.csv", state="READY")
    Export.objects.create(program=sold, user=alice, handle="x", format="csv", filename="c.csv")
    browser = client_of(alice)
    waiting = browser.get("/p/1000/").context["waiting"]
    assert [(each.count, each.state) for each in waiting] == [
        (2, "Could not be priced"),
        (1, "Refused"),
        (1, "Not finished"),
        (1, "Could not be written"),
        (1, "Waiting for the worker"),
        (2, "Waiting for the worker"),
        (1, "Being written"),
    ]
    for each in waiting:
        assert browser.get(each.url).context["page"].paginator.count == each.count, each.url


def test_home_leads_an_empty_brand_to_its_first_payout(brand, alice, client_of):
    browser = client_of(alice)
    steps = browser.get("/p/1000/").context["steps"]
    assert [step.name for step in steps] == ["Event types", "Partners", "Template terms", "Contracts", "Orders"]
    assert not any(step.is_done for step in steps)
    make_partner(program=brand)
    assert [step.name for step in browser.get("/p/1000/").context["steps"] if step.is_done] == ["Partners"]
    assert all(browser.get(step.url).status_code == 200 for step in steps)


def test_home_of_a_brand_with_actions_has_no_first_steps(sold, alice, client_of):
    assert client_of(alice).get("/p/1000/").context["steps"] == []


def test_the_root_leads_to_the_first_program(brand, alice, client_of):
    assert client_of(alice).get("/")["Location"] == "/p/1000/"


def test_somebody_without_a_brand_is_told_so(db, client_of):
    from tests.factories import make_user  # noqa: PLC0415

    assert "not a member of any account yet" in text(client_of(make_user()).get("/"))


def test_the_first_user_is_led_to_the_invitations(db, client_of):
    from tests.factories import make_user  # noqa: PLC0415

    page = client_of(make_user(is_staff=True, is_superuser=True)).get("/").content.decode()
    assert 'href="/admin/accounts/invitation/"' in page
    assert "/admin/" not in client_of(make_user()).get("/").content.decode()
