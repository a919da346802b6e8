"""What one chooses from as one types: 25 at a time, of one's own program alone."""

import html
import re

import pytest

from program.models import Partner
from tests.factories import (
    make_contracts,
    make_customer_tag,
    make_event_type,
    make_partner,
    make_partner_group,
    terms_document,
)

CHOICES = "/p/1000/choices/"


@pytest.fixture
def ask(brand, bob, client_of):
    """What a viewer is offered: the value and the words of each choice, in order."""
    browser = client_of(bob)

    def choices(kind, text="", start=0):
        page = browser.get(f"{CHOICES}{kind}/", {"q": text, "start": start}).content.decode()
        found = re.findall(r'data-value="([^"]*)" data-words="([^"]*)"', page)
        return [(html.unescape(value), html.unescape(words)) for value, words in found]

    return choices


def test_25_are_offered_at_a_time_and_the_next_ones_where_the_list_ends(brand, bob, client_of, ask):
    Partner.objects.bulk_create(
        Partner(program=brand, media_partner_id=f"P-{n:02d}", name=f"Partner {n:02d}") for n in range(30)
    )
    first, rest = ask("partner"), ask("partner", start=25)
    assert [value for value, _ in first + rest] == [f"P-{n:02d}" for n in range(30)]
    assert len(first) == 25
    browser = client_of(bob)
    assert 'data-next="25"' in browser.get(f"{CHOICES}partner/").content.decode()
    assert "data-next" not in browser.get(f"{CHOICES}partner/?start=25").content.decode()


def test_partners_are_found_by_name_id_and_e_mail_the_exact_one_first(brand, ask):
    make_partner(program=brand, media_partner_id="A-1", name="Blue Kettle", email="blue@example.com")
    make_partner(program=brand, media_partner_id="A-2", name="Kettle & Quill")
    make_partner(program=brand, media_partner_id="A-3", name="Kettle")
    assert ask("partner", "kettle") == [("A-3", "Kettle"), ("A-2", "Kettle & Quill"), ("A-1", "Blue Kettle")]
    assert ask("partner", "a-2") == [("A-2", "Kettle & Quill")]
    assert ask("partner", "blue@") == [("A-1", "Blue Kettle")]
    assert ask("partner", "%") == []


def test_only_active_partners_are_offered_where_orders_are_sent(brand, ask):
    make_partner(program=brand, media_partner_id="A-1", name="Kettle")
    make_partner(program=brand, media_partner_id="A-2", name="Quill", is_active=False)
    assert ask("active-partner") == [("A-1", "Kettle")]
    assert len(ask("partner")) == 2


def test_lists_name_rows_by_their_numbers(brand, ask):
    partner, group = make_partner(program=brand, name="Kettle"), make_partner_group(program=brand, name="Top")
    sale, tag = make_event_type(program=brand), make_customer_tag(program=brand, name="VIP")
    assert ask("partner-number", "ket") == [(str(partner.pk), "Kettle")]
    assert ask("partner-group-number") == [(str(group.pk), "Top")]
    assert ask("partner-group") == [("Top", "Top")]
    assert ask("event-type-number", "SALE") == [(str(sale.pk), "Online sale")]
    assert ask("event-type") == [("SALE", "Online sale")]
    assert ask("customer-tag", "v") == [(str(tag.pk), "VIP")]


def test_terms_are_found_by_their_name(brand, ask):
    make_event_type(program=brand)
    version = make_contracts(program=brand, document=terms_document(name="Standard"), partners=[])
    assert ask("terms", "stand") == [(str(version.template_terms_id), "Standard")]
    assert ask("terms", "other") == []


def test_countries_are_found_by_code_and_by_every_name(ask, brand):
    assert ask("country", "GB")[0] == ("GB", "United Kingdom")
    assert ask("country", "united k")[0] == ("GB", "United Kingdom")
    assert ask("country", "holland") == [("NL", "Netherlands")]
    make_partner(program=brand, country="IE")
    assert ask("partner-country") == [("IE", "Ireland")]


def test_the_currency_of_the_program_comes_first(ask):
    assert ask("currency")[0] == ("GBP", "GBP")
    assert ask("currency", "yen") == [("JPY", "JPY")]


def test_customer_statuses_are_those_of_every_brand_its_own_and_other(brand, ask):
    from program.event_types.services import set_customer_status_mapping  # noqa: PLC0415 (needs the models)

    sale = make_event_type(program=brand)
    set_customer_status_mapping(event_type=sale, mapping={"Existing": ["repeat"], "Trade": ["b2b"]}, enabled=True)
    assert [words for _, words in ask("customer-status")] == ["New", "Existing", "Re-Engaged", "Trade", "Other"]
    assert ask("customer-status", "oth") == [("OTHER", "Other")]
    assert ask("status-code") == [("b2b", "b2b"), ("repeat", "repeat")]
    assert ask("status-code", "B2") == [("b2b", "b2b")]


def test_what_there_is_nothing_of_is_said(brand, bob, client_of):
    browser = client_of(bob)
    assert "Nothing to choose from." in browser.get(f"{CHOICES}partner/").content.decode()
    assert "Nothing matches “&lt;b&gt;”." in browser.get(f"{CHOICES}partner/?q=<b>").content.decode()
    other = browser.get(f"{CHOICES}status-code/?q=platinum&other=1").content.decode()
    assert "“platinum” is not in the list. It is taken as it is." in other
    assert browser.get(f"{CHOICES}colour/").status_code == 404


def test_another_brand_is_offered_nothing(brand, charlie, client_of):
    make_partner(program=brand, name="Kettle")
    stranger = client_of(charlie)
    assert stranger.get(f"{CHOICES}partner/").status_code == 404
    assert "Kettle" not in stranger.get("/p/2000/choices/partner/").content.decode()


def test_one_question_is_asked_however_many_there_are(brand, bob, client_of, django_assert_num_queries):
    browser = client_of(bob)
    browser.get(f"{CHOICES}partner/")
    for group in "ab":
        with django_assert_num_queries(5):
            browser.get(f"{CHOICES}partner/?q=p")
        Partner.objects.bulk_create(
            Partner(program=brand, media_partner_id=f"{group}-{n}", name=f"Partner {n}") for n in range(100)
        )
