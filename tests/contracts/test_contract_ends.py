"""Contracts are ended, now or later, and withdrawn before they begin."""

import datetime as dt

import pytest
import time_machine

from accounts.models import AuditEntry
from common.db.edits import Stale
from common.refusals import Refused
from contracts.agreements.ends import effects_of_ending, effects_of_withdrawing, end_contract, withdraw_contract
from contracts.models import Contract, TakenTime
from tests.contracts.test_contracts import NOW, days, publish, version_at

AUGUST = dt.date(2026, 8, 1)
IN_JULY, IN_AUGUST, IN_YEARS = days(20), days(50), days(999)


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


def contract_of(name, number=1):
    return Contract.objects.get(terms_version__template_terms__name=name, terms_version__number=number)


def test_a_contract_ends_now_and_nothing_takes_its_place(brand, sale, anna):
    publish(brand, name="First", join="all")
    publish(brand, name="Second", join="all")
    ended = end_contract(contract=contract_of("Second"))
    assert ended.status(NOW) == "EXPIRED"
    assert version_at(anna, sale, NOW) is None
    assert version_at(anna, sale, days(-1)) == ("First", 1)


def test_a_contract_ends_on_a_later_day_at_midnight_in_the_program_s_zone(brand, sale, anna):
    publish(brand, join="all")
    end_contract(contract=contract_of("Standard"), on=AUGUST)
    midnight = dt.datetime(2026, 7, 31, 23, tzinfo=dt.UTC)
    assert version_at(anna, sale, midnight - dt.timedelta(microseconds=1)) == ("Standard", 1)
    assert version_at(anna, sale, midnight) is None
    end_contract(contract=contract_of("Standard"), on=dt.date(2026, 7, 1))
    assert version_at(anna, sale, IN_JULY) is None


def test_a_new_version_keeps_the_end_that_was_agreed(brand, sale, anna):
    publish(brand, join="all")
    end_contract(contract=contract_of("Standard"), on=AUGUST)
    publish(brand, rate="12")
    assert version_at(anna, sale, IN_JULY) == ("Standard", 2)
    assert version_at(anna, sale, IN_AUGUST) is None


@pytest.mark.parametrize(
    ("on", "told"),
    [
        (dt.date(2026, 6, 14), "cannot be ended before today"),
        (dt.date(2026, 9, 1), "already ends before that day"),
    ],
)
def test_an_end_that_cannot_be_is_refused(brand, sale, anna, on, told):
    publish(brand, join="all")
    end_contract(contract=contract_of("Standard"), on=AUGUST)
    with pytest.raises(Refused, match=told):
        end_contract(contract=contract_of("Standard"), on=on)


def test_what_is_over_is_not_ended_and_what_has_begun_is_not_withdrawn(brand, sale, anna):
    publish(brand, join="all")
    with pytest.raises(Refused, match="has begun: end it"):
        withdraw_contract(contract=contract_of("Standard"))
    end_contract(contract=contract_of("Standard"))
    with pytest.raises(Refused, match="already over"):
        end_contract(contract=contract_of("Standard"))
    with pytest.raises(Refused, match="already over"):
        withdraw_contract(contract=contract_of("Standard"))


def test_what_begins_later_is_not_ended_before_it_begins(brand, sale, anna):
    publish(brand, join="all", start=AUGUST)
    with pytest.raises(Refused, match="Withdraw"):
        end_contract(contract=contract_of("Standard"))
    end_contract(contract=contract_of("Standard"), on=dt.date(2026, 9, 1))
    assert version_at(anna, sale, IN_AUGUST) == ("Standard", 1)
    assert version_at(anna, sale, IN_YEARS) is None


def test_withdrawing_gives_the_time_back_to_the_contract_before(brand, sale, anna):
    publish(brand, name="Now", join="all")
    publish(brand, name="Later", join="all", start=AUGUST)
    withdrawn = withdraw_contract(contract=contract_of("Later"))
    assert (withdrawn.period.isempty, withdrawn.withdrawn_at, withdrawn.status(NOW)) == (True, NOW, "EXPIRED")
    assert version_at(anna, sale, IN_YEARS) == ("Now", 1)
    assert contract_of("Now").period.upper is None
    assert contract_of("Now").event_types.count() == 1


def test_withdrawing_a_first_contract_leaves_none(brand, sale, anna):
    publish(brand, join="all", start=AUGUST)
    withdraw_contract(contract=contract_of("Standard"))
    assert version_at(anna, sale, IN_YEARS) is None
    publish(brand, rate="11", join="all")
    assert version_at(anna, sale, days(-999)) == ("Standard", 2), "nothing was ever in force: it is the first contract"


def test_withdrawing_gives_back_to_what_it_kept_from_beginning_too(brand, sale, anna):
    publish(brand, name="Now", join="all")
    publish(brand, name="September", join="all", start=dt.date(2026, 9, 1))
    publish(brand, name="August", join="all", start=AUGUST)
    assert contract_of("September").period.isempty
    withdraw_contract(contract=contract_of("August"))
    assert version_at(anna, sale, IN_AUGUST) == ("Now", 1)
    assert version_at(anna, sale, IN_YEARS) == ("September", 1)
    withdraw_contract(contract=contract_of("September"))
    assert version_at(anna, sale, IN_YEARS) == ("Now", 1)
    assert not TakenTime.objects.exists()


def test_withdrawing_from_between_gives_back_what_a_later_contract_did_not_take(brand, sale, anna):
    publish(brand, name="Now", join="all")
    publish(brand, name="August", join="all", start=AUGUST)
    publish(brand, name="September", join="all", start=dt.date(2026, 9, 1))
    withdraw_contract(contract=contract_of("August"))
    assert version_at(anna, sale, IN_AUGUST) == ("Now", 1)
    assert version_at(anna, sale, IN_YEARS) == ("September", 1)
    withdraw_contract(contract=contract_of("September"))
    assert version_at(anna, sale, IN_YEARS) == ("Now", 1)


def test_a_contract_that_was_ended_gets_nothing_back(brand, sale, anna):
    publish(brand, name="Now", join="all")
    publish(brand, name="Later", join="all", start=AUGUST)
    end_contract(contract=contract_of("Now"), on=dt.date(2026, 7, 1))
    withdraw_contract(contract=contract_of("Later"))
    assert version_at(anna, sale, IN_JULY) is None
    assert version_at(anna, sale, IN_YEARS) is None


def test_time_goes_back_to_the_version_that_has_taken_the_earlier_one_s_place(brand, sale, anna):
    publish(brand, name="Now", join="all")
    publish(brand, name="September", join="all", start=dt.date(2026, 9, 1))
    publish(brand, name="Now", rate="12", start=AUGUST)
    withdraw_contract(contract=contract_of("September"))
    assert version_at(anna, sale, IN_JULY) == ("Now", 1)
    assert version_at(anna, sale, IN_YEARS) == ("Now", 2)
    withdraw_contract(contract=contract_of("Now", 2))
    assert version_at(anna, sale, IN_YEARS) == ("Now", 1)


def test_a_withdrawn_version_gives_the_chain_back_to_the_one_before(brand, sale, anna):
    publish(brand, name="Now", join="all")
    publish(brand, name="September", join="all", start=dt.date(2026, 9, 1))
    publish(brand, name="Now", rate="12", start=AUGUST)
    withdraw_contract(contract=contract_of("Now", 2))
    assert version_at(anna, sale, IN_AUGUST) == ("Now", 1)
    assert version_at(anna, sale, IN_YEARS) == ("September", 1)
    withdraw_contract(contract=contract_of("September"))
    assert version_at(anna, sale, IN_YEARS) == ("Now", 1)


def test_an_event_type_that_a_withdrawn_version_had_dropped_comes_back(brand, sale, lead, anna):
    publish(brand, "SALE", "LEAD", join="all")
    publish(brand, "SALE", start=AUGUST)
    assert version_at(anna, lead, IN_AUGUST) is None
    withdraw_contract(contract=contract_of("Standard", 2))
    assert version_at(anna, lead, IN_AUGUST) == ("Standard", 1)
    assert version_at(anna, sale, IN_AUGUST) == ("Standard", 1)


def test_of_two_event_types_each_goes_back_to_whom_it_was_taken_from(brand, sale, lead, anna):
    publish(brand, "SALE", name="Sales", join="all")
    publish(brand, "LEAD", name="Leads", join="all")
    publish(brand, "SALE", "LEAD", name="Both", join="all", start=AUGUST)
    ending = effects_of_withdrawing(contract=contract_of("Both"))
    assert sorted(str(change.contract.terms_version.template_terms) for change in ending.back) == ["Leads", "Sales"]
    withdraw_contract(contract=contract_of("Both"))
    assert version_at(anna, sale, IN_YEARS) == ("Sales", 1)
    assert version_at(anna, lead, IN_YEARS) == ("Leads", 1)


def test_what_was_shown_must_still_be_so(brand, sale, anna):
    publish(brand, name="Now", join="all")
    publish(brand, name="Later", join="all", start=AUGUST)
    shown = effects_of_withdrawing(contract=contract_of("Later")).fingerprint
    seen = effects_of_ending(contract=contract_of("Now")).fingerprint
    publish(brand, name="Last", join="all", start=dt.date(2026, 9, 1))
    with pytest.raises(Stale):
        withdraw_contract(contract=contract_of("Later"), shown=shown)
    with pytest.raises(Stale):
        end_contract(contract=contract_of("Now"), shown=seen)
    shown = effects_of_withdrawing(contract=contract_of("Later")).fingerprint
    assert withdraw_contract(contract=contract_of("Later"), shown=shown).period.isempty


def test_the_audit_log_has_the_end_and_the_withdrawal(brand, sale, anna):
    publish(brand, name="Now", join="all")
    publish(brand, name="Later", join="all", start=AUGUST)
    before = AuditEntry.objects.count()
    withdraw_contract(contract=contract_of("Later"))
    end_contract(contract=contract_of("Now"))
    told = AuditEntry.objects.order_by("id")[before:]
    assert {(each.noun, each.event) for each in told} == {("contracts_contract", "CHANGED")}
    assert any("withdrawn_at" in each.changes for each in told)
    assert "Now, version 1" in told[len(told) - 1].label
