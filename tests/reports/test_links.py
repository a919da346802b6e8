"""Every link from a figure of a report, and of the home page, leads to exactly the orders that it counts."""

from decimal import Decimal

import pytest
import time_machine

from program.event_types.services import set_customer_status_mapping
from program.models import EventType, Partner
from reports.rollups.fill import fill_touched_days
from tests.factories import make_contracts, make_event_type, make_partner, terms_document
from tests.reports.orders import MAPPING, sell
from tests.reports.reading import Page

ACTIONS = "/p/1000/transactions/actions/"
BY_PARTNER = "/p/1000/reports/new-vs-return-customer/"
BY_DAY = "/p/1000/reports/performance-by-day-by-customer-status/"
DAYS = "start_date=2026-11-01&end_date=2026-11-30"


@pytest.fixture
def mixed(sold):
    """Besides what `sold` has: a second event type, a partner paid in euros, a status of the brand's own, an action
    left out of reports, and one of another month."""
    sale = EventType.objects.get(program=sold, code="SALE")
    make_event_type(program=sold, code="LEAD", name="Lead")
    set_customer_status_mapping(event_type=sale, mapping={**MAPPING, "Gold": ["gold"]}, enabled=True)
    euro = make_partner(program=sold, media_partner_id="P-4", name="Euro", country="IE", groups=["Content"])
    make_contracts(program=sold, document=terms_document(name="Euro", currency="EUR", rate="7"), partners=[euro])
    hidden = make_partner(program=sold, media_partner_id="P-5", name="Hidden", country="GB")
    rule = {"Variable": "CUSTOMER_STATUS", "Operator": "IS", "Values": ["New"]}
    restriction = {"Rules": [rule], "ZeroPayoutHideReport": True}
    make_contracts(
        program=sold, document=terms_document(name="Hiding", PayoutRestrictions=[restriction]), partners=[hidden]
    )
    lead = terms_document(name="Leads", rate="50")
    lead["EventPayouts"][0]["EventTypeCode"] = "LEAD"
    make_contracts(program=sold, document=lead, partners=[Partner.objects.get(program=sold, media_partner_id="P-1")])
    sell(
        sold,
        {"id": "C-1", "partner": "P-4", "status": "new", "amount": "80", "CurrencyCode": "EUR"},
        {"id": "C-2", "partner": "P-5", "status": "new", "amount": "500"},
        {"id": "C-3", "partner": "P-5", "status": "repeat", "amount": "41"},
        {"id": "C-4", "status": "Gold", "amount": "55", "day": "2026-11-11"},
        {"id": "C-5", "amount": "5", "EventTypeCode": "LEAD", "status": "new"},
        {"id": "C-6", "status": "new", "amount": "66", "day": "2026-10-30"},
    )
    fill_touched_days(program_id=sold.pk)
    return sold


def figure(text):
    return Decimal(text.strip().strip("£€").replace(",", ""))


def behind(browser, url):
    """Number, payout and amount of the actions that an address lists."""
    response = browser.get(url)
    assert response.status_code == 200, url
    assert response.context["chips"], url
    sums = response.context["sums"]
    assert len(sums) <= 1, f"{url} mixes currencies"
    return (sums[0].count, sums[0].payout, sums[0].amount) if sums else (0, 0, 0)


def is_drill_down(url):
    return url.startswith(f"{ACTIONS}?")


def checked_links(browser, page, first_figure):
    """Follow the links of the figures at the top and of each row; the answer is how many there were."""
    found = 0
    stats = [page.stats[label] for label in ("Actions", "Action Cost", "Revenue")]
    for stat in stats:
        (url,) = stat.links
        assert behind(browser, url) == tuple(figure(each.text) for each in stats), url
        found += 1
    for row in page.rows:
        for index, cell in enumerate(row):
            for url in filter(is_drill_down, cell.links):
                start = first_figure(index)
                expected = tuple(figure(each.text) for each in row[start:][:3])
                assert behind(browser, url) == expected, (cell.text, url)
                found += 1
    return found


QUERIES = [
    DAYS,
    f"{DAYS}&partner=P-1",
    f"{DAYS}&partner=P-1&partner=P-2",
    f"{DAYS}&partner_country=IE",
    f"{DAYS}&partner_country=GB&partner_group=Top&partner_group=Content",
    f"{DAYS}&event_type=SALE",
    f"{DAYS}&event_type=LEAD&event_type=SALE&partner=P-1",
    f"{DAYS}&customer_status=NEW&customer_status=guest",
    f"{DAYS}&currency=EUR",
    f"{DAYS}&currency=EUR&partner_group=Content&customer_status=new",
    "start_date=2026-11-10&end_date=2026-11-11&show=gross_actions&show=aov",
    f"{DAYS}&sort=-revenue&compare=year&page_size=31",
]


@pytest.mark.parametrize("query", QUERIES)
def test_every_link_of_the_report_by_day_opens_the_orders_that_its_row_counts(mixed, alice, client_of, query):
    browser = client_of(alice)
    page = Page(browser.get(f"{BY_DAY}?page_size=31&{query}").content.decode())
    assert checked_links(browser, page, lambda _: 2) > 5


@pytest.mark.parametrize("query", QUERIES)
def test_every_link_of_the_report_by_partner_opens_the_orders_that_its_cell_counts(mixed, alice, client_of, query):
    browser = client_of(alice)
    page = Page(browser.get(f"{BY_PARTNER}?metric=all&other=shown&{query}").content.decode())
    # A row's head leads to all of its orders, whose figures stand in the first columns.
    assert checked_links(browser, page, lambda index: index or 1) > 5


@pytest.mark.parametrize(("place", "metric"), [(0, "actions"), (1, "action_cost"), (2, "revenue")])
@pytest.mark.parametrize("other", ["", "&other=shown"])
def test_every_link_of_one_metric_opens_the_orders_of_its_figure(mixed, alice, client_of, place, metric, other):
    browser = client_of(alice)
    page = Page(browser.get(f"{BY_PARTNER}?{DAYS}&metric={metric}{other}").content.decode())
    cells = [(cell, url) for row in page.rows for cell in row[1:] for url in filter(is_drill_down, cell.links)]
    assert len(cells) > 10
    for cell, url in cells:
        assert behind(browser, url)[place] == figure(cell.text), (cell.text, url)


@time_machine.travel("2026-11-21T13:00:00Z", tick=False)
def test_every_figure_of_the_home_page_opens_the_orders_that_it_counts(mixed, alice, client_of):
    browser = client_of(alice)
    home = browser.get("/p/1000/")
    page = Page(home.content.decode())
    rows, page.rows = page.rows, []
    assert checked_links(browser, page, lambda _: 0) == 3
    assert len(home.context["top"]) > 1
    for row in rows:
        for url in filter(is_drill_down, row[0].links):
            assert behind(browser, url)[2] == figure(row[1].text), url
    report = next(url for url in page.links if url.startswith(BY_DAY))
    assert Page(browser.get(report).content.decode()).stats["Revenue"].text == page.stats["Revenue"].text


def test_a_drill_down_says_all_that_it_is_filtered_by(mixed, alice, client_of):
    browser = client_of(alice)
    query = f"{DAYS}&partner=P-1&partner_country=GB&partner_group=Top&event_type=SALE&customer_status=new"
    page = Page(browser.get(f"{BY_DAY}?{query}").content.decode())
    chips = browser.get(page.stats["Actions"].links[0]).context["chips"]
    assert "1 Nov 2026 – 30 Nov 2026" in browser.get(page.stats["Actions"].links[0]).content.decode()
    assert [(chip.label, chip.value) for chip in chips] == [
        ("Partner", "Kettle"),
        ("Partner country", "United Kingdom"),
        ("Partner group", "Top"),
        ("Event type", "Online sale"),
        ("Status code", "new"),
        ("Currency", "GBP"),
        ("State", "Not reversed"),
        ("Counted in reports", "Yes"),
    ]
    for chip in chips:
        left = [(other.label, other.value) for other in browser.get(f"{ACTIONS}{chip.remove}").context["chips"]]
        assert (chip.label, chip.value) not in left
        assert len(left) == len(chips) - 1
