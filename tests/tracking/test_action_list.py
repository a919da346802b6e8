"""What the list of actions shows of each action, its tabs, and what its pages cost the database."""

import re

import pytest
from django.db import connection
from django.test import RequestFactory

from program.models.event_type import CustomerStatusMapping
from tests.factories import make_action, make_contracts, make_event_type, make_partner, terms_document
from tracking.actions.action_filters import SORTS, ActionFilters
from tracking.actions.paging import Rows
from tracking.models import Action

LIST = "/p/1000/transactions/actions/"
NEW = {"Variable": "CUSTOMER_STATUS", "Operator": "IS", "Values": ["New"]}
CARDS = {"Variable": "ITEM_CATEGORY", "Operator": "IS", "Values": ["Gift cards", "Vouchers"]}
SMALL = {"Variable": "ORDER_TOTAL", "Operator": "LT", "Values": ["5"]}


@pytest.fixture
def kettle(brand):
    make_event_type(program=brand, code="SALE")
    return make_partner(program=brand, media_partner_id="P-1", name="Kettle Blog")


def agree(brand, kettle, **terms):
    make_contracts(program=brand, document=terms_document(**terms), partners=[kettle])


def page_of(client, address):
    response = client.get(address)
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def act(brand, **params):
    return make_action(program=brand, MediaPartnerId="P-1", **params)


def payout_groups(page):
    cells = re.findall(r'data-column="group"> ?<span class="[^"]*" title="([^"]*)">(.*?)</span> ?</td>', page)
    return [(title, re.sub("<.*?>", "", words)) for title, words in cells]


def test_each_action_says_what_pays_it_in_a_few_words(client_of, alice, brand, kettle):
    groups = [{"Rank": 2, "Name": "New", "Rules": [NEW], "PayoutRate": "12"}]
    restrictions = [{"Rules": [rule], "ZeroPayoutHideReport": False} for rule in (CARDS, SMALL)]
    agree(brand, kettle, rate="5", groups=groups, PayoutRestrictions=restrictions)
    act(brand, OrderId="A", CustomerStatus="New", EventDate="2026-11-14T10:00:00Z")
    act(brand, OrderId="B", CustomerStatus="x", EventDate="2026-11-14T11:00:00Z")
    act(brand, OrderId="C", ItemSku1="G", ItemPrice1="50", ItemCategory1="Vouchers", EventDate="2026-11-14T12:00:00Z")
    act(brand, OrderId="D", Amount="4", EventDate="2026-11-14T13:00:00Z")
    assert payout_groups(page_of(client_of(alice), f"{LIST}?sort=event_date")) == [
        ("Payout group 2: New · 12%", "2 New · 12%"),
        ("Default · 5%", "Default · 5%"),
        ("Item Category is Gift cards or Vouchers", "Nothing · Gift cards or Vouchers"),
        ("Order Total &lt; £5.00", "Nothing · Order Total &lt; £5.00"),
    ]


def test_an_adjustment_that_holds_is_named_beside_the_rate(client_of, alice, brand, kettle):
    groups = [{"Rank": 3, "Rules": [NEW], "PayoutRate": "12"}]
    raised = {"Rules": [CARDS], "Direction": "INCREASE", "Rate": "10"}
    agree(brand, kettle, rate="5", groups=groups, PayoutAdjustments=[raised])
    cards = {"ItemSku1": "G", "ItemPrice1": "50", "ItemCategory1": "Gift cards"}
    act(brand, OrderId="A", EventDate="2026-11-14T10:00:00Z", **cards, CustomerStatus="x")
    act(brand, OrderId="B", EventDate="2026-11-14T11:00:00Z", **cards, CustomerStatus="New")
    act(brand, OrderId="C", EventDate="2026-11-14T12:00:00Z", CustomerStatus="x")
    words = [words for _, words in payout_groups(page_of(client_of(alice), f"{LIST}?sort=event_date"))]
    assert words == ["Default · 5%, +10%", "3 Group · 12%, +10%", "Default · 5%"]


def test_lines_that_are_paid_apart_say_so(client_of, alice, brand, kettle):
    shoes = {"Variable": "ITEM_CATEGORY", "Operator": "IS", "Values": ["Shoes"]}
    groups = [{"Rank": 1, "Name": "Shoes", "Rules": [shoes], "Payout": "2"}]
    agree(brand, kettle, PayoutLevel="ITEM", groups=groups)
    two = {"ItemSku1": "A", "ItemPrice1": "10", "ItemCategory1": "Shoes", "ItemSku2": "B", "ItemPrice2": "3"}
    act(brand, OrderId="A", EventDate="2026-11-14T10:00:00Z", **two)
    act(brand, OrderId="B", EventDate="2026-11-14T11:00:00Z", ItemSku1="B", ItemPrice1="3")
    act(brand, OrderId="C", EventDate="2026-11-14T12:00:00Z", ItemSku1="A", ItemPrice1="3", ItemCategory1="Shoes")
    words = [words for _, words in payout_groups(page_of(client_of(alice), f"{LIST}?sort=event_date"))]
    assert words == ["By item · 2 rates", "Default · 10%", "1 Shoes · £2.00"]


def test_the_tabs_count_and_sum_each_state_under_the_other_filters(client_of, alice, brand, kettle):
    agree(brand, kettle)
    for number, state in enumerate(("PENDING", "PENDING", "APPROVED", "PENDING")):
        action = act(brand, OrderId=f"A-{number}", Amount="10" if number < 3 else "7")
        Action.objects.filter(pk=action.pk).update(state=state)
    act(brand, OrderId="B-1")
    page = page_of(client_of(alice), f"{LIST}?q=A-&state=APPROVED&page=1")
    tabs = re.findall(r'<a href="([^"]*)"( aria-current="page")?><span>(.*?)</span><small>(.*?)</small>', page)
    assert [(re.sub("<.*?>", "", words), payout, bool(here)) for _, here, words, payout in tabs] == [
        ("All 4", "£3.70", False),
        ("Pending 3", "£2.70", False),
        ("Approved 1", "£1.00", True),
        ("Reversed 0", "£0.00", False),
    ]
    assert tabs[1][0] == "?q=A-&amp;state=PENDING"
    assert "Total, 1 action<" in page


@pytest.mark.parametrize(
    ("dates", "head"),
    [
        (["2026-11-14T10:00:00Z"], "Event Date, GMT"),
        (["2026-07-14T10:00:00Z"], "Event Date, BST"),
        (["2026-07-14T10:00:00Z", "2026-11-14T10:00:00Z"], "Event Date, Europe/London"),
    ],
)
def test_the_head_names_the_zone_of_the_moments(client_of, alice, brand, kettle, dates, head):
    agree(brand, kettle)
    for number, date in enumerate(dates):
        act(brand, OrderId=f"A-{number}", EventDate=date)
    page = page_of(client_of(alice), LIST)
    assert f'data-label="{head}"' in page
    assert re.search(r"14 Jul 2026, 11:00 ?<|14 Nov 2026, 10:00 ?<", page)


def test_a_status_of_the_brands_own_has_its_colour_wherever_it_is_shown(client_of, alice, brand, kettle):
    agree(brand, kettle)
    event_type = kettle.program.eventtype_set.get()
    for category in ("Gold", "Silver"):
        CustomerStatusMapping.objects.create(
            program=brand, event_type=event_type, category=category, code=category.lower(), code_key=category.lower()
        )
    type(event_type).objects.update(has_status_mapping=True)
    action = act(brand, CustomerStatus="silver")
    client = client_of(alice)
    for address in (LIST, f"{LIST}{action.pk}/", f"/p/1000/transactions/conversions/{action.conversion_id}/"):
        assert '<span class="status status-own2">Silver</span>' in page_of(client, address)


def test_only_what_somebody_must_act_on_is_amber(client_of, alice, brand, kettle):
    agree(brand, kettle)
    act(brand)
    page = page_of(client_of(alice), LIST)
    assert "Pending" in page
    assert "badge-warn" not in page


@pytest.mark.parametrize("sort", [f"{minus}{key}" for key in SORTS for minus in ("", "-")])
@pytest.mark.parametrize("query", ["", "&state=PENDING", "&test=1"])
def test_a_page_of_any_order_is_found_in_one_index_alone(brand, sort, query):
    request = RequestFactory().get(f"/?sort={sort}{query}")
    numbers = Rows(ActionFilters(request, brand))._numbers[5_000:5_050]
    with connection.cursor() as cursor:
        for other in (
            "seqscan",
            "bitmapscan",
            "indexscan",
            "sort",
            "incremental_sort",
        ):  # whatever the statistics of so few rows say
            cursor.execute(f"SET LOCAL enable_{other} = off")
    plan = numbers.explain()
    assert "Index Only Scan" in plan
    assert "Sort" not in plan


def test_every_row_leads_to_its_action_with_the_lists_filters(client_of, alice, brand, kettle):
    agree(brand, kettle)
    action = act(brand)
    page = page_of(client_of(alice), f"{LIST}?sort=-payout&page=1")
    assert page.count(f'href="{LIST}{action.pk}/?sort=-payout"') == 3  # its id, and twice for the pointer alone
    assert page.count('tabindex="-1" aria-hidden="true"') == 2
