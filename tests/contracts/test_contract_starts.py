"""From when a contract applies: the past is closed, today means now, and gaps of the past can be filled."""

import datetime as dt

import pytest
import time_machine

from common.refusals import Refused
from contracts.agreements.ends import end_contract
from contracts.models import Contract, TermsVersion
from tests.contracts.test_contracts import LONG_AGO, NOW, days, publish, version_at
from tests.factories import make_conversion, make_partner
from tracking.models import Action, Conversion
from tracking.pricing.batch import price_all

JUNE_1 = dt.date(2026, 6, 1)


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


def state():
    return list(
        Contract.objects.order_by("pk").values_list("pk", "period", "terms_version")
    ), TermsVersion.objects.count()


def refused(brand, *codes, **options):
    """The message of a refused start; nothing was stored."""
    before = state()
    with pytest.raises(Refused) as told:
        publish(brand, *codes, **options)
    assert state() == before
    [(path, message, *_)] = told.value
    assert path == "Start"
    return message


def test_a_past_start_is_the_beginning_of_a_partner_s_first_contract(brand, sale, anna):
    publish(brand, join="all", start=JUNE_1)
    assert version_at(anna, sale, days(-10)) == ("Standard", 1)
    assert version_at(anna, sale, days(-20)) is None


def test_today_means_now(brand, sale, anna):
    publish(brand, join="all", start=NOW.date())
    assert Contract.objects.get().period.lower == NOW


def test_today_replaces_what_stands_from_now_on(brand, sale, anna):
    publish(brand, name="First", join="all")
    publish(brand, name="Second", join="all", start=NOW.date())
    assert version_at(anna, sale, days(-1)) == ("First", 1)
    assert version_at(anna, sale, NOW) == ("Second", 1)


def test_a_past_start_replaces_nothing_and_names_who_had_a_contract_then(brand, sale, anna, ben):
    publish(brand, name="First", join=["P-ANNA"], start=dt.date(2026, 5, 3))
    message = refused(brand, name="Second", join="all", start=JUNE_1)
    assert message.startswith("1 Jun 2026 is before today")
    assert "Partner P-ANNA (P-ANNA: SALE by First version 1 since 3 May 2026)" in message
    assert "BEN" not in message


def test_a_new_version_from_a_past_day_moves_nobody(brand, sale, anna, clock):
    publish(brand, join="all")
    clock.move_to(days(20))
    assert "Standard version 1" in refused(brand, rate="14", start=days(5).date())
    assert version_at(anna, sale, days(15)) == ("Standard", 1)


def test_of_many_partners_the_first_three_are_named(brand, sale):
    for number in range(23):
        make_partner(program=brand, media_partner_id=f"P-{number:02d}", name=f"Partner {number:02d}")
    publish(brand, name="First", join="all")
    message = refused(brand, name="Second", join="all", start=JUNE_1)
    assert "the past of 23 partners: Partner 00, Partner 01, Partner 02 and 20 more. Choose today" in message


def test_a_past_start_fills_a_gap_up_to_the_next_contract(brand, sale, anna, clock):
    first = publish(brand, name="First", join="all").version.contract_set.get()
    clock.move_to(days(10))
    end_contract(contract=first)
    clock.move_to(days(20))
    publish(brand, name="Second", join="all")
    clock.move_to(days(25))
    publish(brand, name="Between", join="all", start=days(12).date())
    assert version_at(anna, sale, days(9)) == ("First", 1)
    assert version_at(anna, sale, days(11)) is None
    assert version_at(anna, sale, days(13)) == ("Between", 1)
    assert version_at(anna, sale, days(21)) == ("Second", 1)
    assert version_at(anna, sale, days(400)) == ("Second", 1)
    assert "First version 1" in refused(brand, name="Late", join="all", start=days(5).date())


def test_a_gap_of_one_event_type_is_no_gap_of_another(brand, sale, lead, anna):
    publish(brand, "SALE", name="Sales", join="all")
    message = refused(brand, "SALE", "LEAD", name="Both", join="all", start=JUNE_1)
    assert "SALE by Sales version 1" in message
    assert "LEAD" not in message
    publish(brand, "LEAD", name="Leads", join="all", start=JUNE_1)
    assert version_at(anna, lead, days(-1)) == ("Leads", 1)


def test_whoever_works_under_the_version_already_stands_in_nobody_s_way(brand, sale, anna, ben):
    publish(brand, join=["P-ANNA"])
    publish(brand, join="all", start=JUNE_1)
    assert version_at(anna, sale, LONG_AGO) == ("Standard", 1)
    assert version_at(ben, sale, days(-1)) == ("Standard", 1)


def test_no_contract_that_was_in_force_reads_as_if_it_had_never_begun(brand, sale, anna, clock):
    publish(brand, name="First", join="all")
    for number in range(1, 4):
        clock.move_to(days(number))
        publish(brand, name=f"Terms {number}", join="all")
    assert not Contract.objects.filter(period__isempty=True).exists()


def test_orders_that_waited_for_a_contract_are_counted_and_priced_and_priced_ones_stay(brand, sale, anna, ben):
    publish(brand, name="Ben's", join=["P-BEN"])
    rows = [
        make_conversion(program=brand, MediaPartnerId=partner, EventDate=date, is_test=is_test)
        for partner, date, is_test in (
            ("P-ANNA", "2026-06-10T00:00:00Z", False),
            ("P-ANNA", "2026-05-10T00:00:00Z", False),
            ("P-ANNA", "2026-06-11T00:00:00Z", True),
            ("P-BEN", "2026-06-10T00:00:00Z", False),
        )
    ]  # fmt: skip
    price_all(brand.pk)
    paid = Action.objects.get()
    published = publish(brand, join=["P-ANNA"], rate="20", start=JUNE_1)
    assert published.waiting_orders == 1
    price_all(brand.pk)
    assert [Conversion.objects.get(pk=row.pk).state for row in rows] == ["PRICED", "HELD", "PRICED", "PRICED"]
    again = Action.objects.get(pk=paid.pk)
    assert (again.payout, again.terms_version_id) == (paid.payout, paid.terms_version_id)
