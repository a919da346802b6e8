"""The report pages: what they show, to whom, and from which tables."""

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from reports.models import Export
from tests.factories import make_partner
from tests.reports.reading import Page

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
    assert len(queries) == (16 if "new-vs" in path else 14)


def test_the_partner_report_shows_each_partner_and_the_totals(sold, alice, client_of):
    page = text(client_of(alice).get(f"/p/1000/{REPORTS[0]}{DAYS}"))
    assert "Kettle" in page
    assert "Anvil &amp; Sons" in page
    assert "Quiet" not in page.partition("<tbody>")[2]
    assert "Total, 2 partners" in page
    assert "42.9%" in page
    assert "430.72" in text(client_of(alice).get(f"/p/1000/{REPORTS[0]}{DAYS}&metric=revenue"))


@pytest.fixture
def gold(sold):
    """Two more orders, of statuses that the brand named itself, and one of no status."""
    from program.event_types.services import set_customer_status_mapping  # noqa: PLC0415
    from program.models import EventType  # noqa: PLC0415
    from reports.rollups.fill import fill_touched_days  # noqa: PLC0415
    from tests.reports.orders import MAPPING, sell  # noqa: PLC0415

    sale = EventType.objects.get(program=sold, code="SALE")
    set_customer_status_mapping(event_type=sale, mapping={**MAPPING, "Gold": ["gold"], "Silver": ["ag"]}, enabled=True)
    sell(sold, {"id": "G-1", "status": "gold", "amount": "7"}, {"id": "G-2", "status": "ag", "partner": "P-2"})
    fill_touched_days(program_id=sold.pk)
    return sold


def test_the_partner_report_shows_one_metric_or_all(sold, alice, client_of):
    browser = client_of(alice)
    page = Page(text(browser.get(f"/p/1000/{REPORTS[0]}{DAYS}&metric=action_cost")))
    assert [cell.text.strip() for cell in page.rows[0]][:2] == ["Partner", "Total"]
    assert len(page.rows[1]) == len(page.rows[0])
    everything = Page(text(browser.get(f"/p/1000/{REPORTS[0]}{DAYS}&metric=all")))
    assert len(everything.rows[2]) == 3 * (len(page.rows[1]) - 3) + 3


def test_another_metric_keeps_the_order_by_the_same_status(sold, alice, client_of):
    page = Page(text(client_of(alice).get(f"/p/1000/{REPORTS[0]}?metric=revenue&sort=-new_revenue")))
    assert "?metric=action_cost&sort=-new_action_cost" in page.links
    assert "?metric=all&sort=-new_revenue" in page.links


def test_a_status_of_zeros_folds_away_and_is_named(sold, alice, client_of):
    page = text(client_of(alice).get(f"/p/1000/{REPORTS[0]}{DAYS}&partner=P-2"))
    assert [cell.text.strip() for cell in Page(page).rows[0]] == [
        "Partner",
        "Total",
        "New",
        "Other",
        "New rate",
        "Share of actions",
    ]
    assert "customers of the status Return, Re-Engaged." in page


def test_other_unfolds_into_the_brands_own_statuses_which_sort(gold, alice, client_of):
    browser = client_of(alice)
    folded = Page(text(browser.get(f"/p/1000/{REPORTS[0]}{DAYS}")))
    unfolded = Page(text(browser.get(f"/p/1000/{REPORTS[0]}{DAYS}&other=shown&sort=-actions:Silver")))
    assert "?start_date=2026-11-01&end_date=2026-11-30&other=shown" in folded.links
    names = [cell.text.strip() for cell in unfolded.rows[0]]
    assert names == [
        "Partner",
        "Total",
        "New",
        "Return",
        "Re-Engaged",
        "Gold",
        "Silver",
        "Other",
        "New rate",
        "Share of actions",
    ]
    total = [cell.text for cell in folded.rows[-1]]
    parts = [cell.text for cell in unfolded.rows[-1]]
    assert int(total[5]) == sum(int(part) for part in parts[5:8])
    assert unfolded.rows[1][0].text.startswith("Anvil")


def test_every_status_of_the_brand_has_a_colour_of_its_own(gold, alice, client_of):
    page = text(client_of(alice).get(f"/p/1000/{REPORTS[1]}{DAYS}"))
    assert 'status-own1" href' in page
    assert 'status-own2" href' in page


def test_a_share_bar_says_its_shares_in_words(sold, alice, client_of):
    page = text(client_of(alice).get(f"/p/1000/{REPORTS[1]}{DAYS}&partner=P-1"))
    assert 'aria-label="New 40.0%, Existing 20.0%, Re-Engaged 20.0%, Other 20.0%"' in page


def test_days_are_folded_and_say_where_nothing_was_ordered(sold, alice, client_of):
    page = text(client_of(alice).get(f"/p/1000/{REPORTS[1]}{DAYS}"))
    assert page.count("data-fold ") == 3
    assert page.count('<tr class="part" hidden>') == page.count('<tr class="part"') > 3
    assert page.count('class="muted">No orders') == 27


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


@time_machine.travel("2026-11-21T13:00:00Z", tick=False)
def test_home_says_what_waits_before_its_figures_in_as_many_queries_however_much_waits(sold, alice, client_of):
    from tests.reports.orders import give_back, sell  # noqa: PLC0415

    browser = client_of(alice)
    browser.get("/p/1000/")
    counted = []
    for ids in (("H-1",), ("H-2", "H-3")):
        for order_id in ids:
            sell(sold, {"id": order_id, "partner": "P-9"})
            give_back(sold, f"{order_id}-missing")
        with CaptureQueriesContext(connection) as queries:
            page = text(browser.get("/p/1000/"))
        counted.append(len(queries))
    assert page.index("3 orders could not be priced") < page.index("Revenue") < page.index("Top partners")
    assert counted == [21, 21]


@time_machine.travel("2026-11-21T13:00:00Z", tick=False)
def test_what_waits_has_a_consequence_and_leads_to_as_many_rows_and_test_orders_do_not_wait(sold, alice, client_of):
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
    home = browser.get("/p/1000/").context
    assert [(each.words, each.verb) for each in home["due"]] == [
        ("£220.00 of revenue has no mapped customer status", "Map codes"),
        ("2 orders could not be priced, all for one reason: no such partner", "Settle them"),
        ("1 change refused: no action of that order", "Review them"),
        ("1 uploaded file not imported", "Go on"),
        ("1 report file could not be written", "Try again"),
    ]
    assert home["due"][0].consequence.startswith("£20.00 of it came with codes that are not mapped.")
    assert all(each.consequence for each in home["due"])
    assert [each.words for each in home["on_the_way"]] == [
        "1 order being priced", "2 changes being applied", "1 report file being written",
    ]  # fmt: skip
    for each in [*home["due"][1:], *home["on_the_way"]]:
        assert browser.get(each.url).context["page"].paginator.count == each.count, each.url
    assert browser.get(home["due"][0].url).status_code == 200


def test_several_reasons_are_counted_the_most_frequent_first(sold, alice, client_of):
    from tests.reports.orders import sell  # noqa: PLC0415

    make_partner(program=sold, media_partner_id="P-8")
    sell(sold, {"id": "H-1", "partner": "P-9"}, {"id": "H-2", "partner": "P-9"}, {"id": "H-3", "partner": "P-8"})
    words = [each.words for each in client_of(alice).get("/p/1000/").context["due"]]
    assert "3 orders could not be priced: 2 no such partner, 1 no contract at that time" in words


def test_a_draft_that_is_not_published_waits(sold, alice, client_of):
    from contracts.drafts.revisions import touch  # noqa: PLC0415
    from contracts.drafts.unpublished import open_draft  # noqa: PLC0415
    from contracts.models import TemplateTerms  # noqa: PLC0415

    (terms,) = TemplateTerms.objects.filter(program=sold)
    browser = client_of(alice)
    assert not [each for each in browser.get("/p/1000/").context["due"] if each.verb == "Review and publish"]
    open_draft(template_terms=terms)
    touch(terms.pk)
    (waits,) = [each for each in browser.get("/p/1000/").context["due"] if each.verb == "Review and publish"]
    assert waits.words == f"The draft of {terms.name} is not published"
    assert browser.get(waits.url).status_code == 200


@time_machine.travel("2026-11-21T13:00:00Z", tick=False)
def test_home_says_what_is_pending_and_what_locks_and_clears_next(sold, alice, client_of):
    from datetime import UTC, date, datetime  # noqa: PLC0415

    from tracking.models import Action  # noqa: PLC0415

    Action.objects.filter(order_id="A-1").update(
        locking_date=datetime(2026, 12, 1, tzinfo=UTC), clearing_date=date(2027, 1, 15)
    )
    Action.objects.filter(order_id="A-2").update(
        locking_date=datetime(2026, 12, 1, 9, tzinfo=UTC), clearing_date=date(2027, 1, 20)
    )
    Action.objects.filter(order_id="A-3").update(locking_date=datetime(2026, 11, 20, tzinfo=UTC))
    browser = client_of(alice)
    pending, locks, due, rate = browser.get("/p/1000/").context["obligations"]
    (sums,) = browser.get(pending.url).context["sums"]
    assert (pending.value, pending.change) == (f"£{sums.payout:.2f}", f"{sums.count} actions")
    assert (locks.value, locks.change) == ("£20.00", "on 1 Dec 2026")
    assert (due.value, due.change) == ("£15.00", "on 15 Jan 2027")
    assert rate.value.endswith("%")


def test_without_dates_nothing_locks_or_is_due(sold, alice, client_of):
    _, locks, due, _ = client_of(alice).get("/p/1000/").context["obligations"]
    assert (locks.value, due.value) == ("–", "–")


@time_machine.travel("2026-11-21T13:00:00Z", tick=False)
def test_home_names_the_top_partners_and_those_who_moved_most(sold, alice, client_of):
    from reports.rollups.fill import fill_touched_days  # noqa: PLC0415
    from tests.reports.orders import sell  # noqa: PLC0415

    sell(sold, {"id": "O-1", "day": "2026-10-01", "partner": "P-3", "amount": "400"})
    sell(sold, {"id": "O-2", "day": "2026-10-01", "partner": "P-1", "amount": "200"})
    fill_touched_days(program_id=sold.pk)
    home = client_of(alice).get("/p/1000/").context
    assert [(line.name, line.revenue) for line in home["top"]] == [("Kettle", "218.38"), ("Anvil & Sons", "212.34")]
    assert [(line.name, line.change, line.relative) for line in home["movers"]] == [
        ("Quiet", "−400.00", "100.0%"),
        ("Anvil & Sons", "212.34", "new"),
        ("Kettle", "18.38", "9.2%"),
    ]


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
