"""Held orders that are tried again: by themselves when a pair or a contract comes, and by somebody who saw what for."""

import re
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from contracts.agreements.waiting import ContractTime
from contracts.engine.attribution.credit import Agreement
from contracts.engine.document.sections.referral_window import ValidReferral
from contracts.publishing.services import effects_of_joining, join_partners
from program.models import Partner, PromoCode
from tests.factories import make_contracts, make_conversion, make_partner, terms_document
from tests.tracking.journey_rows import ORDERED, action_of, make_step, order
from tracking.journeys.pairs import Pair, store_pairs
from tracking.models import Action, Conversion, RetryOfMany, SeenTogether
from tracking.pricing.batch import price_all
from tracking.trying_again.joined_partners import count_for_contracts
from tracking.trying_again.late_orders import try_late_orders
from tracking.trying_again.many import retry_next
from tracking.trying_again.preview import preview_of

LIST = "/p/1000/transactions/conversions/"
WRITES = re.compile(r"\b(INSERT INTO|UPDATE \"|UPDATE tracking|DELETE FROM|COPY)\b")
PREVIEW = f"{LIST}try-again/preview/"


def pair(brand: Any, *names: str) -> None:
    store_pairs([Pair(brand.pk, *names)], seen_at=timezone.now())


@pytest.mark.parametrize("key", ["CustomerId", "CustomProfileId"])
def test_an_order_whose_journey_becomes_known_later_is_priced_by_itself(brand, standard, partner, key):
    make_step(brand, partner, profile="P1")
    conversion = order(brand, **{key: "X"})
    assert conversion.reason == "ACTION_REF_NOT_FOUND"
    pair(brand, "P1", *(("X", "") if key == "CustomerId" else ("", "X")))
    assert try_late_orders() == 1
    price_all(brand.pk)
    assert action_of(conversion).partner == partner


@pytest.mark.parametrize("spelled", [str, str.lower])
def test_an_order_that_names_a_click_alone_is_priced_when_its_profile_meets_a_customer(
    brand, standard, partner, stranger, spelled
):
    click = make_step(brand, stranger, profile="P1")
    conversion = order(brand, ClickId=spelled(click))
    assert conversion.reason == "CONTRACT_NOT_FOUND"
    make_step(brand, partner, profile="P2", days=2)
    pair(brand, "P2", "C1")
    pair(brand, "P3", "C1")
    assert try_late_orders() == 0
    pair(brand, "P1", "C1")
    assert try_late_orders() == 1
    price_all(brand.pk)
    assert action_of(conversion).partner == partner


def test_an_order_that_was_being_priced_as_the_pair_came_is_found_a_little_later(brand, standard, partner):
    make_step(brand, partner, profile="P1")
    pair(brand, "P1", "C1")
    SeenTogether.objects.update(looks=1)  # they were looked for before the order was held
    conversion = order(brand, CustomerId="C2")
    Conversion.objects.filter(pk=conversion.pk).update(payload={**conversion.payload, "CustomerId": "C1"})
    assert try_late_orders() == 0
    with time_machine.travel(timezone.now() + timedelta(minutes=2), tick=False):
        assert try_late_orders() == 1
        assert try_late_orders() == 0
    assert SeenTogether.objects.get().looks == 2


def test_a_pair_without_a_step_of_a_partner_wakes_nothing_and_a_worker_looks_twice_only(brand, standard, partner):
    make_step(brand, None, kind="VISIT", source="google", profile="P1")
    order(brand, CustomerId="C1")
    pair(brand, "P1", "C1")
    assert try_late_orders() == 0
    assert Conversion.objects.get().state == "HELD"


def test_what_was_held_for_another_reason_than_its_journey_stays(brand, standard, partner):
    make_step(brand, partner, profile="P1")
    order(brand, CustomerId="C1", MediaPartnerId="P-9")
    pair(brand, "P1", "C1")
    assert try_late_orders() == 0


def test_an_order_that_tells_a_customers_profile_has_the_customers_held_ones_priced(brand, standard, partner):
    click = make_step(brand, partner, profile="P1")
    first = order(brand, CustomerId="C1")
    order(brand, CustomerId="C1", ClickId=click)
    assert try_late_orders() == 1
    price_all(brand.pk)
    assert action_of(first).partner == partner


@pytest.fixture
def stranger(brand: Any, standard: Any) -> Partner:
    """A partner without a contract."""
    return make_partner(program=brand, media_partner_id="P-2", name="Kettle Deals")


def times(stranger: Partner, sale: Any, days: int = 30) -> list[ContractTime]:
    return [ContractTime(stranger.pk, sale.pk, None, None, Agreement("LAST_REFERRER", (ValidReferral(window=days),)))]


def test_a_contract_that_is_joined_later_prices_the_orders_whose_winner_it_makes(brand, sale, stranger, partner):
    won = order(brand, ClickId=make_step(brand, stranger, days=3))
    assert won.reason == "CONTRACT_NOT_FOUND"
    order(brand, ClickId=make_step(brand, stranger, days=40))  # too old for these terms
    taken = make_step(brand, partner, profile="P1", days=40)
    late = order(brand, ClickId=taken)
    assert late.reason == "OUTSIDE_ASSOCIATION_WINDOW"
    make_step(brand, stranger, profile="P1", days=2)
    version = make_contracts(program=brand, document=terms_document(name="Five", rate="5"), partners=[])
    assert effects_of_joining(template_terms=version.template_terms, join="P-2").waiting_orders == 2
    join_partners(template_terms=version.template_terms, join="P-2")
    price_all(brand.pk)
    assert {action.conversion_id for action in Action.objects.filter(partner=stranger)} == {won.pk, late.pk}
    assert Conversion.objects.filter(state="HELD").count() == 1


def test_the_window_of_the_contract_says_which_orders_it_prices(brand, sale, stranger):
    order(brand, ClickId=make_step(brand, stranger, days=3))
    order(brand, ClickId=make_step(brand, stranger, days=9))
    assert [count_for_contracts(brand.pk, times(stranger, sale, days)) for days in (2, 5, 30)] == [0, 1, 2]


def test_a_contract_for_the_owner_of_a_promo_code_prices_the_orders_that_carried_it(brand, sale, stranger, partner):
    PromoCode.objects.create(program=brand, code="TEA", use="CREDIT", partner=stranger)
    PromoCode.objects.create(program=brand, code="OURS", use="RESERVE", partner=partner)
    order(brand, OrderPromoCode="tea")
    order(brand, OrderPromoCode="OURS", ClickId=make_step(brand, stranger))
    order(brand, OrderPromoCode="OTHER")
    assert count_for_contracts(brand.pk, times(stranger, sale)) == 1


def held_orders(brand: Any, stranger: Partner) -> None:
    for number in range(3):
        order(brand, OrderId=f"K{number}", ClickId=make_step(brand, stranger))
    order(brand, OrderId="N1", MediaPartnerId="P-9")


def test_the_preview_says_what_held_orders_would_become_and_writes_nothing(brand, stranger, partner):
    held_orders(brand, stranger)
    make_contracts(program=brand, document=terms_document(name="Five", rate="5"), partners=[stranger])
    with CaptureQueriesContext(connection) as found:
        preview = preview_of(list(Conversion.objects.values_list("pk", flat=True)))
    assert not [query for query in found if WRITES.search(query["sql"])]
    (row,) = preview.partners
    assert (row.name, row.orders, row.payout, row.currency) == ("Kettle Deals", 3, Decimal(15), "GBP")
    assert [(each.reason, each.orders, each.for_another) for each in preview.staying] == [("PARTNER_NOT_FOUND", 1, 0)]
    assert (preview.held, len(preview.credited)) == (1, 3)


def test_the_page_shows_the_preview_and_tries_exactly_those_again(brand, stranger, client_of, erin, bob):
    held_orders(brand, stranger)
    assert "None would be credited" in client_of(erin).get(PREVIEW).content.decode()
    make_contracts(program=brand, document=terms_document(name="Five", rate="5"), partners=[stranger])
    assert PREVIEW in client_of(erin).get(LIST).content.decode()
    page = client_of(erin).get(f"{PREVIEW}?reason=CONTRACT_NOT_FOUND")
    text = page.content.decode()
    assert "3 would be credited" in text
    assert "£15.00" in text
    assert "Try 3 again" in text
    client_of(erin).post(f"{LIST}try-again/", {"row": page.context["preview"].credited})
    price_all(brand.pk)
    assert Action.objects.filter(partner=stranger).count() == 3
    assert client_of(bob).get(PREVIEW).status_code == 403


def test_an_order_held_for_another_reason_now_has_the_advice_of_that(brand, stranger, client_of, erin):
    conversion = order(brand, MediaPartnerId="P-9")
    advice = "Join the partner to terms from a day before the order"
    assert advice not in client_of(erin).get(PREVIEW).content.decode()
    make_partner(program=brand, media_partner_id="P-9")
    text = client_of(erin).get(PREVIEW).content.decode()
    assert "1 of them for this reason only now" in text
    assert f'{advice}: it is then priced by itself. <a class="link" href="/p/1000/' in text
    conversion.refresh_from_db()
    assert conversion.reason == "PARTNER_NOT_FOUND"


def test_another_brands_user_finds_no_preview(brand, sale, client_of, charlie):
    assert client_of(charlie).get(PREVIEW).status_code == 404


def test_the_preview_of_more_orders_asks_the_database_no_more(brand, stranger, client_of, erin):
    def queries() -> int:
        with CaptureQueriesContext(connection) as found:
            client_of(erin).get(PREVIEW)
        return len(found)

    held_orders(brand, stranger)
    order(brand, ClickId=make_step(brand, make_partner(program=brand)))
    make_contracts(program=brand, document=terms_document(name="Five", rate="5"), partners=[stranger])
    queries()
    before = queries()
    for number in range(8):
        make_conversion(
            program=brand, MediaPartnerId="", ClickId=make_step(brand, make_partner(program=brand)),
            EventDate=ORDERED.isoformat(), OrderId=f"M{number}",
        )  # fmt: skip
    price_all(brand.pk)
    assert queries() == before


def test_many_are_queued_by_a_worker_in_parts(brand, stranger, client_of, erin, monkeypatch):
    monkeypatch.setattr("tracking.trying_again.pages.MOST", 2)
    monkeypatch.setattr("tracking.trying_again.preview.MOST", 2)
    monkeypatch.setattr("tracking.trying_again.many.BATCH", 2)
    held_orders(brand, stranger)
    page = client_of(erin).get(PREVIEW).content.decode()
    assert "Try all 4 again" in page
    assert "the newest 2 of 4 held orders" in " ".join(page.split())
    client_of(erin).post(f"{LIST}try-again/", {"everyone": "1"})
    retry = RetryOfMany.objects.get()
    order(brand, OrderId="L1", MediaPartnerId="P-9")
    assert retry_next(retry.pk)
    page = " ".join(client_of(erin).get(LIST).content.decode().split())
    assert 'Orders that are tried again</span><span class="muted">2 of 4</span>' in page
    assert retry_next(retry.pk)
    assert not retry_next(retry.pk)
    assert list(Conversion.objects.filter(state="HELD").values_list("order_id", flat=True)) == ["L1"]
    assert "Orders that are tried again" not in client_of(erin).get(LIST).content.decode()


def test_a_held_orders_page_shows_its_journey_and_what_it_would_become(brand, stranger, client_of, erin):
    conversion = order(brand, ClickId=make_step(brand, stranger))
    page = client_of(erin).get(f"{LIST}{conversion.pk}/").content.decode()
    assert "Not credited: no contract at the time of the order" in page
    assert "Try again" not in page
    make_contracts(program=brand, document=terms_document(name="Five", rate="5"), partners=[stranger])
    page = " ".join(client_of(erin).get(f"{LIST}{conversion.pk}/").content.decode().split())
    assert "Tried again now, it is credited to <b>Kettle Deals</b> and pays £5.00" in page
    assert "Try again" in page
