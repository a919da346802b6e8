"""/Ads and /PromoCodes: what pages do, by the API."""

import pytest
from django.test import Client

from accounts.models import ApiToken
from program.models import Ad, PromoCode
from tests.factories import (
    make_action,
    make_ad,
    make_contracts,
    make_partner,
    make_program,
    make_promo_code,
    terms_document,
)
from tests.tracking.test_api_customers import fields

ADS = "/Advertisers/BB-ANVILS/Ads"
CODES = "/Advertisers/BB-ANVILS/PromoCodes"
NEW = {"Name": "Winter", "Kind": "BANNER", "LandingPage": "https://shop.example/winter", "Deal": "W"}


@pytest.fixture
def domain(brand):
    brand.landing_domains = ["shop.example"]
    brand.save()


@pytest.fixture
def partner(brand):
    return make_partner(program=brand, media_partner_id="K-1", name="Kettle", groups=["Blogs"])


def test_an_ad_is_added_and_answered_with_where_to_read_it(shop, domain):
    response = shop.post(NEW, url=ADS)
    ad = Ad.objects.get()
    assert (response.status_code, response["Location"]) == (201, f"{ADS}/{ad.pk}")
    answer = dict(response.json())
    assert answer.pop("CreationDate")
    assert answer == {"Id": ad.pk, "CampaignId": 1000, **NEW, "Sku": "", "Active": True, "Uri": f"{ADS}/{ad.pk}"}
    assert shop.get(response["Location"]).json() == response.json()


def test_an_ad_on_another_domain_is_refused_with_what_to_do(shop, domain):
    response = shop.post({**NEW, "LandingPage": "https://evil.example/"}, url=ADS)
    assert response.status_code == 400
    assert "These are: shop.example." in fields(response)["LandingPage"]
    assert not Ad.objects.exists()


def test_all_that_is_wrong_with_an_ad_is_said_at_once(shop, domain):
    response = shop.post({"Kind": "FLYER", "Active": "perhaps", "Colour": "red"}, url=ADS)
    assert response.status_code == 400
    assert set(fields(response)) == {"Name", "Kind", "LandingPage", "Active", "Colour"}


def test_a_name_in_use_is_a_conflict(shop, domain, brand):
    make_ad(program=brand, name="Winter")
    assert shop.post(NEW, url=ADS).status_code == 409


def test_a_repeated_idempotency_key_adds_one_of_each(shop, domain, partner):
    for url, body in ((ADS, NEW), (CODES, {"Code": "SAVE10", "PartnerId": "K-1"})):
        answers = [shop.post(body, url=url, **{"Idempotency-Key": url}) for _ in range(2)]
        assert answers[0].content == answers[1].content
    assert (Ad.objects.count(), PromoCode.objects.count()) == (1, 1)


def test_an_ad_is_changed_by_what_is_sent(shop, domain, brand):
    ad = make_ad(program=brand, deal="D")
    answer = shop.put({"Active": False, "Sku": "S1"}, url=f"{ADS}/{ad.pk}").json()
    assert [answer[name] for name in ("Name", "Deal", "Sku", "Active")] == ["Shop", "D", "S1", False]
    assert shop.put({"Deal": ""}, url=f"{ADS}/{ad.pk}").json()["Deal"] == ""
    assert shop.put({"Name": ""}, url=f"{ADS}/{ad.pk}").status_code == 400


def test_an_ad_with_actions_is_not_deleted(shop, domain, brand, partner):
    make_contracts(program=brand, document=terms_document(), partners=[partner])
    ad = make_ad(program=brand)
    action = make_action(program=brand, MediaPartnerId="K-1")
    type(action).objects.filter(pk=action.pk).update(ad=ad)
    response = shop.delete(url=f"{ADS}/{ad.pk}")
    assert response.status_code == 409
    assert "switch it off instead" in response.json()["Message"]
    assert Ad.objects.exists()
    other = make_ad(program=brand, name="Unused")
    assert shop.delete(url=f"{ADS}/{other.pk}").status_code == 200
    assert shop.get(f"{ADS}/{other.pk}").status_code == 404


def test_a_list_holds_the_programs_own(shop, domain, brand):
    for name in ("Zinc", "Anvil"):
        make_ad(program=brand, name=name)
    make_ad(program=make_program(), name="Another brand's")
    answer = shop.get(ADS).json()
    assert ([ad["Name"] for ad in answer["Ads"]], answer["@total"]) == (["Anvil", "Zinc"], "2")


def test_promo_codes_are_added_changed_found_and_deleted(shop, partner):
    response = shop.post({"Code": "SAVE10", "PartnerId": "K-1"}, url=CODES)
    uri = response["Location"]
    answer = dict(response.json())
    assert answer.pop("CreationDate")
    assert answer == {
        "Id": PromoCode.objects.get().pk, "CampaignId": 1000, "Code": "SAVE10", "Use": "CREDIT", "PartnerId": "K-1",
        "Group": None, "Uri": uri,
    }  # fmt: skip
    changed = shop.put({"Use": "RESERVE", "Group": "blogs"}, url=uri).json()
    assert [changed[name] for name in ("Use", "PartnerId", "Group")] == ["RESERVE", None, "Blogs"]
    assert [code["Code"] for code in shop.get(f"{CODES}?Code=save10").json()["PromoCodes"]] == ["SAVE10"]
    assert shop.get(f"{CODES}?Code=save").json()["PromoCodes"] == []
    assert shop.delete(url=uri).status_code == 200
    assert not PromoCode.objects.exists()


def test_a_code_that_equals_another_is_a_conflict_that_names_both(shop, brand, partner):
    make_promo_code(program=brand, code="Save10", partner=partner)
    response = shop.post({"Code": "SAVE10", "PartnerId": "K-1"}, url=CODES)
    assert response.status_code == 409
    assert "“SAVE10” is there already: “Save10” credits Kettle (K-1)" in fields(response, 409)["Code"]


@pytest.mark.parametrize(
    ("body", "wrong"),
    [
        ({"Code": "A"}, {"PartnerId"}),
        ({"PartnerId": "K-1"}, {"Code"}),
        ({"Code": "A", "PartnerId": "K-9", "Use": "GIFT"}, {"Use"}),
        ({"Code": "A", "PartnerId": "K-9"}, {"PartnerId"}),
        ({"Code": "A", "Group": "Blogs"}, {"Group"}),
    ],
)
def test_what_is_wrong_with_a_code_is_said(body, wrong, shop, partner):
    response = shop.post(body, url=CODES)
    assert (response.status_code, set(fields(response))) == (400, wrong)
    assert not PromoCode.objects.exists()


def test_a_token_that_may_only_read_changes_nothing(shop, domain, brand, partner):
    ad, code = make_ad(program=brand), make_promo_code(program=brand, partner=partner)
    ApiToken.objects.update(scope="READ")
    for response in (
        shop.post(NEW, url=ADS),
        shop.put({"Deal": "D"}, url=f"{ADS}/{ad.pk}"),
        shop.delete(url=f"{ADS}/{ad.pk}"),
        shop.post({"Code": "A", "PartnerId": "K-1"}, url=CODES),
        shop.put({"Use": "RESERVE"}, url=f"{CODES}/{code.pk}"),
        shop.delete(url=f"{CODES}/{code.pk}"),
    ):
        assert response.status_code == 403
    assert shop.get(f"{ADS}/{ad.pk}").status_code == shop.get(f"{CODES}/{code.pk}").status_code == 200


def test_rows_of_another_account_do_not_exist(shop):
    other = make_program()
    ad, code = make_ad(program=other), make_promo_code(program=other)
    for address in (f"{ADS}/{ad.pk}", f"{CODES}/{code.pk}"):
        assert shop.get(address).status_code == 404
        assert shop.put({}, url=address).status_code == 404
        assert shop.delete(url=address).status_code == 404


def test_the_document_describes_both(db):
    paths = Client().get("/Advertisers/openapi.json").json()["paths"]
    for name in ("Ads", "PromoCodes"):
        assert set(paths[f"/Advertisers/{{AccountSID}}/{name}"]) == {"get", "post"}
        assert set(paths[f"/Advertisers/{{AccountSID}}/{name}/{{Id}}"]) == {"get", "put", "delete"}
