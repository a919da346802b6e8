"""The page of the counters of terms: what each holds of how much, and when it begins again."""

from datetime import UTC, date, datetime

import pytest
import time_machine

from contracts.publishing.services import publish_document
from tests.factories import make_action, make_contracts, make_event_type, make_partner, terms_document

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)


def limit(type_, by, value, period=""):
    return {"Type": type_, "LimitBy": by, "Value": value} | ({"Period": period} if period else {})


@pytest.fixture
def counted(brand, sale, partner):
    limits = [
        limit("ACTION", "ALL", "500", "MONTH"), limit("PAYOUT", "ALL", "20", "CONTRACT"),
        limit("PAYOUT", "CUSTOMER", "15", "DAY"), limit("PAYOUT", "ORDER", "90"),
    ]  # fmt: skip
    document = terms_document(Limits=limits) | {"ActionLimit": {"Value": "9", "Period": "DAY", "WeekendValue": "2"}}
    version = make_contracts(program=brand, document=document, partners=[partner])
    for day in ("2026-10-31", "2026-11-26", "2026-11-26"):
        make_action(program=brand, EventDate=f"{day}T10:00:00Z", CustomerId="C-1")
    return f"/p/1000/contracts/template-terms/{version.template_terms_id}/counters/"


def rows(client, address):
    return [(row.limit, row.who, row.held, row.most, row.when, row.resets, row.is_reached)
            for row in client.get(address).context["rows"]]  # fmt: skip


@time_machine.travel(NOW, tick=False)
def test_it_says_what_is_taken_of_how_much_and_when_it_resets(counted, bob, client_of):
    assert rows(client_of(bob), counted) == [
        ("At most 500 actions in a month", "", "2", "500", "this month", "1 Dec 2026", False),
        ("At most £20.00 in all", "", "£20.00", "£20.00", "over the whole contract", "", True),
        ("At most 9 actions in a day, all event types together", "", "2", "9", "today", "27 Nov 2026", False),
    ]
    assert rows(client_of(bob), f"{counted}?by=CUSTOMER") == [
        ("At most £15.00 for each customer in a day", "C-1", "£10.00", "£15.00", "today", "27 Nov 2026", False)
    ]
    every = rows(client_of(bob), f"{counted}?periods=all")
    assert (
        "At most 2 actions in a day, all event types together",
        "",
        "1",
        "2",
        "31 Oct 2026",
        "1 Nov 2026",
        False,
    ) in every
    assert len(every) == 5


@time_machine.travel(NOW, tick=False)
def test_it_asks_the_database_no_more_for_more_counters(counted, brand, bob, client_of, django_assert_num_queries):
    client = client_of(bob)
    client.get(counted)
    document = {"Limits": [limit("PAYOUT", "ALL", "20", "CONTRACT")]}
    with django_assert_num_queries(COUNT):
        client.get(counted)
    partners = [make_partner(program=brand) for _ in range(5)]
    make_contracts(program=brand, document=terms_document(**document), partners=partners)
    for partner in partners:
        make_action(program=brand, MediaPartnerId=partner.media_partner_id)
    client.get(counted)
    with django_assert_num_queries(COUNT):
        assert len(client.get(counted).context["rows"]) == 8


COUNT = 12


def test_a_partner_s_counters_are_listed_until_they_move_to_a_version_that_resets(brand, sale, partner, bob, client_of):
    document = terms_document(Limits=[limit("PAYOUT", "ALL", "20", "CONTRACT")])
    with time_machine.travel(NOW, tick=False) as clock:
        version = make_contracts(program=brand, document=document, partners=[partner])
        address = f"/p/1000/contracts/template-terms/{version.template_terms_id}/counters/"
        make_action(program=brand, EventDate="2026-11-26T10:00:00Z")
        publish_document(program=brand, document=document | {"ResetAccruedActions": True}, start=date(2026, 12, 1))
        assert [row[2] for row in rows(client_of(bob), address)] == ["£10.00"]
        clock.move_to(datetime(2026, 12, 1, 12, tzinfo=UTC))
        assert rows(client_of(bob), address) == []
        make_action(program=brand, EventDate="2026-12-01T11:00:00Z", Amount="30.00")
        assert [row[2] for row in rows(client_of(bob), address)] == ["£3.00"]


@time_machine.travel(NOW, tick=False)
def test_it_is_reached_from_the_terms_and_from_the_contract(counted, brand, alice, client_of):
    make_event_type(program=brand, code="LEAD")
    terms = counted.removesuffix("counters/")
    assert counted in client_of(alice).get(terms).content.decode()
    assert f"{counted}?q=P-1" in client_of(alice).get("/p/1000/contracts/").content.decode()


def test_another_brand_finds_no_counters(counted, charlie, client_of):
    assert client_of(charlie).get(counted).status_code == 404
    assert client_of(charlie).get(counted.replace("1000", "2000")).status_code == 404
