"""The range of payouts beside each of the terms in their list."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from contracts.drafts.rows import add_payout_group, switch_row
from contracts.drafts.template_terms import add_event_payout, create_template_terms
from contracts.editing.payout_ranges import PayoutRange, payout_ranges
from contracts.models import TemplateTerms
from contracts.publishing.services import publish_document, publish_draft
from tests.contracts.addresses import NEW
from tests.factories import terms_document


def range_of(terms):
    return payout_ranges(TemplateTerms.objects.filter(pk=terms.pk).with_summary(timezone.now())).get(terms.pk)


def test_a_draft_that_was_never_published_is_read_as_it_stands(event_payout, groups):
    assert range_of(event_payout.template_terms) == PayoutRange(("10%–15%",), 3)
    switch_row(row=groups[0], on=False)
    assert range_of(event_payout.template_terms).groups == 2
    add_payout_group(event_payout=event_payout, rules=[NEW], payout=Decimal("2.50"))
    assert range_of(event_payout.template_terms).payouts == ("10%–15%", "£2.50")


def test_what_is_in_force_counts_and_not_what_the_draft_holds_meanwhile(event_payout, groups, anna):
    terms = event_payout.template_terms
    publish_draft(template_terms=terms, join="all")
    add_payout_group(event_payout=event_payout, rules=[NEW], payout_rate=Decimal(40))
    assert range_of(terms) == PayoutRange(("10%–15%",), 3)
    publish_draft(template_terms=terms)
    assert range_of(terms) == PayoutRange(("10%–40%",), 4)


def test_the_version_in_force_counts_before_one_that_begins_later(brand, sale, anna):
    terms = publish_document(program=brand, document=terms_document(rate="8"), join="all").version.template_terms
    later = timezone.now().date() + timedelta(days=40)
    publish_document(program=brand, document=terms_document(rate="9"), start=later)
    assert range_of(terms) == PayoutRange(("8%",), 0)


def test_all_event_types_are_in_it_and_terms_without_one_have_none(brand, event_payout, lead):
    add_event_payout(template_terms=event_payout.template_terms, event_type=lead, payout=Decimal(3))
    assert range_of(event_payout.template_terms) == PayoutRange(("10%", "£3.00"), 0)
    assert range_of(create_template_terms(program=brand, name="Empty")) is None


@pytest.mark.parametrize("currency", ["JPY", "EUR"])
def test_amounts_are_in_the_currency_that_was_published(currency, brand, sale):
    document = terms_document(currency=currency)
    [payout] = document["EventPayouts"]
    del payout["DefaultPayoutRate"]
    document["EventPayouts"] = [{**payout, "DefaultPayout": "5"}]
    terms = publish_document(program=brand, document=document).version.template_terms
    TemplateTerms.objects.filter(pk=terms.pk).update(currency="GBP")
    assert range_of(terms).payouts == ({"JPY": "¥5", "EUR": "€5.00"}[currency],)
