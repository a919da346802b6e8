"""Search: what is found, what Enter opens, who sees what, and what it costs."""

import re
from urllib.parse import urlencode

import pytest

from program.search.sources import MOST
from tests.factories import make_action, make_conversion, make_customer, make_partner
from tracking.models import Conversion

SEARCH = "/p/1000/search/"
HTMX = {"HX-Request": "true"}


@pytest.fixture
def sell(brand, standard):
    """Have an order with this id credited to Meadow Media."""

    def order(order_id, **params):
        sent = {"EventTypeCode": "SALE", "MediaPartnerId": "P-1", "Amount": "100", "EventDate": "2026-11-05T10:00:00Z"}
        return make_action(program=brand, OrderId=order_id, **sent | params)

    return order


def found(browser, text, **headers):
    """What the dialog shows: labels by the title of their kind."""
    page = browser.get(f"{SEARCH}?{urlencode({'q': text})}", headers=HTMX | headers).content.decode()
    kinds = re.split(r'<p class="search-title"[^>]*>', page)[1:]
    return {kind.partition("<")[0]: re.findall(r"<b>([^<]*)</b>", kind) for kind in kinds}


def test_orders_are_found_by_how_their_id_begins_in_any_case(sell, brand, bob, client_of):
    for order_id in ("AB-1", "AB-2", "XAB-3"):
        sell(order_id)
    assert found(client_of(bob), "ab-")["Orders"] == ["AB-1", "AB-2"]


def test_an_order_tells_its_partner_its_day_and_its_payout(sell, brand, bob, client_of):
    sell("AB-1")
    page = client_of(bob).get(f"{SEARCH}?q=AB", headers=HTMX).content.decode()
    assert "Meadow Media, 5 Nov 2026, £10.00 payout" in page


def test_an_exact_order_id_opens_the_order_though_others_begin_so(sell, brand, bob, client_of):
    exact = sell("AB-1")
    sell("AB-12")
    answer = client_of(bob).get(f"{SEARCH}?q=+ab-1+")
    assert answer.status_code == 302
    assert answer["Location"] == f"/p/1000/transactions/actions/{exact.pk}/"


def test_an_action_id_opens_it_too(sell, brand, bob, client_of):
    action = sell("AB-1")
    answer = client_of(bob).get(f"{SEARCH}?q={action.action_id}")
    assert answer["Location"] == f"/p/1000/transactions/actions/{action.pk}/"


def test_an_order_that_made_no_action_is_opened_where_it_waits(brand, sale, bob, client_of):
    order = make_conversion(program=brand, OrderId="HELD-1", EventTypeCode="SALE", EventDate="2026-11-05T10:00:00Z")
    Conversion.objects.filter(pk=order.pk).update(state="HELD", reason="PARTNER_NOT_FOUND")
    answer = client_of(bob).get(f"{SEARCH}?q=HELD-1")
    assert answer["Location"] == f"/p/1000/transactions/conversions/{order.pk}/"


def test_an_id_of_two_orders_opens_neither_and_lists_both(sell, brand, bob, client_of):
    sell("AB-1", EventDate="2026-09-01T10:00:00Z")
    sell("AB-1", EventDate="2026-11-05T10:00:00Z")
    answer = client_of(bob).get(f"{SEARCH}?q=AB-1")
    assert answer.status_code == 200
    assert answer.content.decode().count("<b>AB-1</b>") == 2


def test_partners_are_found_by_any_part_of_the_name_those_that_begin_so_first(brand, bob, client_of):
    for name in ("The Kettle", "Kettle & Quill", "Quill"):
        make_partner(program=brand, name=name)
    assert found(client_of(bob), "kettle")["Partners"] == ["Kettle &amp; Quill", "The Kettle"]


def test_customers_are_found_by_a_part_of_their_id(brand, bob, client_of):
    for customer_id in ("C-100", "X-C-100", "C-200"):
        make_customer(program=brand, customer_id=customer_id)
    assert sorted(found(client_of(bob), "C-1")["Customers"]) == ["C-100", "X-C-100"]


def test_terms_are_found_by_a_part_of_the_name(standard, brand, bob, client_of):
    name = standard.template_terms.name
    assert found(client_of(bob), name[2:])["Template Terms"] == [name]


def test_pages_and_help_are_found_by_their_words(brand, bob, client_of):
    assert found(client_of(bob), "event typ")["Pages"][0] == "Event Types"
    assert "Needs attention" in found(client_of(bob), "attention")["Pages"]
    assert "Adjustments and restrictions" in found(client_of(bob), "restrictions")["Pages"]


def test_tasks_are_those_that_the_role_may_do(brand, alice, bob, client_of):
    assert found(client_of(alice), "new terms")["Tasks"] == ["Create Template Term"]
    assert "Tasks" not in found(client_of(bob), "new terms")


def test_a_role_is_not_led_to_a_page_that_it_may_not_open(brand, alice, bob, client_of):
    assert found(client_of(alice), "audit")["Pages"] == ["Audit log"]
    assert "Pages" not in found(client_of(bob), "audit")


def test_without_a_word_it_shows_where_one_can_go(brand, bob, client_of):
    kinds = found(client_of(bob), "")
    assert kinds.keys() == {"Pages", "Tasks"}
    assert kinds["Tasks"] == ["Get a partner’s link"]
    assert {"Home", "Actions", "Event Types", "Help"} <= set(kinds["Pages"])


def test_what_nothing_matches_is_said_with_what_can_be_found(brand, bob, client_of):
    page = client_of(bob).get(f"{SEARCH}?q=%3Cb%3Ezzz%25_").content.decode()
    assert "Nothing matches “&lt;b&gt;zzz%_”." in page


def test_more_than_it_shows_is_a_link_to_the_list(brand, bob, client_of):
    for n in range(MOST + 1):
        make_partner(program=brand, name=f"Kettle {n}")
    page = client_of(bob).get(f"{SEARCH}?q=kettle").content.decode()
    assert page.count("<b>Kettle ") == MOST
    assert 'href="/p/1000/partners/?q=kettle">All that match</a>' in page


def test_nothing_of_another_brand_is_found(sell, brand, charlie, client_of):
    sell("AB-1")
    assert client_of(charlie).get(f"{SEARCH}?q=AB-1").status_code == 404
    assert found_elsewhere(client_of(charlie)) == {}


def found_elsewhere(browser):
    """What charlie finds in the own program 2000 of the brand's words."""
    page = browser.get("/p/2000/search/?q=AB-1", headers=HTMX).content.decode()
    return dict.fromkeys(re.findall(r"<b>([^<]*)</b>", page))


@pytest.mark.parametrize("count", [1, 8])
def test_it_costs_as_many_queries_however_much_is_found(count, sell, brand, bob, client_of, django_assert_num_queries):
    for n in range(count):
        sell(f"AB-{n}")
        make_partner(program=brand, name=f"AB-{n}")
        make_customer(program=brand, customer_id=f"AB-{n}")
    browser = client_of(bob)
    with django_assert_num_queries(11):  # four of the user; two of orders; partners, customers, ads, promo codes, terms
        browser.get(f"{SEARCH}?q=AB", headers=HTMX)


@pytest.mark.parametrize("text", ["%00", "a" * 3_000, "1000.1." + "9" * 30, "%25", "\\", "'"])
def test_odd_words_are_still_answered(text, brand, bob, client_of):
    assert client_of(bob).get(f"{SEARCH}?q={text}").status_code == 200
