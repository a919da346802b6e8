"""The currency under the figures: kept when terms are copied, and changed only under amounts that were shown."""

from decimal import Decimal

import pytest

from contracts.drafts.currency import CurrencyUnconfirmed
from contracts.drafts.rows import add_payout_adjustment, add_payout_group, add_payout_restriction, switch_row
from contracts.drafts.sections import set_sections
from contracts.drafts.template_terms import (
    add_event_payout,
    change_template_terms,
    create_template_terms,
)
from contracts.engine.document.sections.default_payout import DefaultPayout
from contracts.models import TemplateTerms
from tests.contracts.addresses import url
from tests.flows.dashboard import words

TOTAL = {"Variable": "ORDER_TOTAL", "Operator": "GTE", "Values": ["200"]}
STATUS = {"Variable": "CUSTOMER_STATUS", "Operator": "IS", "Values": ["200"]}


@pytest.fixture
def dollars(brand, sale):
    """Terms in US dollars with every kind of fixed amount, beside percentages and texts."""
    terms = create_template_terms(program=brand, name="Dollars", currency="USD")
    payout = add_event_payout(template_terms=terms, event_type=sale, payout=Decimal(5))
    off = add_payout_group(event_payout=payout, rules=[TOTAL, STATUS], name="VIP", payout=Decimal("2.5"))
    switch_row(row=off, on=False)
    add_payout_group(event_payout=payout, rules=[], payout_rate=Decimal(15))
    add_payout_adjustment(event_payout=payout, rules=[], direction="INCREASE", amount=Decimal(1))
    add_payout_restriction(
        event_payout=payout, rules=[{"Variable": "ITEM_PRICE", "Operator": "BETWEEN", "Values": ["1", "2"]}]
    )
    return terms


def head(terms, **changes):
    return {"name": terms.name, "labels": "", "currency": terms.currency, **changes}


def test_a_copy_keeps_the_currency_of_what_it_copies(brand, dollars, editor):
    data = {"name": "Copy", "labels": "", "currency": "GBP", "copy_from": dollars.pk}
    page = words(editor.post(url("terms_create"), data, follow=True).content.decode())
    copy = TemplateTerms.objects.get(name="Copy")
    assert (copy.currency, copy.event_payouts.get().sections["DefaultPayout"]) == ("USD", "5")
    assert "was created as a draft, in USD like the copied terms" in page
    assert create_template_terms(program=brand, name="C", currency="GBP", copy_from=dollars).currency == "USD"


def test_the_form_of_a_copy_begins_with_its_currency(dollars, editor):
    page = editor.get(url("terms_create"), {"copy": dollars.pk})
    assert page.context["form"]["currency"].value() == "USD"
    assert "Populated from <b>Dollars</b>" in page.content.decode()


def test_another_currency_lists_every_fixed_amount_and_asks(dollars, editor):
    address = url("terms_change", dollars.pk)
    answer = editor.post(address, head(dollars, currency="GBP"))
    assert answer.status_code == 200
    assert [(each.place, each.what, each.value) for each in answer.context["amounts"]] == [
        ("Online sale", "Default payout", 5),
        ("Online sale, payout group 1, VIP", "Payout", Decimal("2.5")),
        ("Online sale, payout group 1, VIP", "Order Total ≥", 200),
        ("Online sale, adjustment 1", "Increase", 1),
        ("Online sale, restriction 1", "Item Price is between", 1),
        ("Online sale, restriction 1", "Item Price is between", 2),
    ]
    page = words(answer.content.decode())
    assert "Online sale Default payout $5.00 £5.00" in page
    assert "Nothing is converted" in page
    dollars.refresh_from_db()
    assert dollars.currency == "USD"
    sent = head(dollars, currency="GBP", shown=answer.context["shown"])
    assert editor.post(address, sent).status_code == 302
    dollars.refresh_from_db()
    assert (dollars.currency, dollars.event_payouts.get().sections["DefaultPayout"]) == ("GBP", "5")


def test_amounts_that_changed_meanwhile_are_listed_again(dollars, editor):
    address = url("terms_change", dollars.pk)
    shown = editor.post(address, head(dollars, currency="GBP")).context["shown"]
    set_sections(
        event_payout=dollars.event_payouts.get(), values={"default_payout": DefaultPayout("ORDER", Decimal(7), None)}
    )
    answer = editor.post(address, head(dollars, currency="GBP", shown=shown))
    assert answer.status_code == 409
    assert "The draft has changed since you saw this list" in answer.content.decode()
    assert answer.context["amounts"][0].value == 7
    dollars.refresh_from_db()
    assert dollars.currency == "USD"


def test_a_confirmation_is_for_one_currency_alone(dollars, editor):
    address = url("terms_change", dollars.pk)
    shown = editor.post(address, head(dollars, currency="GBP")).context["shown"]
    assert editor.post(address, head(dollars, currency="EUR", shown=shown)).status_code == 409


def test_without_fixed_amounts_nothing_is_asked(terms, event_payout, editor):
    assert editor.post(url("terms_change", terms.pk), head(terms, currency="EUR")).status_code == 302
    terms.refresh_from_db()
    assert terms.currency == "EUR"


def test_another_name_asks_nothing(dollars, editor):
    assert editor.post(url("terms_change", dollars.pk), head(dollars, name="Renamed")).status_code == 302


def test_no_service_changes_it_unasked(dollars):
    with pytest.raises(CurrencyUnconfirmed):
        change_template_terms(template_terms=dollars, name="Dollars", labels=[], currency="GBP")
    assert TemplateTerms.objects.get(pk=dollars.pk).currency == "USD"
