"""A stranger who knows a customer's id, and what that gives them: nobody else's steps are lost by it."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from common.observability.counters import server
from program.models import Partner
from tests.factories import make_contracts, make_partner, terms_document
from tests.tracking.journey_rows import action_of, make_step, order
from tracking.journeys.pairs import Pair, ToldBy, store_pairs
from tracking.models import SeenTogether
from tracking.pricing.batch import price_all
from tracking.visitors import limits

pytestmark = pytest.mark.django_db

VICTIM = "C-1"


@pytest.fixture(autouse=True)
def empty_broker(servers: Any) -> None:
    """Addresses are counted there, by hour and day."""
    server().flushdb()


@pytest.fixture
def stranger(brand: Any, sale: Any, partner: Any) -> Partner:
    """A partner who wants the credit of others."""
    second = make_partner(program=brand, media_partner_id="P-2", name="Kettle Deals")
    make_contracts(program=brand, document=terms_document(name="Five", rate="5"), partners=[second])
    return second


def tell(path: str, address: str = "203.0.113.1", **body: Any) -> None:
    sent = json.dumps({"consent": True, **body})
    answer = Client(REMOTE_ADDR=address).post(f"/t/1000/{path}", sent, content_type="text/plain")
    assert answer.status_code == 200


def customer_comes(brand: Any, partner: Any) -> None:
    """The customer follows the partner's link, lands and signs in."""
    tell("visit", profile="HERS", clickIds=[make_step(brand, partner, days=2)], page="https://shop.example/")
    tell("identify", profile="HERS", customerId=VICTIM)


def identify_from_everywhere(number: int, *, start: int = 0) -> None:
    for each in range(start, start + number):
        tell("identify", f"198.51.{each // 250}.{each % 250}", profile=f"STRANGER{each}", customerId=VICTIM)


def test_the_explanation_says_of_a_step_that_a_browser_alone_claims_it(brand, standard, partner, client_of, alice):
    make_step(brand, partner, days=3, profile="ORDERED")
    order(brand, CustomerId=VICTIM, CustomProfileId="ORDERED", OrderId="A0")
    customer_comes(brand, partner)
    SeenTogether.objects.filter(profile="HERS", customer_id=VICTIM).update(
        seen_at=datetime(2026, 11, 26, 10, 42, tzinfo=UTC)
    )
    action = action_of(order(brand, CustomerId=VICTIM))
    ordered, claimed = action.journey["Steps"]
    assert "Claim" not in ordered
    assert claimed["Claim"] == ["IDENTIFY", "2026-11-26T10:42:00+00:00"]
    page = client_of(alice).get(f"/p/1000/transactions/actions/{action.pk}/").content.decode()
    assert page.count("Theirs by a browser’s identify, 26 Nov 2026, 10:42") == 1


def test_a_profile_that_a_browsers_own_order_brings_is_a_claim_for_later_orders(brand, sale, standard, partner):
    sale.reported_by = "BOTH"
    sale.save()
    make_step(brand, partner, profile="HERS")
    order_by_tag = {"orderId": "A0", "customerId": VICTIM, "items": [{"sku": "S", "subTotal": 1}]}
    tell("conversion", profile="HERS", eventTypeId=sale.pk, order=order_by_tag)
    price_all(brand.pk)
    (step,) = action_of(order(brand, CustomerId=VICTIM)).journey["Steps"]
    assert step["Claim"][0] == "BROWSER"


def test_where_browsers_may_not_identify_customers_orders_alone_join_the_two(brand, standard, partner):
    brand.browsers_identify = False
    brand.save()
    make_step(brand, partner, profile="HERS")
    tell("identify", profile="HERS", customerId=VICTIM, customProfileId="OTHER")
    assert not SeenTogether.objects.exists()
    order(brand, CustomerId=VICTIM, CustomProfileId="HERS", OrderId="A0")
    assert action_of(order(brand, CustomerId=VICTIM)).partner == partner


def test_one_address_says_of_few_browsers_a_day_that_they_are_one_customers(brand, sale, monkeypatch):
    for number in range(8):
        for _ in range(3):  # as each page of a shop does
            tell("identify", profile=f"P{number}", customerId=VICTIM)
    assert SeenTogether.objects.count() == limits.CLAIMS_OF_CUSTOMER
    tell("identify", "203.0.113.2", profile="P9", customerId=VICTIM)
    tell("identify", profile="P9", customerId="C-2")
    assert SeenTogether.objects.filter(profile="P9").count() == 2
    monkeypatch.setattr(limits, "CLAIMS_OF_ADDRESS", 7)
    for number in range(9):
        tell("identify", profile="MINE", customerId=f"V{number}")
    assert SeenTogether.objects.filter(profile="MINE").count() == 1


def test_made_up_profiles_push_out_no_pair_that_has_steps(brand, standard, partner):
    identify_from_everywhere(60)
    customer_comes(brand, partner)
    identify_from_everywhere(60, start=60)
    assert action_of(order(brand, CustomerId=VICTIM)).partner == partner


def test_profiles_with_clicks_of_their_own_push_out_none_that_was_there_before(brand, standard, partner, stranger):
    customer_comes(brand, partner)
    for number in range(60):
        make_step(brand, stranger, days=500 + number, profile=f"STRANGER{number}")
    identify_from_everywhere(60)
    assert action_of(order(brand, CustomerId=VICTIM)).partner == partner


def test_a_profile_that_an_order_of_the_server_names_is_pushed_out_by_nobody(brand, standard, partner, stranger):
    for number in range(120):
        make_step(brand, stranger, days=500 + number, profile=f"STRANGER{number}")
    identify_from_everywhere(60)
    order(brand, CustomerId=VICTIM, CustomProfileId="HERS", OrderId="A0")
    identify_from_everywhere(60, start=60)
    make_step(brand, partner, profile="HERS")
    assert action_of(order(brand, CustomerId=VICTIM)).partner == partner


def test_profiles_that_strangers_add_to_their_own_leave_room_for_the_customers(brand, standard, partner, stranger):
    make_step(brand, stranger, days=500, profile="STRANGER")
    store_pairs([Pair(brand.pk, "STRANGER", VICTIM, told_by=ToldBy.IDENTIFY)], seen_at=timezone.now())
    more = [Pair(brand.pk, "STRANGER", other_profile=f"MORE{number}", told_by=ToldBy.IDENTIFY) for number in range(600)]
    for each in more:
        make_step(brand, stranger, days=500, profile=each.other_profile)
    store_pairs(more, seen_at=timezone.now())
    customer_comes(brand, partner)
    assert action_of(order(brand, CustomerId=VICTIM)).partner == partner


def test_twenty_thousand_claims_hide_nothing_and_cost_little(brand, standard, partner):
    customer_comes(brand, partner)
    SeenTogether.objects.bulk_create(
        SeenTogether(
            program=brand, profile=f"S{number}", customer_id=VICTIM, told_by="IDENTIFY", seen_at=timezone.now()
        )
        for number in range(20_000)
    )
    began = timezone.now()
    assert action_of(order(brand, CustomerId=VICTIM)).partner == partner
    assert (timezone.now() - began).total_seconds() < 3
