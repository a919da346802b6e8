"""Event types, partners and days are looked up and picked, and typed where there is no script."""

import pytest
from django.urls import reverse

from contracts.drafts.template_terms import add_event_payout, create_template_terms
from contracts.models import EventPayout
from tests.factories import make_event_type, make_partner

PAYOUT = {"kind": "PERCENT", "value": "10", "payout_level": "ORDER"}


@pytest.fixture
def sale(brand):
    return make_event_type(program=brand)


@pytest.fixture
def terms(brand):
    return create_template_terms(program=brand, name="Standard")


@pytest.fixture
def add_url(terms):
    return reverse("contracts:event_payout_create", args=[1000, terms.pk])


@pytest.fixture
def publish_url(terms, sale):
    add_event_payout(template_terms=terms, event_type=sale, payout_rate=10)
    return reverse("contracts:terms_publish", args=[1000, terms.pk])


def test_the_event_type_is_looked_up_and_the_only_one_is_chosen(brand, sale, add_url, alice, client_of):
    page = client_of(alice).get(add_url).content.decode()
    assert f'<combo-box data-kind="active-event-type" data-words="{sale.name}">' in page
    assert "<option" not in page.split('name="event_type"')[1].split("</combo-box>")[0]
    make_event_type(program=brand, code="LEAD", name="Lead")
    assert 'data-kind="active-event-type" data-words=""' in client_of(alice).get(add_url).content.decode()


@pytest.mark.parametrize("typed", ["number", "SALE", "online sale"])
def test_an_event_type_is_understood_by_number_code_and_name(typed, sale, add_url, alice, client_of):
    sent = str(sale.pk) if typed == "number" else typed
    assert client_of(alice).post(add_url, {**PAYOUT, "event_type": sent}).status_code == 302
    assert EventPayout.objects.get().event_type == sale


def test_an_event_type_that_is_paid_already_is_refused_in_words(sale, publish_url, add_url, brand, alice, client_of):
    make_event_type(program=brand, code="LEAD", name="Lead")
    answer = client_of(alice).post(add_url, {**PAYOUT, "event_type": str(sale.pk)})
    assert answer.status_code == 422
    assert "Choose an active event type that these terms do not pay for yet." in answer.content.decode()


def test_publishing_offers_every_partner_by_search_and_keeps_those_that_were_chosen(
    brand, publish_url, alice, client_of
):
    for number in range(300):
        make_partner(program=brand, media_partner_id=f"P-{number}", name=f"Partner {number}")
    browser = client_of(alice)
    page = browser.get(publish_url).content.decode()
    assert 'data-kind="active-partner" data-adds="chosen-partners"' in page
    assert "Partner 7" not in page
    refused = browser.post(publish_url, {"join": "chosen", "partners": ["P-299", ""], "start": "no day"})
    assert refused.status_code == 422
    assert 'name="partners" value="P-299" checked' in refused.content.decode()
    assert "Partner 299" in browser.post(publish_url, {"join": "chosen", "partners": ["P-299"]}).content.decode()


def test_publishing_refuses_partners_that_it_could_not_offer(brand, publish_url, alice, client_of):
    gone = make_partner(program=brand, media_partner_id="P-GONE")
    gone.is_active = False
    gone.save(update_fields=["is_active"])
    answer = client_of(alice).post(publish_url, {"join": "chosen", "partners": ["P-GONE"]})
    assert "No active partner has the id P-GONE." in answer.content.decode()
    answer = client_of(alice).post(publish_url, {"join": "chosen"})
    assert "Choose at least one partner." in answer.content.decode()


def test_a_day_has_the_calendar_that_opens_at_the_programs_today(brand, publish_url, alice, client_of, time_machine):
    brand.time_zone = "Pacific/Auckland"
    brand.save(update_fields=["time_zone"])
    time_machine.move_to("2026-11-20T20:00:00Z")
    page = client_of(alice).get(publish_url).content.decode()
    assert 'data-start="id_start" data-end="id_start" data-today="2026-11-21"' in page
