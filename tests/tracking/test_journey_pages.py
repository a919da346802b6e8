"""How the customer came, on the pages of actions and of held orders and in the answers of the API."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from program.models import Ad, Partner, PromoCode
from tests.factories import make_contracts, make_partner, terms_document
from tests.tracking.journey_rows import action_of, make_step, order
from tracking.models import Action

IMPRESSIONS = [
    {"Type": "CLICKS", "Window": 36, "WindowUnit": "HOUR"},
    {"Type": "IMPRESSIONS", "Window": 1, "WindowUnit": "DAY"},
]


@pytest.fixture
def other(brand: Any, sale: Any, partner: Partner) -> Partner:
    second = make_partner(program=brand, media_partner_id="P-2", name="Kettle Deals", channel="coupon")
    make_contracts(program=brand, document=terms_document(name="Short", ValidReferrals=IMPRESSIONS), partners=[second])
    return second


def page_of(client: Any, action: Action) -> str:
    response = client.get(f"/p/1000/transactions/actions/{action.pk}/")
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def test_an_actions_page_says_of_each_step_why_it_was_credited_or_not(
    brand, standard, partner, other, client_of, alice
):
    ad = Ad.objects.create(program=brand, name="Spring tea", landing_page="https://shop.example/")
    make_step(brand, None, kind="VISIT", source="google", profile="P1", days=9, Channel="paid search")
    make_step(brand, other, profile="P1", days=3)
    make_step(brand, other, kind="IMPRESSION", profile="P1", days=0.5)
    click = make_step(brand, partner, profile="P1", days=2, ad=ad, ReferralUrl="https://blog.example/tea")
    page = page_of(client_of(alice), action_of(order(brand, ClickId=click)))
    for words in (
        "How they came", "4 steps", "Click of the partner", "blog.example", "ad Spring tea", "Credited</span>",
        "Not credited: outside of the 36 hours of Short", "Not credited: a click comes before every impression",
        "google", "paid search", "Not credited: nobody is paid for this source",
    ):  # fmt: skip
        assert words in page, words


def test_the_credited_step_says_what_its_link_carried_and_by_which_policy_it_counts(
    brand, standard, partner, client_of, alice
):
    click = make_step(brand, partner, profile="P1", SubId1="spring <b>", SharedId="S-7", ReferralParam3="red")
    make_step(brand, partner, profile="P1", days=3, SubId1="not shown")
    page = page_of(client_of(alice), action_of(order(brand, ClickId=click)))
    assert "The last referrer counts, within 30 days<br>Its link carried" in page
    for words in ("subid1</code> spring &lt;b&gt;,", "sharedid</code> S-7,", "param3</code> red</small>"):
        assert f"<code>{words}" in page, words
    assert "not shown" not in page


def test_the_policy_of_the_one_who_led_to_the_order_last_is_said(brand, sale, partner, client_of, alice):
    for number, policy in enumerate(("LAST_REFERRER", "FIRST_REFERRER")):
        partner = make_partner(program=brand, media_partner_id=f"F-{number}")
        make_contracts(program=brand, document=terms_document(name=policy, CreditPolicy=policy), partners=[partner])
        make_step(brand, partner, profile="P1", days=9 - number)
    page = page_of(client_of(alice), action_of(order(brand, CustomProfileId="P1")))
    assert "The first referrer counts, within 30 days" in page
    assert "Not credited: an earlier click counts" in page


def test_a_promo_code_and_a_named_partner_are_said_to_have_decided(brand, standard, partner, other, client_of, alice):
    PromoCode.objects.create(program=brand, code="TEA", use="CREDIT", partner=other)
    click = make_step(brand, partner)
    page = page_of(client_of(alice), action_of(order(brand, ClickId=click, OrderPromoCode="TEA")))
    assert "The promo code TEA is the partner’s" in page
    assert "Not credited: the promo code of the order says whose it is" in page
    page = page_of(client_of(alice), action_of(order(brand, ClickId=click, MediaPartnerId="P-1")))
    assert "The order names the partner" in page
    assert "Gives the referral values: the order names its partner" in page


def test_a_held_order_whose_winner_is_kept_from_credit_says_so_of_the_step(
    brand, standard, partner, other, client_of, erin
):
    PromoCode.objects.create(program=brand, code="TEA", use="RESERVE", partner=other)
    conversion = order(brand, ClickId=make_step(brand, partner), OrderPromoCode="TEA")
    page = client_of(erin).get(f"/p/1000/transactions/conversions/{conversion.pk}/").content.decode()
    assert "Would be credited, but for the reason above" in page


def test_more_steps_ask_the_database_no_more(brand, standard, partner, other, client_of, alice):
    def queries(steps: int) -> int:
        profile = f"P{steps}"
        for number in range(steps):
            ad = Ad.objects.create(program=brand, name=f"{profile} {number}", landing_page="https://shop.example/")
            make_step(brand, (partner, other)[number % 2], profile=profile, days=number + 1, ad=ad)
        action = action_of(order(brand, CustomProfileId=profile))
        client = client_of(alice)
        with CaptureQueriesContext(connection) as found:
            page_of(client, action)
        return len(found)

    queries(1)
    assert queries(2) == queries(30)


def test_a_long_journey_shows_the_latest_and_the_credited_step(brand, standard, partner, client_of, alice):
    click = make_step(brand, partner, profile="P1", days=29)
    for number in range(25):
        make_step(brand, None, kind="VISIT", source="google", profile="P1", days=number + 1)
    page = page_of(client_of(alice), action_of(order(brand, ClickId=click)))
    assert page.count("Visit</a>, google") == 20
    assert "And 5 more steps" in page
    assert "Credited</span>" in page


def test_the_api_says_why_an_order_credits_nobody(brand, standard, partner, shop):
    order(brand, ClickId=make_step(brand, partner, days=31), OrderId="LATE")
    (found,) = shop.get("/Advertisers/BB-ANVILS/APISubmissions").json()["APISubmissions"]
    assert (found["Status"], found["ErrorType"], found["ErrorReason"]) == (
        "Complete",
        "Contract Error",
        "OUTSIDE_ASSOCIATION_WINDOW",
    )
    assert "outside of the 30 days of Standard" in found["ErrorDetail"]
