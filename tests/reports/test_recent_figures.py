"""The figures of 30 days beside partners, contracts and terms: what the stored actions add up to."""

from collections import defaultdict
from decimal import Decimal

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from contracts.models import Contract, TemplateTerms
from contracts.publishing.services import publish_document
from program.frame.recent_figures import RecentFigures, RowsByFigure, last_orders, recent_figures
from program.models import Partner
from reports.models import DailyPerformance
from reports.queries.recent import last_orders as last_orders_stored
from reports.rollups.fill import fill_touched_days
from tests.factories import make_partner, make_program, terms_document
from tests.reports.orders import NOW, give_back, sell
from tracking.models import Action


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def changed(sold):
    """As `sold`; from noon of 12 November P-1 works under Better, with orders before and after, and P-3 in euros."""
    with time_machine.travel("2026-11-12T12:00:00Z", tick=False):
        publish_document(program=sold, document=terms_document(name="Better", rate="20"), join=["P-1"])
        publish_document(program=sold, document=terms_document(name="Euro", currency="EUR"), join=["P-3"])
    sell(
        sold,
        {"id": "C-1", "day": "2026-11-12", "amount": "10"},
        {"id": "C-2", "day": "2026-11-12", "amount": "40", "EventDate": "2026-11-12T15:00:00Z"},
        {"id": "C-3", "day": "2026-10-23", "amount": "1000", "partner": "P-2"},
        {"id": "C-4", "day": "2026-10-22", "amount": "5000", "partner": "P-2"},
        {"id": "C-5", "day": "2026-11-14", "amount": "9", "CurrencyCode": "EUR", "partner": "P-3"},
    )
    give_back(sold, "C-1")
    fill_touched_days(program_id=sold.pk)
    return sold


def expected(program, by):
    """The same sums from the actions, without rollups."""
    sums = defaultdict(lambda: [0, Decimal(0), Decimal(0)])
    actions = Action.objects.filter(program=program, is_test=False, day__gte="2026-10-23", day__lte="2026-11-21")
    for action in actions.select_related("terms_version"):
        row = {"partner": action.partner_id, "contract": action.contract_id,
               "template_terms": action.terms_version.template_terms_id}[by]  # fmt: skip
        counted = action.state != "REVERSED"
        cell = sums[row, action.currency]
        cell[0] += counted
        cell[1] += counted * action.payout
        cell[2] += counted * action.amount
    return {key: tuple(figures) for key, figures in sums.items()}


ROWS = {"partner": Partner, "contract": Contract, "template_terms": TemplateTerms}


@pytest.mark.parametrize("by", ROWS)
def test_each_row_has_what_its_actions_of_30_days_add_up_to(by, changed):
    ids = list(ROWS[by].objects.values_list("pk", flat=True))
    found = recent_figures(changed, by, ids)
    assert {(row, each.currency): each[1:] for row, several in found.items() for each in several} == expected(
        changed, by
    )
    assert len(expected(changed, by)) >= 2


def test_a_day_of_two_contracts_is_split_between_them(changed):
    day = DailyPerformance.objects.filter(day="2026-11-12", partner__media_partner_id="P-1")
    assert sorted(day.values_list("contract__terms_version__template_terms__name", "gross_actions")) == [
        ("Better", 1),
        ("Standard", 1),
    ]


def test_only_the_rows_that_are_asked_for_are_answered(changed):
    ids = dict(Partner.objects.values_list("media_partner_id", "pk"))
    assert set(recent_figures(changed, "partner", [ids["P-2"], 0])) == {ids["P-2"]}
    assert recent_figures(changed, "partner", []) == {}


def test_another_program_sees_nothing_of_them(changed):
    other = make_program()
    for by, model in ROWS.items():
        assert recent_figures(other, by, list(model.objects.values_list("pk", flat=True))) == {}
    assert last_orders(other, list(Partner.objects.values_list("pk", flat=True))) == {}


def test_the_last_order_is_named_by_its_day(changed):
    ids = dict(Partner.objects.values_list("media_partner_id", "pk"))
    days = {pk: str(day) for pk, day in last_orders_stored(changed, ids.values()).items()}
    assert days == {ids["P-1"]: "2026-11-12", ids["P-2"]: "2026-11-13", ids["P-3"]: "2026-11-14"}


def test_the_effective_rate_is_cost_in_a_hundred_of_revenue():
    assert RecentFigures("GBP", 2, Decimal(3), Decimal(40)).effective_rate == Decimal("7.5")
    assert RecentFigures("GBP", 0, Decimal(0), Decimal(0)).effective_rate is None


@pytest.mark.parametrize(
    ("view", "shown"),
    [
        ("program:partner_list", ["Better, version&nbsp;1", "14 Nov 2026", "€0.90"]),
        ("contracts:contract_list", ["£8.00", "12 Nov 2026, 12:00 GMT"]),
        ("contracts:terms_list", ["£8.00", "20.0%", "10%–15%", "1 group"]),
    ],
)
def test_the_lists_show_them(view, shown, changed, bob, client_of):
    page = client_of(bob).get(reverse(view, args=[changed.pk])).content.decode()
    for words in shown:
        assert words in page


LISTS = {
    "partner": "program:partner_list",
    "contract": "contracts:contract_list",
    "template_terms": "contracts:terms_list",
}
FIGURES = {"actions": lambda figures: sum(each.actions for each in figures),
           "payout": lambda figures: (figures[0].currency == "GBP", figures[0].action_cost),
           "rate": lambda figures: figures[0].effective_rate}  # fmt: skip


def listed(client, program, by, **query):
    """The keys of a list's rows, over all of its pages."""
    page = client.get(reverse(LISTS[by], args=[program.pk]), query).context["page"]
    more = listed(client, program, by, **query | {"page": page.next_page_number()}) if page.has_next() else []
    return [row.pk for row in page] + more


@pytest.mark.parametrize("by", ROWS)
@pytest.mark.parametrize("figure", FIGURES)
def test_a_list_is_sorted_by_a_figure_over_all_of_its_pages(figure, by, changed, bob, client_of):
    for number in range(30):
        make_partner(program=changed, media_partner_id=f"N-{number}", name=f"Newcomer {number}")
    publish_document(program=changed, document=terms_document(name="Later"), join=[f"N-{n}" for n in range(30)])
    browser = client_of(bob)
    every = list(ROWS[by].objects.values_list("pk", flat=True))
    figures = {pk: FIGURES[figure](found) for pk, found in recent_figures(changed, by, every).items()}
    some = {pk: key for pk, key in figures.items() if key is not None}
    falling, rising = (listed(browser, changed, by, sort=sort) for sort in (f"-{figure}", figure))
    assert sorted(falling) == sorted(rising) == sorted(every)
    assert len(some) >= 2
    assert [some[pk] for pk in falling[: len(some)]] == sorted(some.values(), reverse=True)
    assert [some[pk] for pk in rising[-len(some) :]] == sorted(some.values())


def test_a_sort_by_a_figure_keeps_to_the_filters(changed, bob, client_of):
    ids = dict(Partner.objects.values_list("media_partner_id", "pk"))
    assert listed(client_of(bob), changed, "partner", sort="-payout", country="IE") == [ids["P-2"]]
    assert listed(client_of(bob), changed, "partner", sort="-payout", q="nobody") == []


@pytest.mark.parametrize("by", ROWS)
def test_a_sort_by_a_figure_asks_as_many_queries_on_every_page(by, changed, bob, client_of):
    for number in range(60):
        make_partner(program=changed, media_partner_id=f"N-{number}", name=f"Newcomer {number}")
    publish_document(program=changed, document=terms_document(name="Later"), join=[f"N-{n}" for n in range(60)])
    browser, address = client_of(bob), reverse(LISTS[by], args=[changed.pk])
    browser.get(address)
    asked = []
    for page in (1, 2):
        with CaptureQueriesContext(connection) as captured:
            browser.get(address, {"sort": "-payout", "page": page})
        asked.append(len(captured))
    assert asked[0] == asked[1]


def test_the_figures_of_another_program_sort_nothing(changed, charlie, client_of):
    other = make_program()
    mine = [make_partner(program=other, media_partner_id=f"P-{n}").pk for n in (1, 2, 3)]
    rows = RowsByFigure(Partner.objects.filter(program=other), other, "partner", "-payout")
    assert [row.pk for row in rows[0:10]] == mine


def test_another_brand_sees_no_list_of_these(changed, charlie, client_of):
    for view in ("program:partner_list", "contracts:contract_list", "contracts:terms_list"):
        assert client_of(charlie).get(reverse(view, args=[changed.pk])).status_code == 404
