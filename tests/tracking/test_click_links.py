"""A link records its click and leads to the landing page, or says why it does not."""

import pytest
from django.test import Client

from tests.factories import make_account, make_partner, make_program
from tests.tracking.clicking import CHROME, Visitor, click_id_of, click_of, make_ad
from tracking.models import Step, TouchedStep
from tracking.visitors.profiles import COOKIE


@pytest.fixture
def ad(brand, partner):
    return make_ad(brand, deal="Spring", sku="SKU-1")


@pytest.fixture
def visitor(ad):
    return Visitor(ad)


def test_a_click_leads_to_the_landing_page_with_an_id_that_names_it(visitor, ad, partner):
    answer = visitor.click()
    assert answer.status_code == 302
    assert answer["Location"].startswith("https://www.shop.example/?irclickid=")
    assert answer["Cache-Control"] == "no-store"
    step = click_of(answer)
    assert (step.kind, step.program_id, step.partner_id, step.ad_id) == ("CLICK", 1000, partner.pk, ad.pk)
    assert step.not_counted == ""
    assert TouchedStep.objects.filter(program=1000, at=step.at).count() == 1


def test_two_clicks_have_two_ids(visitor):
    assert click_id_of(visitor.click()) != click_id_of(visitor.click())


def test_a_deep_link_is_followed_and_keeps_its_own_parameters(visitor):
    answer = visitor.click({"u": "https://m.shop.example/shoes?size=9&irclickid=OLD#red"})
    address = answer["Location"]
    assert address.startswith("https://m.shop.example/shoes?size=9&irclickid=")
    assert address.endswith("#red")
    assert "OLD" not in address
    assert click_of(answer).facts["ReferralLandingPage"] == "https://m.shop.example/shoes?size=9&irclickid=OLD#red"


FILLED = {
    "subId1": ("SubId1", "one"),
    "subId2": ("SubId2", "two"),
    "subId3": ("SubId3", "three"),
    "sharedid": ("SharedId", "shared"),
    **{f"param{number}": (f"ReferralParam{number}", f"value {number}") for number in range(1, 11)},
    "utm_source": ("ReferralTrafficSource", "newsletter"),
    "utm_medium": ("ReferralTrafficType", "email"),
    "utm_campaign": ("ReferralAdCampaign", "Winter"),
    "utm_id": ("ReferralAdCampaignId", "42"),
    "utm_term": ("ReferralAdKeyword", "anvils"),
    "utm_content": ("UtmContent", "top"),
    "gclid": ("Gclid", "abc"),
    "campaignid": ("ReferralAdCampaignId", "43"),
    "adgroupid": ("ReferralAdGroupId", "44"),
    "adgroup": ("ReferralAdGroup", "Tools"),
    "keyword": ("ReferralAdKeyword", "hammers"),
    "placement": ("ReferralAdPlacement", "blog"),
    "network": ("ReferralAdType", "search"),
    "traffictype": ("ReferralTrafficType", "social"),
    "trafficsource": ("ReferralTrafficSource", "forum"),
    "subaccountid": ("ReferralSubaccountId", "7"),
    "subaccountname": ("ReferralSubaccountName", "Seven"),
    "sku": ("ReferralSku", "SKU-9"),
    "deal": ("ReferralDeal", "Summer"),
    "subid": ("SubId1", "sub"),
}


@pytest.mark.parametrize("name", FILLED)
def test_each_parameter_of_a_link_fills_its_value(name, visitor):
    filled, value = FILLED[name]
    assert click_of(visitor.click({name: value})).facts[filled] == value
    assert click_of(visitor.click({name.upper(): value})).facts[filled] == value


def test_what_the_link_does_not_say_comes_from_the_ad_and_the_request(visitor, ad):
    facts = click_of(visitor.click(HTTP_REFERER="https://blog.example/anvils")).facts
    assert facts["ReferralAd"] == f"Home ({ad.pk})"
    assert (facts["ReferralDeal"], facts["ReferralSku"]) == ("Spring", "SKU-1")
    assert facts["ReferralUrl"] == "https://blog.example/anvils"
    assert facts["ReferralLandingPage"] == "https://www.shop.example/"
    assert facts["ReferralDerivedBrowser"] == "Chrome"
    assert facts["ReferralDerivedCountry"] == "GB"


def test_of_two_addresses_in_one_link_the_first_counts(visitor):
    answer = visitor.client.get(
        f"/c/{visitor.path}?u=https://a.shop.example/&u=https://b.shop.example/", **visitor.sent
    )
    assert answer["Location"].startswith("https://a.shop.example/")
    evil = visitor.client.get(f"/c/{visitor.path}?u=https://evil.example/&u=https://a.shop.example/", **visitor.sent)
    assert evil.status_code == 400


def test_values_are_bounded_and_hold_nothing_that_cannot_be_stored(visitor):
    sent = {"subId1": "a\x00b\x1bc" + "x" * 10_000, "sharedid": "\U0001f600 \u200b", "param1": " \t "}
    facts = click_of(visitor.click(sent, HTTP_REFERER="https://blog.example/" + "y" * 9_000)).facts
    assert facts["SubId1"] == "abc" + "x" * 252
    assert "ReferralParam1" not in facts
    assert len(facts["ReferralUrl"]) == 2_048


def test_the_address_of_the_visitor_is_kept_as_the_program_says(visitor, brand):
    assert click_of(visitor.click()).ip_address == "81.2.69.0"
    brand.ip_addresses = "NONE"
    brand.save()
    assert click_of(visitor.click()).ip_address == ""


@pytest.mark.parametrize(
    "address",
    [
        "https://evil.example/",
        "https://shop.example.evil.example/",
        "https://evilshop.example/",
        "//evil.example/",
        "/\\evil.example/",
        "https:evil.example",
        "https:/evil.example",
        "https:///evil.example",
        "https://shop.example\\@evil.example/",
        "https://shop.example@evil.example/",
        "https://shop.example:443@evil.example/",
        "https://evil.example#@shop.example/",
        "https://evil.example?.shop.example/",
        "https://shop.example:8443/",
        "https://shop.example:0x1bb/",
        "http://shop.example:443/",
        "https://shop.example./",
        "https://shop%2eexample/",
        "https://shop.example%00.evil.example/",
        "https://shop。example/",
        "https://ѕhop.example/",
        "https://faß.shop.example/",
        "javascript:alert(1)",
        "data:text/html,hello",
        "ftp://shop.example/",
        "https://[::1]/",
        "https://shop.example/\r\nSet-Cookie: a=b",
        "https://shop.example/\x00",
        "https://shop.example/" + "x" * 2_048,
        "shop.example",
    ],
)
def test_a_link_leads_nowhere_but_to_the_programs_own_domains(address, visitor):
    answer = visitor.click({"u": address})
    assert answer.status_code == 400
    assert "Location" not in answer
    assert "you have not been sent there" in answer.content.decode()
    assert not Step.objects.exists()


@pytest.mark.parametrize(
    ("address", "target"),
    [
        ("https://shop.example", "https://shop.example/"),
        ("HTTP://SHOP.EXAMPLE:80/A", "http://shop.example/A"),
        ("https://a.b.shop.example/?q=1", "https://a.b.shop.example/?q=1&"),
        (' https://shop.example/ä b?c="<>" ', "https://shop.example/%C3%A4%20b?c=%22%3C%3E%22&"),
        ("https://shop.example/?next=https://evil.example/", "https://shop.example/?next=https://evil.example/&"),
        ("https://shop.example/a%0d%0aSet-Cookie:b", "https://shop.example/a%0d%0aSet-Cookie:b"),
    ],
)
def test_addresses_within_the_domains_are_led_to_in_a_form_that_all_browsers_read_alike(address, target, visitor):
    location = visitor.click({"u": address})["Location"]
    assert location.startswith(target)
    assert location.isascii()


def test_an_ads_page_outside_of_the_domains_is_not_led_to_either(visitor, brand):
    brand.landing_domains = ["other.example"]
    brand.save()
    assert visitor.click().status_code == 400


def test_a_domain_with_a_port_means_that_port_alone(visitor, brand):
    brand.landing_domains = ["127.0.0.1:8001"]
    brand.save()
    assert visitor.click({"u": "http://127.0.0.1:8001/"}).status_code == 302
    assert visitor.click({"u": "http://127.0.0.1/"}).status_code == 400


def test_links_that_name_nothing_active_say_so_and_record_nothing(visitor, ad, brand, partner):
    rival = make_program(id=2000, account=make_account(name="Rivets Ltd"))
    others = make_ad(rival)
    make_partner(program=rival, media_partner_id="P-9")
    for path in (
        f"P-2/{ad.pk}/1000", f"P-1/{others.pk}/1000", f"P-1/{ad.pk}/2000", f"P-9/{ad.pk}/1000", "P-1/x/1000",
        f"P-1/{ad.pk}/x", f"P-1/{'9' * 30}/1000", f"P-1/{ad.pk}/{'9' * 30}", f"P-1/{ad.pk}/{'9' * 18}", "%00/1/1000",
        f"P-1/{ad.pk}/²",
    ):  # fmt: skip
        answer = visitor.client.get(f"/c/{path}", HTTP_USER_AGENT=CHROME)
        assert answer.status_code == 404, path
        assert "no longer valid" in answer.content.decode()
    for row, field in ((ad, "is_active"), (partner, "is_active")):
        setattr(row, field, False)
        row.save()
        assert visitor.click().status_code == 404
        setattr(row, field, True)
        row.save()
    assert not Step.objects.exists()


def test_only_following_a_link_is_recorded(visitor):
    for method in ("post", "put", "delete"):
        assert getattr(Client(), method)(f"/c/{visitor.path}").status_code == 405
    looked = visitor.client.head(f"/c/{visitor.path}", **visitor.sent)
    assert (looked.status_code, looked["Location"]) == (302, "https://www.shop.example/")
    assert COOKIE not in looked.cookies
    assert not Step.objects.exists()


def test_a_partner_id_may_hold_any_character(ad, brand):
    partner = make_partner(program=brand, media_partner_id="a/b c?d")
    assert click_of(Visitor(ad, "a%2Fb%20c%3Fd").click()).partner_id == partner.pk


def test_a_click_knows_no_session_and_asks_the_database_twice_where_nothing_is_remembered(
    visitor, django_assert_num_queries
):
    with django_assert_num_queries(2):  # the link, and the click with its mark
        answer = visitor.click()
    assert set(answer.cookies) == {COOKIE}
    assert "Vary" not in answer


def test_the_pages_of_the_product_do_not_tell_the_shop_less_than_the_partner_would(visitor):
    answer = visitor.click()
    assert answer["Referrer-Policy"] == "no-referrer-when-downgrade"
    assert answer["Cross-Origin-Opener-Policy"] == "unsafe-none"


def test_an_impression_is_answered_by_an_image_and_recorded(visitor, ad):
    answer = visitor.see()
    assert (answer.status_code, answer["Content-Type"], len(answer.content)) == (200, "image/gif", 43)
    assert answer["Cache-Control"] == "no-store"
    step = Step.objects.get()
    assert (step.kind, step.ad_id, "ReferralLandingPage" in step.facts) == ("IMPRESSION", ad.pk, False)


def test_an_impression_of_nothing_is_an_image_too(ad):
    answer = Visitor(ad, "P-2").see()
    assert (answer.status_code, len(answer.content)) == (404, 43)
    assert not Step.objects.exists()


def test_seeing_and_clicking_are_one_profile(visitor):
    visitor.see()
    visitor.click()
    assert len(set(Step.objects.values_list("profile", flat=True))) == 1
