"""Joining partners: those who are not on the version are offered, and all that a search found can be joined at once."""

import datetime as dt
import re

import pytest

from contracts.models import Contract
from contracts.publishing.services import join_partners, publish_document, publish_draft
from tests.contracts.addresses import confirm, url
from tests.factories import make_partner, terms_document


@pytest.fixture
def many(brand):
    return [make_partner(program=brand, media_partner_id=f"M-{n:02d}", name=f"Many {n:02d}") for n in range(30)]


@pytest.fixture
def published(event_payout):
    publish_draft(template_terms=event_payout.template_terms)
    return event_payout.template_terms


def offered(page):
    return {partner.media_partner_id for partner, _ in page.context["listed"]}


def test_who_works_under_the_version_is_not_offered_and_who_will_is(brand, anna, ben, published, editor):
    join_partners(template_terms=published, join=["P-ANNA"])
    join_partners(template_terms=published, join=["P-BEN"], start=dt.date(2099, 8, 1))
    page = editor.get(url("terms_join", published.pk))
    assert offered(page) == {"P-BEN"}
    assert "1 partner works under it already and is not listed." in page.content.decode()


def test_who_lost_an_event_type_to_other_terms_is_offered_again(brand, sale, lead, anna, ben, editor):
    both = terms_document(name="Both")
    [payout] = both["EventPayouts"]
    both["EventPayouts"] = [payout, {**payout, "EventTypeCode": "LEAD"}]
    terms = publish_document(program=brand, document=both, join="all").version.template_terms
    publish_document(program=brand, document=terms_document(name="Sales"), join=["P-ANNA"])
    assert offered(editor.get(url("terms_join", terms.pk))) == {"P-ANNA"}


def test_nobody_is_left_once_all_are_on_the_version(brand, anna, published, editor):
    join_partners(template_terms=published, join="all")
    page = editor.get(url("terms_join", published.pk)).content.decode()
    assert "Every active partner works under this version" in page


def test_all_that_were_found_join_also_those_on_other_pages(many, anna, published, editor):
    address = f"{url('terms_join', published.pk)}?q=many"
    assert "Select all 30" in editor.get(address).content.decode()
    answer = confirm(editor, address, {"every": "1", "row": ["M-00"]})
    assert answer["Location"] == f"{url('contract_list')}?terms={published.pk}"
    assert {contract.partner for contract in Contract.objects.all()} == set(many)


def test_all_is_asked_about_again_when_another_was_found_meanwhile(brand, many, published, editor):
    address = f"{url('terms_join', published.pk)}?q=many"
    shown = editor.post(address, {"every": "1"}).context["effects"].fingerprint
    make_partner(program=brand, name="Many more")
    answer = editor.post(address, {"every": "1", "shown": shown})
    assert answer.status_code == 409
    assert not Contract.objects.exists()


def test_one_page_offers_no_further_ones(anna, published, editor):
    assert "Select all" not in editor.get(url("terms_join", published.pk)).content.decode().replace(
        "Select all on this page", ""
    )


def test_the_list_of_contracts_leads_editors_to_joining(anna, published, editor, viewer):
    address = url("terms_join", published.pk)
    assert address in editor.get(url("contract_list")).content.decode()
    assert address in editor.get(url("contract_list"), {"terms": published.pk}).content.decode()
    assert address not in viewer.get(url("contract_list")).content.decode()


@pytest.mark.parametrize("count", [3, 30])
def test_joining_takes_as_many_queries_for_any_number_of_partners(
    count, brand, published, editor, django_assert_num_queries
):
    for _ in range(count):
        make_partner(program=brand)
    address = url("terms_join", published.pk)
    editor.get(address)
    with django_assert_num_queries(12):
        editor.get(address)


def test_ids_that_are_sent_twice_or_that_no_text_holds_join_once_or_nobody(anna, published, editor):
    address = url("terms_join", published.pk)
    shown = editor.post(address, {"row": ["P-ANNA"] * 3})
    assert "Join 1 partner" in shown.content.decode()
    assert editor.post(address, {"row": ["P-ANNA\x00X"]}).status_code == 422
    assert not Contract.objects.exists()


def test_partners_whose_orders_wait_come_first_and_ticked_with_the_day_of_the_first_order(many, published, editor):
    page = editor.get(f"{url('terms_join', published.pk)}?join=M-29&join=M-03&start=2026-11-05")
    assert [partner.media_partner_id for partner, _ in page.context["listed"]][:3] == ["M-03", "M-29", "M-00"]
    words = page.content.decode()
    for number, is_ticked in (("03", True), ("29", True), ("00", False)):
        assert (f'value="M-{number}" aria-label="Select Many {number}" checked' in words) is is_ticked
    assert re.search(
        '<input[^>]*name="start"[^>]*value="2026-11-05"|<input[^>]*value="2026-11-05"[^>]*name="start"',
        words.partition("<table")[2],
    )
    assert "The partners whose orders wait are chosen." in words


def test_a_partner_on_the_version_whose_order_is_older_is_offered_where_the_order_waits(anna, published, editor):
    join_partners(template_terms=published, join=["P-ANNA"])
    assert offered(editor.get(f"{url('terms_join', published.pk)}?join=P-ANNA")) == {"P-ANNA"}


def test_where_only_one_terms_is_published_the_partners_are_led_to_it(anna, published, editor):
    answer = editor.get(f"{url('terms_list')}?join=P-ANNA&start=2026-11-05")
    assert answer["Location"] == f"{url('terms_join', published.pk)}?join=P-ANNA&start=2026-11-05"


def test_of_several_published_terms_one_is_chosen_for_them_by_editors_alone(
    brand, anna, ben, published, editor, bob, client_of
):
    publish_document(program=brand, document=terms_document(name="Other"))
    address = f"{url('terms_list')}?join=P-ANNA&join=P-BEN"
    page = editor.get(address).content.decode()
    assert "Choose the terms that P-ANNA, P-BEN join." in page
    assert f'href="{url("terms_join", published.pk)}?join=P-ANNA&amp;join=P-BEN"' in page
    assert "Choose the terms" not in client_of(bob).get(address).content.decode()
