"""Lists that are cards on a narrow screen, without heads, are sorted there by a menu of the same links."""

import re

import pytest

from contracts.publishing.services import publish_document
from program.models.customer import CustomerRevenue
from servers.home import PROJECT
from tests.factories import (
    make_action,
    make_ad,
    make_customer,
    make_event_type,
    make_partner,
    make_promo_code,
    terms_document,
)

TEMPLATES = PROJECT / "templates"
LISTS = [
    "customers/", "transactions/actions/", "partners/", "ads/", "promo-codes/", "contracts/",
    "contracts/template-terms/",
]  # fmt: skip


@pytest.fixture
def rows(brand):
    """One of each."""
    make_event_type(program=brand)
    partner = make_partner(program=brand, media_partner_id="P-1")
    publish_document(program=brand, document=terms_document(), join="all")
    customer = make_customer(program=brand)
    CustomerRevenue.objects.create(
        program=brand, customer=customer, currency=brand.currency, orders=1, revenue=10, payout=1
    )
    make_action(program=brand)
    make_ad(program=brand)
    make_promo_code(program=brand, partner=partner)


def links(page, of):
    return re.findall(r'href="(\?[^"]*)"', " ".join(re.findall(of, page, re.DOTALL)))


def entry(page):
    """What the button says, and the entry whose order the rows have."""
    button = re.search(r'popovertarget="sort-menu">.*?</svg>([^<]*)<', page, re.DOTALL)
    current = re.search(r'<nav[^>]* id="sort-menu".*?aria-current="true">.*?</svg>([^<]*)</a>', page, re.DOTALL)
    return button[1], current and current[1]


@pytest.mark.parametrize("path", LISTS)
def test_the_menu_has_the_links_of_the_heads_and_says_the_order(path, rows, erin, client_of):
    editor = client_of(erin)
    page = editor.get(f"/p/1000/{path}?page_size=50").content.decode()
    heads = links(page, r'<th scope="col".*?</th>')
    assert len(heads) > 2
    assert links(page, r'<nav[^>]* id="sort-menu".*?</nav>') == heads
    for head in heads:
        sorted_page = editor.get(f"/p/1000/{path}{head.replace('&amp;', '&')}").content.decode()
        button, current = entry(sorted_page)
        assert button == f"Sort: {current}"


def test_every_table_of_cards_whose_heads_sort_has_the_menu():
    texts = {each.name: each.read_text() for each in TEMPLATES.rglob("*.html")}
    cards = {name for name, text in texts.items() if "{% sort_head" in text and "table-cards" in text}
    assert len(cards) == len(LISTS) + 1, "and the style guide"
    assert cards == {name for name, text in texts.items() if "{% sortable %}" in text}
