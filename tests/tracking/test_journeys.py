"""From steps to the credit: by click, profile and customer; what is held and why; and what the action keeps of it."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from contracts.models import Contract, ContractEventType
from program.models import Ad, Partner, PromoCode
from tests.factories import (
    make_contracts,
    make_conversion,
    make_event_type,
    make_partner,
    make_partner_group,
    make_program,
    terms_document,
)
from tests.tracking.journey_rows import ORDERED, action_of, make_step, order
from tracking.journeys.pairs import Pair, ToldBy, store_pairs
from tracking.journeys.widening import MOST_TOGETHER
from tracking.models import Action, Conversion, SeenTogether
from tracking.pricing.batch import price_all, price_batch


@pytest.fixture
def other(brand: Any, sale: Any, partner: Any) -> Partner:
    """A second partner, under terms of 5%."""
    second = make_partner(program=brand, media_partner_id="P-2", name="Kettle Deals")
    make_contracts(program=brand, document=terms_document(name="Five", rate="5"), partners=[second])
    return second


def test_a_named_click_credits_its_partner_with_all_that_it_says(brand, standard, partner):
    ad = Ad.objects.create(program=brand, name="Spring", landing_page="https://shop.example/")
    click = make_step(brand, partner, ad=ad, ReferralUrl="https://blog.example/tea?x=1", ReferralParam1="sub")
    action = action_of(order(brand, ClickId=click))
    assert (action.partner, action.ad, action.payout) == (partner, ad, 10)
    assert (action.referring_type, action.referring_domain) == ("CLICK_COOKIE", "blog.example")
    assert action.referring_date == ORDERED - timedelta(days=1)
    assert action.journey["Values"]["ReferralParam1"] == "sub"
    assert action.journey["Agreements"] == {str(partner.pk): [standard.pk, True]}
    assert "203.0.113.7" not in str(action.journey)


@pytest.mark.parametrize("key", ["CustomProfileId", "CustomerId"])
def test_steps_are_found_by_profile_and_by_a_customer_who_was_seen_with_it(brand, standard, partner, key):
    make_step(brand, partner, profile="P1")
    store_pairs([Pair(brand.pk, "P1", "C1")], seen_at=timezone.now())
    conversion = order(brand, **{key: "P1" if key == "CustomProfileId" else "C1"})
    assert action_of(conversion).partner == partner


def test_a_click_of_another_program_and_one_that_was_not_counted_are_none(brand, standard, partner):
    program = make_program()
    foreign = make_step(program, make_partner(program=program))
    for click in (foreign, make_step(brand, partner, not_counted="BOT"), "A" * 26, "7" * 26):
        assert order(brand, ClickId=click).reason == "ACTION_REF_NOT_FOUND"


def test_an_order_with_a_click_or_profile_and_a_customer_shares_their_steps_from_then_on(brand, standard, partner):
    click = make_step(brand, partner, profile="P1", days=3)
    order(brand, ClickId=click, CustomerId="C1", CustomProfileId="P2")
    pairs = set(SeenTogether.objects.values_list("profile", "customer_id", "other_profile"))
    assert pairs == {("P1", "C1", ""), ("P2", "C1", ""), ("P1", "", "P2")}
    assert action_of(order(brand, CustomerId="C1")).partner == partner
    assert action_of(order(brand, CustomProfileId="P2")).partner == partner


def test_who_refused_to_be_tracked_and_a_test_order_leave_no_trace(brand, standard, partner):
    click = make_step(brand, partner, profile="P1")
    refused = order(brand, ClickId=click, CustomerId="C1", TrackingConsent="false")
    assert refused.reason == "ACTION_REF_NOT_FOUND"
    make_conversion(
        program=brand, is_test=True, ClickId=click, CustomerId="C1", MediaPartnerId="", EventDate=ORDERED.isoformat()
    )
    price_all(brand.pk)
    assert Action.objects.get().is_test
    assert not SeenTogether.objects.exists()


def test_a_pair_is_stored_once_and_who_said_so_first_is_kept_until_the_server_does(brand):
    now = timezone.now()
    told = [(ToldBy.IDENTIFY, ToldBy.IDENTIFY), (ToldBy.BROWSER, ToldBy.IDENTIFY), (ToldBy.ORDER, ToldBy.ORDER)]
    for days, (told_by, kept) in enumerate([*told, (ToldBy.IDENTIFY, ToldBy.ORDER)]):
        pair = Pair(brand.pk, "P1", "C1", told_by=told_by)
        store_pairs([pair, pair], seen_at=now + timedelta(days=days))
        assert SeenTogether.objects.values_list("told_by", "seen_at").get() == (kept, now)
    store_pairs([Pair(brand.pk, "P2", "C1", told_by=each) for each in ToldBy], seen_at=now)
    assert SeenTogether.objects.get(profile="P2").told_by == ToldBy.ORDER


def test_a_profile_that_was_seen_with_thousands_shares_the_steps_of_those_seen_last_and_stays_quick(
    brand, standard, partner
):
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO tracking_seentogether (program_id, profile, customer_id, other_profile, told_by, seen_at)"
            " SELECT %s, 'TILL', 'C' || number, '', 'ORDER', now() FROM generate_series(10000, 1, -1) AS number",
            [brand.pk],
        )
        cursor.execute("ANALYZE tracking_seentogether")
    store_pairs([Pair(brand.pk, "P1", "C1"), Pair(brand.pk, "P9", "C60")], seen_at=timezone.now())
    make_step(brand, partner, profile="P1")
    make_step(brand, partner, profile="P9")
    for number in range(200):
        make_conversion(
            program=brand,
            MediaPartnerId="",
            CustomProfileId="TILL",
            EventDate=ORDERED.isoformat(),
            OrderId=f"T{number}",
        )
    began = timezone.now()
    assert price_batch() == 200
    assert (timezone.now() - began).total_seconds() < 5
    steps = [len(action.journey["Steps"]) for action in Action.objects.all()]
    assert steps == [1] * 200
    assert MOST_TOGETHER < 60


def test_each_verdict_is_kept_with_its_step(brand, standard, partner, other):
    make_step(brand, None, kind="VISIT", profile="P1", source="google", days=9)
    make_step(brand, partner, kind="IMPRESSION", profile="P1", days=8)
    make_step(brand, other, profile="P1", days=40)
    make_step(brand, other, profile="P1", days=3)
    make_step(brand, partner, profile="P1", days=2)
    make_step(brand, partner, profile="P1", days=-0.5)
    make_step(brand, make_partner(program=brand, media_partner_id="P-3"), profile="P1", days=1)
    action = action_of(order(brand, CustomProfileId="P1"))
    assert [(step["Kind"], step["Verdict"]) for step in action.journey["Steps"]] == [
        ("CLICK", "OUTSIDE_WINDOW"),
        ("VISIT", "UNPAID"),
        ("IMPRESSION", "KIND_NOT_ACCEPTED"),
        ("CLICK", "NOT_LAST"),
        ("CLICK", "CREDITED"),
        ("CLICK", "NO_CONTRACT"),
        ("CLICK", "AFTER_EVENT"),
    ]
    assert action.partner == partner


@pytest.mark.parametrize(
    ("steps", "reason", "words"),
    [
        ([{"days": 31}], "OUTSIDE_ASSOCIATION_WINDOW", "lies outside of the 30 days of Standard"),
        ([{"kind": "IMPRESSION"}], "REFTYPE_NOT_ACCEPTED", "Standard counts no impressions"),
        ([{"days": -0.5}], "NO_VALID_ACTION_REF", "no step of a partner before the order"),
        ([{"days": -2}], "ACTION_REF_NOT_FOUND", "no click or impression was found by its CustomProfileId"),
        ([], "ACTION_REF_NOT_FOUND", "no click or impression was found by its CustomProfileId"),
    ],
    ids=["too old", "an impression", "after the order", "days after the order", "none"],
)
def test_what_credits_nobody_is_held_with_its_reason(brand, standard, partner, steps, reason, words):
    for step in steps:
        make_step(brand, partner, profile="P1", **step)
    conversion = order(brand, CustomProfileId="P1")
    assert (conversion.state, conversion.reason) == ("HELD", reason)
    assert words in conversion.detail


def test_a_visit_of_an_unpaid_source_alone_credits_nobody(brand, standard):
    make_step(brand, None, kind="VISIT", profile="P1", source="google")
    assert order(brand, CustomProfileId="P1").reason == "NO_VALID_ACTION_REF"


def test_a_contract_that_ended_and_one_for_another_event_type_are_told_apart(brand, sale, partner):
    lead = make_event_type(program=brand, code="LEAD")
    version = make_contracts(program=brand, document=terms_document(), partners=[partner])
    ended = ORDERED - timedelta(hours=1)
    ContractEventType.objects.update(period=DateTimeTZRange(None, ended))
    Contract.objects.update(period=DateTimeTZRange(None, ended))
    click = make_step(brand, partner)
    conversion = order(brand, ClickId=click)
    assert conversion.reason == "CONTRACT_NOT_FOUND"
    assert "had no contract for SALE at the time of the order" in conversion.detail
    contract = Contract.objects.create(
        program=brand, partner=partner, terms_version=version, period=DateTimeTZRange(ended, None)
    )
    ContractEventType.objects.create(
        program=brand, contract=contract, partner=partner, event_type=lead, period=DateTimeTZRange(ended, None)
    )
    for params in ({"ClickId": click}, {"MediaPartnerId": "P-1"}):
        conversion = order(brand, **params)
        assert conversion.reason == "ACTIONTERMS_NOT_FOUND"
        assert "Standard" in conversion.detail


def test_whether_a_contract_was_for_another_event_type_is_asked_once_and_only_for_those_that_failed(
    brand, standard, partner
):
    def queries(click: str, count: int) -> int:
        for _ in range(count):
            make_conversion(program=brand, MediaPartnerId="", ClickId=click, EventDate=ORDERED.isoformat())
        with CaptureQueriesContext(connection) as found:
            assert price_batch() == count
        return sum("max(contract.terms_version_id)" in query["sql"] for query in found)

    stranger = make_step(brand, make_partner(program=brand, media_partner_id="P-9"))
    assert [queries(make_step(brand, partner), 3), queries(stranger, 1), queries(stranger, 5)] == [0, 1, 1]


def test_a_batch_of_journeys_costs_as_many_queries_as_one(brand, standard, partner, other):
    ad = Ad.objects.create(program=brand, name="Spring", landing_page="https://shop.example/")

    def queries(count: int) -> int:
        for number in range(count):
            profile = f"P{count}-{number}"
            click = make_step(brand, partner, profile=profile, ad=ad, days=2)
            make_step(brand, other, profile=profile, days=3)
            make_step(brand, None, kind="VISIT", source="google", profile=profile)
            make_conversion(
                program=brand, MediaPartnerId="", ClickId=click, CustomerId=profile, EventDate=ORDERED.isoformat(),
                OrderPromoCode="NONE",
            )  # fmt: skip
        with CaptureQueriesContext(connection) as found:
            assert price_batch() == count
        return len(found)

    queries(1)
    assert queries(2) == queries(25)


def test_a_click_whose_ad_was_deleted_still_credits(brand, standard, partner):
    ad = Ad.objects.create(program=brand, name="Spring", landing_page="https://shop.example/")
    click = make_step(brand, partner, ad=ad)
    ad.delete()
    assert action_of(order(brand, ClickId=click)).ad is None


def test_a_named_click_is_a_step_however_many_came_after_it(brand, standard, partner, monkeypatch):
    monkeypatch.setattr("tracking.journeys.found_steps.MOST_STEPS", 3)
    click = make_step(brand, partner, profile="P1", days=20)
    for number in range(5):
        make_step(brand, None, kind="VISIT", source="google", profile="P1", days=number + 1)
    action = action_of(order(brand, ClickId=click))
    assert len(action.journey["Steps"]) == 4


def test_a_thousand_impressions_hide_no_click(brand, standard, partner, monkeypatch):
    monkeypatch.setattr("tracking.journeys.found_steps.MOST_STEPS", 3)
    make_step(brand, partner, profile="P1", days=20)
    for number in range(5):
        make_step(brand, partner, kind="IMPRESSION", profile="P1", days=number + 1)
    assert action_of(order(brand, CustomProfileId="P1")).referring_type == "CLICK_COOKIE"


def test_a_promo_code_credits_its_partner_and_a_reserved_one_leaves_the_winner_without(brand, standard, partner, other):
    group = make_partner_group(program=brand)
    PromoCode.objects.create(program=brand, code="TEA", use="CREDIT", partner=other)
    PromoCode.objects.create(program=brand, code="KETTLE", use="RESERVE", partner=other)
    PromoCode.objects.create(program=brand, code="CREW", use="RESERVE", group=group)
    click = make_step(brand, partner, ReferralParam1="sub")
    action = action_of(order(brand, ClickId=click, OrderPromoCode=" tea "))
    assert (action.partner, action.referring_type, action.referring_date) == (other, "PROMOCODE", None)
    assert [step["Verdict"] for step in action.journey["Steps"]] == ["OVERRULED"]
    assert order(brand, ClickId=click, OrderPromoCode="KETTLE").reason == "BLOCKED_BY_PROMOCODE"
    assert order(brand, ClickId=click, OrderPromoCode="CREW").reason == "RESTRICTED_PROMOCODE"
    assert action_of(order(brand, ClickId=make_step(brand, other), OrderPromoCode="KETTLE")).partner == other


def test_a_partner_id_that_is_sent_comes_before_code_and_journey_and_takes_its_own_clicks_values(
    brand, standard, partner, other
):
    PromoCode.objects.create(program=brand, code="TEA", use="CREDIT", partner=other)
    make_step(brand, partner, profile="P1", days=50, ReferralParam1="old")
    make_step(brand, other, profile="P1", ReferralParam1="theirs")
    action = action_of(order(brand, CustomProfileId="P1", MediaPartnerId="P-1", OrderPromoCode="TEA"))
    assert (action.partner, action.referring_type) == (partner, "REPORTED_PARTNER_ID")
    assert action.journey["Values"]["ReferralParam1"] == "old"
    assert [step["Verdict"] for step in action.journey["Steps"]] == ["CREDITED", "OVERRULED"]


def test_the_winner_who_is_not_active_is_not_credited(brand, standard, partner):
    click = make_step(brand, partner)
    Partner.objects.update(is_active=False)
    assert order(brand, ClickId=click).reason == "PARTNER_NOT_ACTIVE"


def test_an_order_may_come_before_its_click_in_the_same_batch_of_any_time(brand, standard, partner):
    """What is kept of a journey does not depend on which orders are priced together."""
    make_step(brand, partner, profile="P1", days=1)
    make_step(brand, partner, profile="P1", days=-3)
    alone = order(brand, CustomProfileId="P1")
    later = (ORDERED + timedelta(days=5)).isoformat()
    for when in (ORDERED.isoformat(), later):
        make_conversion(program=brand, MediaPartnerId="", CustomProfileId="P1", EventDate=when)
    price_all(brand.pk)
    first, together, last = Action.objects.order_by("conversion_id")
    assert first.conversion == alone
    assert first.journey == together.journey
    assert [step["Verdict"] for step in last.journey["Steps"]] == ["NOT_LAST", "CREDITED"]


def test_a_conversion_without_any_key_asks_for_no_steps(brand, standard):
    make_conversion(program=brand)
    with CaptureQueriesContext(connection) as found:
        price_batch()
    assert not any("tracking_step" in query["sql"] or "seentogether" in query["sql"] for query in found)
    assert Conversion.objects.get().state == "PRICED"
