"""Who works under which version when: nothing overlaps, nothing that was agreed for the past changes."""

import datetime as dt

import pytest
import time_machine
from django.db import IntegrityError, transaction

from common.refusals import Refused
from contracts.agreements.ends import end_contract
from contracts.agreements.plans import contracts_for
from contracts.models import Contract, ContractEventType
from contracts.publishing.services import publish_document
from program.models import EventType
from tests.factories import make_event_type, make_partner, make_program, terms_document

NOW = dt.datetime(2026, 6, 15, 12, tzinfo=dt.UTC)
LONG_AGO = dt.datetime(2010, 12, 1, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


def publish(brand, *codes, name="Standard", rate="10", **options):
    document = terms_document(name=name, rate=rate)
    [payout] = document["EventPayouts"]
    document["EventPayouts"] = [{**payout, "EventTypeCode": code} for code in codes or ("SALE",)]
    return publish_document(program=brand, document=document, **options)


def version_at(partner, event_type, moment):
    """Name and number of the version that pays the partner then; None for none."""
    key = (partner.pk, event_type.pk, moment)
    found = contracts_for([key]).get(key)
    if found is None:
        return None
    version = Contract.objects.get(pk=found.contract_id).terms_version
    assert version.pk == found.terms_version_id
    return version.template_terms.name, version.number


def days(number):
    return NOW + dt.timedelta(days=number)


def test_a_first_contract_without_a_start_is_open_to_the_past(brand, sale, anna):
    assert publish(brand, join="all").contracts_made == 1
    assert version_at(anna, sale, LONG_AGO) == ("Standard", 1)
    assert version_at(anna, sale, days(999)) == ("Standard", 1)


def test_a_start_is_midnight_in_the_program_s_time_zone(brand, sale, anna):
    publish(brand, join="all", start=dt.date(2026, 7, 1))
    midnight = dt.datetime(2026, 6, 30, 23, tzinfo=dt.UTC)
    assert version_at(anna, sale, midnight) == ("Standard", 1)
    assert version_at(anna, sale, midnight - dt.timedelta(microseconds=1)) is None


def test_partners_join_by_their_id_and_an_unknown_one_is_named(brand, sale, anna, ben):
    publish(brand, join=["P-BEN"])
    assert version_at(anna, sale, NOW) is None
    assert version_at(ben, sale, NOW) == ("Standard", 1)
    make_partner(program=make_program(), media_partner_id="P-OTHER")
    with pytest.raises(Refused, match="P-OTHER") as refused:
        publish(brand, rate="11", join=["P-BEN", "P-OTHER", "P-NONE"])
    assert [refusal.path for refusal in refused.value] == ["Join", "Join"]
    assert version_at(ben, sale, NOW) == ("Standard", 1)


def test_all_means_every_active_partner(brand, sale, anna, ben):
    ben.is_active = False
    ben.save()
    assert publish(brand, join="all").contracts_made == 1
    assert version_at(ben, sale, NOW) is None


def test_joining_again_changes_nothing(brand, sale, anna):
    publish(brand, join="all")
    again = publish(brand, join="all")
    assert (again.contracts_made, again.contracts_ended, again.is_new) == (0, 0, False)


def test_an_unchanged_document_still_joins(brand, sale, anna, ben):
    publish(brand, join=["P-ANNA"])
    again = publish(brand, join="all")
    assert (again.is_new, again.contracts_made) == (False, 1)
    assert version_at(ben, sale, LONG_AGO) == ("Standard", 1)


def test_contracts_go_on_by_the_new_version_from_its_start(brand, sale, anna, ben):
    publish(brand, join=["P-ANNA"])
    published = publish(brand, rate="12", start=dt.date(2026, 7, 1))
    assert (published.contracts_made, published.contracts_ended) == (1, 1)
    assert version_at(anna, sale, NOW) == ("Standard", 1)
    assert version_at(anna, sale, days(30)) == ("Standard", 2)
    assert version_at(ben, sale, days(30)) is None


def test_a_later_join_is_from_now_on_alone(brand, sale, anna):
    publish(brand, name="First", join="all")
    publish(brand, name="Second", join="all")
    assert version_at(anna, sale, days(-1)) == ("First", 1)
    assert version_at(anna, sale, NOW) == ("Second", 1)


def test_what_was_to_begin_later_gives_way_to_a_newer_agreement(brand, sale, anna):
    publish(brand, name="Later", join="all", start=dt.date(2026, 8, 1))
    publish(brand, name="Now", join="all")
    assert version_at(anna, sale, days(300)) == ("Now", 1)
    replaced = Contract.objects.get(terms_version__template_terms__name="Later")
    assert replaced.period.isempty
    assert replaced.status(NOW) == "EXPIRED"
    assert replaced in Contract.objects.expired(NOW)


def test_other_terms_take_one_event_type_and_leave_the_other(brand, sale, lead, anna):
    publish(brand, "SALE", "LEAD", name="Both", join="all")
    publish(brand, "SALE", name="Sales", join="all")
    assert version_at(anna, sale, NOW) == ("Sales", 1)
    assert version_at(anna, lead, NOW) == ("Both", 1)
    both = Contract.objects.get(terms_version__template_terms__name="Both")
    assert both.period.upper is None
    publish(brand, "LEAD", name="Leads", join="all")
    both.refresh_from_db()
    assert both.period.upper == NOW


def test_an_event_type_that_a_version_drops_is_not_paid_any_more(brand, sale, lead, anna):
    publish(brand, "SALE", "LEAD", join="all")
    published = publish(brand, "SALE")
    assert version_at(anna, sale, NOW) == ("Standard", 2)
    assert version_at(anna, lead, NOW) is None
    assert version_at(anna, lead, days(-1)) == ("Standard", 1)
    assert "1 partner" in published.warnings[-1]


def test_an_event_type_that_a_version_adds_is_paid_from_its_start(brand, sale, lead, anna):
    publish(brand, "SALE", join="all")
    publish(brand, "SALE", "LEAD")
    assert version_at(anna, lead, NOW) == ("Standard", 2)
    assert version_at(anna, lead, days(-1)) is None


def test_a_contract_that_ended_stays_as_it_was(brand, sale, anna):
    publish(brand, name="First", join="all")
    publish(brand, name="Second", join="all")
    publish(brand, name="First", rate="11")
    assert version_at(anna, sale, days(1)) == ("Second", 1)
    assert version_at(anna, sale, days(-1)) == ("First", 1)


def test_the_schema_refuses_two_contracts_at_one_moment(brand, sale, anna):
    publish(brand, join="all")
    [row] = ContractEventType.objects.all()
    row.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save(force_insert=True)


def test_a_contract_has_a_status(brand, sale, anna):
    publish(brand, join="all", start=days(10).date())
    contract = Contract.objects.get()
    assert [contract.status(days(number)) for number in (0, 20)] == ["UPCOMING", "ACTIVE"]
    assert contract in Contract.objects.upcoming(NOW)
    assert contract in Contract.objects.active(days(20))


def test_hundreds_of_partners_move_with_few_queries(brand, sale, django_assert_max_num_queries):
    for _ in range(300):
        make_partner(program=brand)
    publish(brand, join="all")
    with django_assert_max_num_queries(60):
        assert publish(brand, rate="12").contracts_made == 300
    moments = [(row.partner_id, sale.pk, NOW) for row in Contract.objects.all()]
    with django_assert_max_num_queries(1):
        assert len(contracts_for(moments)) == 300


def test_a_new_version_takes_nothing_back_that_the_partner_has_agreed_elsewhere_since(brand, sale, lead, anna):
    with time_machine.travel(days(-10), tick=False):
        publish(brand, "SALE", "LEAD", name="First", join="all")
    with time_machine.travel(days(-5), tick=False):
        publish(brand, "LEAD", name="Second", join="all")
    publish(brand, "SALE", "LEAD", name="First", rate="12")
    assert version_at(anna, sale, NOW) == ("First", 2)
    assert version_at(anna, lead, NOW) == ("Second", 1)


def test_a_version_that_adds_an_event_type_is_published_for_a_partner_with_two_contracts(brand, sale, lead, anna):
    make_event_type(program=brand, code="CALL")
    with time_machine.travel(days(-10), tick=False):
        publish(brand, "SALE", "LEAD", name="First", join="all")
    with time_machine.travel(days(-8), tick=False):
        publish(brand, "LEAD", name="Second", join="all")
    with time_machine.travel(days(-6), tick=False):
        end_contract(contract=Contract.objects.get(terms_version__template_terms__name="Second"))
    with time_machine.travel(days(-4), tick=False):
        publish(brand, "SALE", "LEAD", name="First", join="all")
    assert Contract.objects.filter(terms_version__template_terms__name="First").active(NOW).count() == 2
    publish(brand, "SALE", "LEAD", "CALL", name="First")
    assert {version_at(anna, each, NOW) for each in EventType.objects.all()} == {("First", 2)}
