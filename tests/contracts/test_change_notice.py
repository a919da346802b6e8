"""A new version applies no earlier than the notice allows that partners have by the version they work under."""

import datetime as dt
from decimal import Decimal

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from common.refusals import Refused
from contracts.agreements.ends import end_contract
from contracts.drafts.sections import set_sections, set_terms_sections
from contracts.engine.document.sections.default_payout import DefaultPayout
from contracts.models import Contract, TemplateTerms, TermsVersion
from contracts.publishing.services import effects_of_joining, join_partners, publish_document, publish_draft
from tests.contracts.addresses import confirm, url
from tests.contracts.test_contracts import NOW, publish, version_at
from tests.factories import make_conversion, make_partner, terms_document
from tracking.models import Action
from tracking.pricing.batch import price_all

FIRST_DAY = dt.date(2026, 6, 29)  # 14 days after 15 June


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def terms(event_payout, anna):
    """Version 1 with 14 days of notice, in force with Anna; the draft pays 20% and gives none."""
    terms = event_payout.template_terms
    set_terms_sections(template_terms=terms, values={"change_notification_period": 14})
    publish_draft(template_terms=terms, join="all")
    set_sections(event_payout=event_payout, values={"default_payout": DefaultPayout("ORDER", None, Decimal(20))})
    terms = TemplateTerms.objects.get(pk=terms.pk)
    set_terms_sections(template_terms=terms, values={"change_notification_period": 0})
    return terms


@pytest.mark.parametrize("start", [None, dt.date(2026, 6, 15), dt.date(2026, 6, 28)])
@pytest.mark.parametrize("join", [None, "all"])
def test_an_earlier_start_is_refused_with_the_first_possible_day(terms, start, join):
    with pytest.raises(Refused) as refused:
        publish_draft(template_terms=terms, start=start, join=join)
    [error] = refused.value
    assert error.path == "Start"
    assert error.message == "1 partner has 14 days of notice by version 1: the first possible day is 29 Jun 2026."
    assert TermsVersion.objects.count() == 1


def test_contracts_move_to_the_second_on_the_first_possible_day(brand, terms, sale, anna):
    publish_draft(template_terms=terms, start=FIRST_DAY)
    midnight = dt.datetime(2026, 6, 28, 23, tzinfo=dt.UTC)  # in London
    assert version_at(anna, sale, midnight - dt.timedelta(microseconds=1)) == ("Standard", 1)
    assert version_at(anna, sale, midnight) == ("Standard", 2)
    with time_machine.travel(midnight + dt.timedelta(hours=1), tick=False):
        for seconds in (-1, 0):
            moment = midnight + dt.timedelta(seconds=seconds)
            make_conversion(program=brand, EventDate=moment.isoformat(), OrderId=f"S{seconds}", MediaPartnerId="P-ANNA")
        price_all(program_id=brand.pk)
    assert dict(Action.objects.values_list("order_id", "payout")) == {"S-1": 10, "S0": 20}


def test_the_notice_alone_decides(brand, terms):
    """The version in force decides, not the draft: without notice in force the same start is possible."""
    publish_draft(template_terms=terms, start=FIRST_DAY)
    with time_machine.travel(dt.datetime(2026, 6, 29, 12, tzinfo=dt.UTC), tick=False):
        terms = TemplateTerms.objects.get(pk=terms.pk)
        set_terms_sections(template_terms=terms, values={"max_return_percentage": Decimal(50)})
        assert publish_draft(template_terms=terms).version.number == 3


def test_a_version_still_to_come_does_not_shorten_the_notice_of_the_one_in_force(terms):
    publish_draft(template_terms=terms, start=dt.date(2026, 7, 20))
    terms = TemplateTerms.objects.get(pk=terms.pk)
    set_terms_sections(template_terms=terms, values={"max_return_percentage": Decimal(50)})
    with pytest.raises(Refused, match="29 Jun 2026"):
        publish_draft(template_terms=terms, start=dt.date(2026, 6, 20))
    assert publish_draft(template_terms=terms, start=dt.date(2026, 7, 20)).version.number == 3


def test_who_works_under_no_version_yet_joins_at_once(terms, ben):
    ben_joins = join_partners(template_terms=terms, join=["P-BEN"])
    assert ben_joins.contracts_made == 1


def test_other_terms_that_nobody_is_moved_to_need_no_notice(brand, terms, anna):
    assert publish(brand, name="Other").is_new


@pytest.mark.parametrize("start", [None, dt.date(2026, 6, 28)])
def test_a_partner_is_moved_to_other_terms_only_after_the_notice_of_the_present_ones(brand, terms, anna, sale, start):
    other = publish(brand, name="Other").version.template_terms
    with pytest.raises(Refused) as refused:
        join_partners(template_terms=other, join=["P-ANNA"], start=start)
    [error] = refused.value
    assert error.path == "Start"
    assert error.message == (
        "1 partner has 14 days of notice by Standard, version 1: the first possible day is 29 Jun 2026. "
        "If they agree to an earlier day, end their contract on that day first."
    )
    assert version_at(anna, sale, dt.datetime(2026, 12, 1, tzinfo=dt.UTC)) == ("Standard", 1)
    join_partners(template_terms=other, join=["P-ANNA"], start=FIRST_DAY)
    assert version_at(anna, sale, dt.datetime(2026, 12, 1, tzinfo=dt.UTC)) == ("Other", 1)


def test_publishing_other_terms_with_partners_joining_needs_the_notice_too(brand, terms):
    with pytest.raises(Refused, match="29 Jun 2026"):
        publish(brand, name="Other", join="all")


def test_other_terms_for_another_event_type_take_nothing_and_need_no_notice(brand, terms, lead, anna, sale):
    publish(brand, "LEAD", name="Leads", join=["P-ANNA"])
    assert version_at(anna, lead, NOW) == ("Leads", 1)
    assert version_at(anna, sale, NOW) == ("Standard", 1)


def test_a_version_that_adds_an_event_type_which_other_terms_pay_for_needs_their_notice(brand, terms, lead, anna):
    leads = publish(brand, "LEAD", name="Leads", join=["P-ANNA"]).version.template_terms
    with pytest.raises(Refused, match="14 days of notice by Standard, version 1"):
        publish(brand, "SALE", "LEAD", name="Leads")
    assert publish(brand, "SALE", "LEAD", name="Leads", start=FIRST_DAY).version.template_terms == leads


def test_ending_a_contract_needs_no_notice_and_frees_its_time_from_that_day_on(brand, terms, anna, sale):
    tomorrow = dt.date(2026, 6, 16)
    end_contract(contract=Contract.objects.get(), on=tomorrow)
    publish(brand, name="Other", join=["P-ANNA"], start=tomorrow)
    midnight = dt.datetime(2026, 6, 15, 23, tzinfo=dt.UTC)  # in London
    assert version_at(anna, sale, midnight - dt.timedelta(microseconds=1)) == ("Standard", 1)
    assert version_at(anna, sale, midnight) == ("Other", 1)


def test_what_follows_a_contract_that_ends_by_agreement_may_change_without_notice(brand, terms, anna, sale):
    tomorrow, in_july = dt.date(2026, 6, 16), dt.datetime(2026, 7, 1, tzinfo=dt.UTC)
    publish(brand, name="Next", join=["P-ANNA"], start=FIRST_DAY)
    end_contract(contract=Contract.objects.get(terms_version__template_terms=terms), on=tomorrow)
    other = publish(brand, name="Other", join=["P-ANNA"], start=tomorrow).version.template_terms
    assert version_at(anna, sale, in_july) == ("Other", 1)
    join_partners(template_terms=terms, join=["P-ANNA"], start=tomorrow)
    assert version_at(anna, sale, in_july) == ("Standard", 1)
    publish_draft(template_terms=terms, start=tomorrow)
    assert version_at(anna, sale, in_july) == ("Standard", 2)
    assert join_partners(template_terms=other, join=["P-ANNA"], start=tomorrow).contracts_made == 1
    with pytest.raises(Refused, match="29 Jun 2026"):
        join_partners(template_terms=other, join=["P-ANNA"])  # before the contract has ended


@pytest.mark.parametrize("by", ["Other", "Standard"])
def test_what_takes_the_place_of_terms_still_to_come_on_their_day_needs_the_notice_too(brand, terms, by):
    """The contract in force ends on that day, but by no agreement: what begins then took its time."""
    publish_draft(template_terms=terms, start=FIRST_DAY)
    other = publish(brand, name="Other").version.template_terms
    again = TemplateTerms.objects.get(pk=terms.pk)
    set_terms_sections(template_terms=again, values={"max_return_percentage": Decimal(50)})
    changes = {
        "Other": lambda: join_partners(template_terms=other, join=["P-ANNA"], start=FIRST_DAY),
        "Standard": lambda: publish_draft(template_terms=again, start=FIRST_DAY),
    }
    with time_machine.travel(NOW + dt.timedelta(days=5), tick=False):
        with pytest.raises(Refused, match=r"14 days of notice by .*version 1: the first possible day is 4 Jul 2026"):
            changes[by]()
        assert join_partners(template_terms=other, join=["P-ANNA"], start=dt.date(2026, 7, 4)).contracts_made == 1


def test_who_has_no_notice_by_their_terms_moves_at_once(brand, terms, ben, sale):
    publish(brand, name="Free", join=["P-BEN"])
    publish(brand, name="Other", join=["P-BEN"])
    assert version_at(ben, sale, NOW) == ("Other", 1)


def test_the_longest_notice_of_all_who_are_moved_decides(brand, terms, ben):
    long = terms_document(name="Long") | {"ChangeNotificationPeriod": 30}
    publish_document(program=brand, document=long, join=["P-BEN"])
    with pytest.raises(Refused, match=r"1 partner has 30 days of notice by Long, version 1: .* 15 Jul 2026"):
        publish(brand, name="Other", join="all")


def test_what_takes_the_place_of_terms_still_to_come_needs_the_notice_of_the_present_ones(brand, terms, anna):
    publish(brand, name="Next", join=["P-ANNA"], start=dt.date(2026, 7, 20))
    other = publish(brand, name="Other").version.template_terms
    with pytest.raises(Refused, match="29 Jun 2026"):
        join_partners(template_terms=other, join=["P-ANNA"], start=dt.date(2026, 6, 20))
    assert join_partners(template_terms=other, join=["P-ANNA"], start=dt.date(2026, 7, 20)).contracts_made == 1


def test_the_page_where_partners_join_says_the_first_possible_day(brand, terms, editor):
    other = publish(brand, name="Other").version.template_terms
    address = url("terms_join", other.pk)
    early = editor.post(address, {"row": ["P-ANNA"], "start": "2026-06-20"})
    assert early.status_code == 422
    assert "the first possible day is 29 Jun 2026" in early.content.decode()


def test_the_notice_of_other_terms_is_one_query_whatever_the_number_of_partners(brand, terms):
    other = publish(brand, name="Other").version.template_terms
    counts = []
    for number in (1, 1, 5):
        partners = [make_partner(program=brand).media_partner_id for _ in range(number)]
        join_partners(template_terms=terms, join=partners)
        with CaptureQueriesContext(connection) as asked, pytest.raises(Refused, match="of notice by Standard"):
            effects_of_joining(template_terms=other, join="all")
        counts.append(len(asked))
    assert counts[1] == counts[2]


def test_the_review_says_the_first_possible_day_and_offers_it(terms, editor, anna, sale):
    address = url("terms_publish", terms.pk)
    page = editor.get(address).content.decode()
    assert "1 partner has 14 days of notice by version 1." in page
    assert "The new version can apply from 29 Jun 2026 on." in page
    assert 'value="2026-06-29"' in page
    early = editor.post(address, {"join": "", "start": "2026-06-20"})
    assert early.status_code == 422
    assert "the first possible day is 29 Jun 2026" in early.content.decode()
    confirm(editor, address, {"join": "", "start": "2026-06-29"})
    assert version_at(anna, sale, dt.datetime(2026, 6, 29, 12, tzinfo=dt.UTC)) == ("Standard", 2)
