"""What the tag and the pixel report, from anybody's browser: taken, refused or left out, and told on the live view."""

import json
from datetime import timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from program.models import Customer, CustomerTag
from program.models.customer import CustomerTagging
from tests.factories import make_customer, make_customer_tag
from tracking.browser.names import PIXEL
from tracking.browser.visits import channel_of
from tracking.intake.parameters import JOURNEY_PARAMETERS, order_parameter
from tracking.journeys.click_ids import new_click_id, written_click_id
from tracking.models import Action, BrowserReport, Conversion, SeenTogether, Step
from tracking.models.conversion import Source
from tracking.pricing.batch import price_all

pytestmark = pytest.mark.django_db

PROFILE = "A" * 26
ORDER = {"orderId": "A1", "currencyCode": "GBP", "items": [{"sku": "S1", "subTotal": 100, "quantity": 2}]}


@pytest.fixture(autouse=True)
def by_both(sale: Any) -> None:
    sale.reported_by = "BOTH"
    sale.save()


def tag(sale: Any, order: dict[str, Any] = ORDER, *, path: str = "conversion", **more: Any) -> Any:
    body = {"eventTypeId": sale.pk, "order": order, "consent": True, "profile": PROFILE, **more}
    return Client().post(f"/t/1000/{path}", json.dumps(body), content_type="text/plain;charset=UTF-8")


def pixel(sale: Any, client: Client | None = None, headers: dict[str, str] | None = None, **query: Any) -> Any:
    sent = {"oid": "A1", "amount": "100.00", **query}
    return (client or Client()).get(f"/xconv/{sale.pk}/1000?{urlencode(sent)}", headers=headers)


def make_click(program: Any, partner: Any, *, profile: str = "CLICKS") -> str:
    """A click of a minute ago, as a row."""
    at = timezone.now() - timedelta(minutes=1)
    click = new_click_id(at)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO tracking_step (id, at, program_id, kind, partner_id, ad_id, source, profile, visitor, "
            "not_counted, facts, ip_address) VALUES (%s, %s, %s, 'CLICK', %s, NULL, '', %s, %s, '', '{}', '')",
            [click, at, program.pk, partner.pk, profile, profile],
        )
    return written_click_id(click)


def test_the_tags_order_is_credited_by_its_click(brand: Any, standard: Any, sale: Any, partner: Any) -> None:
    click = make_click(brand, partner)
    answer = tag(sale, clickIds=[click])
    assert (answer.status_code, answer.json()) == (200, {"Status": "QUEUED", "LeftOut": []})
    assert answer["Access-Control-Allow-Origin"] == "*"
    price_all(brand.pk)
    action = Action.objects.get()
    assert (action.partner, action.amount, action.conversion.source) == (partner, Decimal(100), Source.TAG)
    assert action.conversion.payload["CustomProfileId"] == PROFILE
    assert SeenTogether.objects.filter(profile=PROFILE, other_profile="CLICKS").exists()


def test_a_profile_that_was_seen_with_a_click_credits_a_later_order(
    brand: Any, standard: Any, sale: Any, partner: Any
) -> None:
    tag(sale, path="visit", clickIds=[make_click(brand, partner)], page="https://shop.example/")
    tag(sale)
    price_all(brand.pk)
    assert Action.objects.get().partner == partner


def test_a_click_of_another_program_is_none(brand: Any, standard: Any, sale: Any, partner: Any, charlie: Any) -> None:
    from program.models import Program  # noqa: PLC0415

    click = make_click(Program.objects.get(pk=2000), partner)
    tag(sale, path="visit", clickIds=[click], page="https://shop.example/")
    tag(sale, clickIds=[click])
    price_all(brand.pk)
    assert not SeenTogether.objects.exists()
    assert Conversion.objects.get().reason == Conversion.Reason.NO_REFERRAL


def test_the_pixel_answers_with_the_image_whatever_became_of_it(sale: Any) -> None:
    for answer in (pixel(sale), pixel(sale, oid=""), Client().get("/xconv/x/77?oid=1"), pixel(sale, amount="x")):
        assert (answer.status_code, answer["Content-Type"], len(answer.content)) == (200, "image/gif", 43)
        assert answer["Cache-Control"] == "no-store"
    assert Conversion.objects.get().source == Source.PIXEL
    assert not SeenTogether.objects.exists()


@pytest.mark.parametrize("short", PIXEL)
def test_every_short_name_of_the_pixel_is_a_parameter(short: str) -> None:
    assert PIXEL[short] == "CustomerTags" or order_parameter(PIXEL[short]) is not None


def test_the_pixels_items_and_texts_are_stored_by_the_apis_names(sale: Any) -> None:
    pixel(
        sale, amount="", sku1="S1", amt1="20.00", qty1="2", cat1="Anvils", sku2="S2", amt2="5", str3="blue", gp="true",
        cs="new", custid="C-1", odsc="1.00", irclickid="X",
    )  # fmt: skip
    payload = Conversion.objects.get().payload
    first = {"ItemSku": "S1", "ItemSubTotal": "20.00", "ItemQuantity": "2", "ItemCategory": "Anvils"}
    assert payload["Items"] == [first, {"ItemSku": "S2", "ItemSubTotal": "5"}]
    kept = {"Text3": "blue", "GiftPurchase": "true", "CustomerStatus": "new", "CustomerId": "C-1", "ClickId": "X"}
    assert {**payload, **kept, "OrderDiscount": "1.00"} == payload


FORGED = [
    "MediaPartnerId", "MediaId", "EventDate", "CampaignId", "EventTypeCode", "IpAddress", "UserAgent",
    *(each.name for each in JOURNEY_PARAMETERS.values() if each.name != "CustomerTags"),
]  # fmt: skip


@pytest.mark.parametrize("name", FORGED)
def test_what_anybody_could_make_up_is_left_out_and_told(sale: Any, name: str) -> None:
    answer = tag(sale, {**ORDER, name: "1"})
    (left_out,) = answer.json()["LeftOut"]
    assert left_out["Field"] == name
    pixel(sale, oid="A2", **{name.upper(): "1"})
    for conversion in Conversion.objects.all():
        if name not in ("EventDate", "CampaignId"):  # as the address and the clock say
            assert name not in conversion.payload
        assert conversion.payload.get("EventDate") != "1"
        report = BrowserReport.objects.get(conversion=conversion)
        assert report.left_out[0][0].casefold() == name.casefold()


def test_of_tags_only_those_open_to_browsers_are_put_on_the_customer(brand: Any, sale: Any) -> None:
    make_customer_tag(program=brand, name="VIP")
    make_customer_tag(program=brand, name="Newsletter")
    CustomerTag.objects.filter(name="Newsletter").update(is_open=True)
    answer = tag(sale, {**ORDER, "customerId": "C-1", "tags": ["vip", "newsletter", "nobody"]})
    assert [each["Field"] for each in answer.json()["LeftOut"]] == ["tags: vip", "tags: nobody"]
    assert [each.tag.name for each in CustomerTagging.objects.filter(customer__customer_id="C-1")] == ["Newsletter"]
    tag(sale, {**ORDER, "orderId": "A2", "tags": ["newsletter"]})
    assert CustomerTagging.objects.count() == 1


def test_an_open_tag_counts_for_the_order_that_brings_it(brand: Any, standard: Any, sale: Any, partner: Any) -> None:
    make_customer_tag(program=brand, name="Newsletter")
    CustomerTag.objects.update(is_open=True)
    tag(sale, {**ORDER, "customerId": "C-1", "tags": "Newsletter"}, clickIds=[make_click(brand, partner)])
    price_all(brand.pk)
    assert Action.objects.get().profile["CustomerTags"] == ["Newsletter"]


def test_where_the_server_alone_reports_a_browser_is_refused_and_seen(sale: Any) -> None:
    sale.reported_by = "SERVER"
    sale.save()
    assert tag(sale).status_code == 400
    pixel(sale)
    assert not Conversion.objects.exists()
    for report in BrowserReport.objects.all():
        assert "come from your server alone" in report.refused[0][1]


def test_a_bad_field_is_refused_with_every_error_and_kept(sale: Any) -> None:
    answer = tag(sale, {"orderId": "A1", "currencyCode": "ZZZ", "items": [{"sku": "S", "subTotal": "1e3"}]})
    assert answer.status_code == 400
    fields = {each["Field"] for each in answer.json()["Errors"]}
    assert fields == {"CurrencyCode", "ItemSubTotal1"}
    report = BrowserReport.objects.get()
    assert {field for field, _ in report.refused} == fields
    assert (report.order_id, report.sent["Items"]) == ("A1", "1")


@pytest.mark.parametrize("name", ["a\0b", "a\ud800"])
def test_a_tag_that_is_no_text_is_left_out_and_the_order_stored(sale: Any, name: str) -> None:
    answer = tag(sale, {**ORDER, "customerId": "C-1", "tags": [name]})
    assert answer.status_code == 200
    assert [each["Field"] for each in answer.json()["LeftOut"]] == ["tags"]
    assert Conversion.objects.count() == 1


@pytest.mark.parametrize("said", ["false", "no", 0, "0", None, "true", 1])
def test_consent_is_true_or_left_out_and_nothing_else(brand: Any, sale: Any, said: Any) -> None:
    tag(sale, path="identify", consent=said, customerId="C-1")
    assert not SeenTogether.objects.exists()


def test_without_consent_the_order_counts_and_nothing_of_the_visitor_is_kept(
    brand: Any, standard: Any, sale: Any, partner: Any
) -> None:
    click = make_click(brand, partner)
    agent = {"User-Agent": "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) Safari/604.1"}
    body = {"eventTypeId": sale.pk, "order": {**ORDER, "clickId": click, "customerEmail": "a" * 40}, "consent": False}
    body |= {"profile": PROFILE, "clickIds": [click]}
    Client(headers=agent).post("/t/1000/conversion", json.dumps(body), content_type="text/plain")
    pixel(sale, oid="A2", consent="false", irclickid=click, headers=agent)
    pixel(sale, oid="A3", irclickid=click, headers={**agent, "Sec-GPC": "1"})
    for conversion in Conversion.objects.all():
        assert conversion.derived == {}
        assert conversion.payload["TrackingConsent"] == "false"
        assert {"ClickId", "CustomProfileId", "CustomerEmail", "UserAgent", "IpAddress"}.isdisjoint(conversion.payload)
    assert Conversion.objects.count() == 3
    assert not SeenTogether.objects.exists()


@pytest.mark.parametrize("said", ["false", "NO", "0", "off", "f", "nope"])
@pytest.mark.parametrize("name", ["consent", "TrackingConsent", "trackingconsent"])
def test_every_word_but_a_yes_is_a_no_and_its_report_names_nobody(sale: Any, name: str, said: str) -> None:
    pixel(sale, custid="C-1", MediaPartnerId="P-1", cpid="OWN", **{name: said})
    pixel(sale, oid="A2", custid="C-1", amount="x", CallerId="c-1", **{name: said})
    assert Conversion.objects.get().payload["TrackingConsent"] == "false"
    assert "CustomProfileId" not in Conversion.objects.get().payload
    for report in BrowserReport.objects.all():
        assert {"CustomerId", "CallerId", "CustomProfileId"}.isdisjoint(report.sent)
    assert BrowserReport.objects.count() == 2


def test_an_order_of_the_tag_that_says_no_itself_is_one_without_consent(brand: Any, sale: Any, partner: Any) -> None:
    tag(sale, {**ORDER, "trackingConsent": "no"}, clickIds=[make_click(brand, partner)])
    assert Conversion.objects.get().payload.keys().isdisjoint({"ClickId", "CustomProfileId"})
    assert not SeenTogether.objects.exists()


def test_visits_and_identities_without_consent_are_not_stored(brand: Any, sale: Any) -> None:
    for path in ("visit", "identify"):
        tag(sale, path=path, consent=False, page="https://s/?utm_source=x", isUnpaid=True, customerId="C-1")
        body = json.dumps({"profile": PROFILE, "customerId": "C-1", "page": "https://s/?gclid=1", "isUnpaid": True})
        Client().post(f"/t/1000/{path}", body, content_type="text/plain", headers={"Sec-GPC": "1"})
    assert not Step.objects.exists()
    assert not SeenTogether.objects.exists()


def test_an_unpaid_source_is_a_visit_with_its_channel(brand: Any, sale: Any) -> None:
    page = "https://shop.example/?utm_source=news&utm_medium=Email&utm_campaign=May"
    tag(sale, path="visit", page=page, referrer="https://mail.example/", isUnpaid=True)
    tag(sale, path="visit", page="https://shop.example/?gclid=abc", isUnpaid=True)
    tag(sale, path="visit", page="https://shop.example/", isUnpaid=True)
    first, second = Step.objects.order_by("number")
    assert (first.kind, first.source, first.profile, first.partner_id) == ("VISIT", "news", PROFILE, None)
    kept = {"Channel": "email", "ReferralLandingPage": page, "ReferralUrl": "https://mail.example/"}
    assert {**first.facts, **kept, "ReferralAdCampaign": "May"} == first.facts
    assert (second.source, second.facts["Channel"]) == ("google", "paid search")


def test_channels_by_medium() -> None:
    known = {"cpc": "paid search", "PPC": "paid search", "newsletter": "email", "paid_social": "social", "": "other"}
    assert {medium: channel_of(medium, "").value for medium in known} == known
    assert channel_of("", "gclid").value == "paid search"


def test_identify_joins_a_profile_with_a_customer_or_the_hash_of_an_address(brand: Any, sale: Any) -> None:
    customer = make_customer(program=brand, customer_id="C-7")
    Customer.objects.filter(pk=customer.pk).update(email_sha256="b" * 64)
    tag(sale, path="identify", customerId="C-1")
    tag(sale, path="identify", customerEmail="b" * 64)
    tag(sale, path="identify", customProfileId="OWN")
    pairs = set(SeenTogether.objects.values_list("profile", "customer_id", "other_profile"))
    assert pairs == {(PROFILE, "C-1", ""), (PROFILE, "C-7", ""), (PROFILE, "", "OWN")}


@pytest.mark.parametrize("named", ["{{customer_id}}", "undefined", "N/A", " - "])
def test_what_names_nobody_joins_no_visitors(brand: Any, sale: Any, named: str) -> None:
    tag(sale, path="identify", customerId=named, customProfileId=named)
    tag(sale, path="identify", profile=named, customerId="C-1")
    assert not SeenTogether.objects.exists()


def test_a_test_order_is_apart_from_real_ones(brand: Any, standard: Any, sale: Any, partner: Any) -> None:
    click = make_click(brand, partner)
    tag(sale, clickIds=[click], test=True)
    pixel(sale, oid="A2", test="1", irclickid=click)
    price_all(brand.pk)
    assert [action.is_test for action in Action.objects.all()] == [True, True]
    tag(sale, clickIds=[click])
    assert not Conversion.objects.get(is_test=False).duplicate_of_id
