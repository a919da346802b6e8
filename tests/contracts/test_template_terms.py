"""Terms by name, and the event payouts of their draft."""

from decimal import Decimal

import pytest
from django.utils import timezone

from common.refusals import Refused
from contracts.drafts.documents import draft_document
from contracts.drafts.rows import add_payout_group, switch_row
from contracts.drafts.sections import set_sections, switch_section
from contracts.drafts.template_terms import (
    add_event_payout,
    change_template_terms,
    create_template_terms,
    delete_template_terms,
    remove_event_payout,
)
from contracts.engine.document.sections.default_payout import DefaultPayout
from contracts.engine.document.sections.locking import Locking
from contracts.engine.document.sections.scheduling import PayoutScheduling
from contracts.models import TemplateTerms
from contracts.publishing.services import publish_draft
from tests.factories import make_event_type


def test_terms_begin_in_the_program_s_currency(terms):
    assert (terms.currency, terms.labels) == ("GBP", ["spring"])
    assert draft_document(terms) == {"Name": "Standard", "Currency": "GBP", "Labels": ["spring"], "EventPayouts": []}


def test_a_taken_name_and_a_currency_that_does_not_exist_are_refused_at_once(brand, terms):
    with pytest.raises(Refused) as refused:
        create_template_terms(program=brand, name=" Standard ", currency="GPB")
    assert {refusal.path for refusal in refused.value} == {"Name", "Currency"}


def test_terms_are_copied_with_what_is_switched_off(brand, terms, event_payout):
    group = add_payout_group(event_payout=event_payout, name="VIP", rules=[], payout=Decimal("2.50"))
    switch_row(row=group, on=False)
    switch_section(event_payout=event_payout, section="locking", on=False)
    copy = create_template_terms(program=brand, name="Copy", copy_from=terms)
    copied = copy.event_payouts.get()
    assert (copied.sections["DefaultPayoutRate"], copied.is_on("locking")) == ("10", False)
    assert [(row.name, row.payout, row.is_active) for row in copied.payout_groups.all()] == [("VIP", 2.5, False)]
    remove_event_payout(event_payout=copied)
    assert terms.event_payouts.get().payout_groups.count() == 1


def test_terms_are_renamed_labelled_and_searched(terms):
    change_template_terms(template_terms=terms, name="Basic", labels=["a", " a ", "autumn"], currency="EUR")
    terms.refresh_from_db()
    assert (terms.name, terms.labels, terms.currency) == ("Basic", ["a", "autumn"], "EUR")
    assert TemplateTerms.objects.search("AUT").get() == terms
    assert TemplateTerms.objects.search("bas").get() == terms
    assert not TemplateTerms.objects.search("spring").exists()


@pytest.mark.parametrize(
    "default", [{}, {"payout": Decimal(1), "payout_rate": Decimal(1)}, {"payout_rate": Decimal(-1)}]
)
def test_a_default_payout_is_fixed_or_a_percentage(terms, sale, default):
    with pytest.raises(Refused):
        add_event_payout(template_terms=terms, event_type=sale, **default)


def test_a_level_that_the_event_type_does_not_offer_is_refused(brand, terms):
    by_order = make_event_type(program=brand, code="CALL", payout_levels="ORDER")
    with pytest.raises(Refused, match="PayoutLevel"):
        add_event_payout(template_terms=terms, event_type=by_order, payout_level="ITEM", payout_rate=Decimal(1))
    event_payout = add_event_payout(template_terms=terms, event_type=by_order, payout_rate=Decimal(1))
    with pytest.raises(Refused, match="PayoutLevel"):
        set_sections(event_payout=event_payout, values={"default_payout": DefaultPayout("ITEM", None, Decimal(1))})


def test_an_event_type_is_paid_for_once(terms, sale, event_payout):
    with pytest.raises(Refused, match="already"):
        add_event_payout(template_terms=terms, event_type=sale, payout=Decimal(1))


def test_locking_and_scheduling_are_written_into_the_document(terms, event_payout):
    set_sections(event_payout=event_payout, values={"locking": Locking("DAY", 0, 30)})
    set_sections(event_payout=event_payout, values={"payout_scheduling": PayoutScheduling("END_OF_WEEK", 1, 2)})
    set_sections(event_payout=event_payout, values={"default_payout": DefaultPayout("ITEM", Decimal("1.50"), None)})
    payout = draft_document(terms)["EventPayouts"][0]
    assert payout["Locking"] == {
        "Basis": "TRACKED", "Period": "DAY", "MonthOffset": 0, "DayOffset": 30, "OpenEnded": False
    }  # fmt: skip
    assert payout["PayoutScheduling"] == {
        "Basis": "LOCKED", "Period": "END_OF_WEEK", "MonthOffset": 1, "DayOffset": 2
    }  # fmt: skip
    assert (payout["PayoutLevel"], payout["DefaultPayout"]) == ("ITEM", "1.5")


def test_more_than_27_days_beside_months_are_refused(event_payout):
    with pytest.raises(Refused, match=r"Locking\.DayOffset"):
        set_sections(event_payout=event_payout, values={"locking": Locking("MONTH", 0, 28)})
    event_payout.refresh_from_db()
    assert event_payout.sections["Locking"]["DayOffset"] == 15


def test_a_list_of_terms_shows_its_figures_in_one_query(terms, event_payout, anna, django_assert_num_queries):
    publish_draft(template_terms=terms, join="all")
    with django_assert_num_queries(1):
        [row] = TemplateTerms.objects.with_summary(timezone.now())
    assert (row.version_number, row.active_contracts, row.is_edited) == (1, 1, False)
    set_sections(event_payout=event_payout, values={"locking": Locking("DAY", 0, 30)})
    assert TemplateTerms.objects.with_summary(timezone.now()).get().is_edited


def test_published_terms_are_not_deleted_and_a_mere_draft_is(brand, terms, event_payout):
    draft = create_template_terms(program=brand, name="Idea", copy_from=terms)
    delete_template_terms(template_terms=draft)
    publish_draft(template_terms=terms)
    with pytest.raises(Refused):
        delete_template_terms(template_terms=terms)
    assert list(TemplateTerms.objects.all()) == [terms]
