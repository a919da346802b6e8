"""Get link: what a partner's link holds, and where it may lead."""

import re

import pytest
from django.urls import reverse

from program.ads.links import click_link, default_ad, link_picture
from tests.factories import make_ad, make_partner, make_program


@pytest.fixture
def shop(brand, settings):
    settings.BASE_URL = "https://go.example"
    brand.landing_domains = ["shop.example"]
    brand.save()
    return brand


@pytest.fixture
def ad(shop):
    return make_ad(program=shop)


@pytest.fixture
def partner(shop):
    return make_partner(program=shop, media_partner_id="K-1", name="Kettle")


@pytest.fixture
def reader(bob, client_of):
    return client_of(bob)


def build(reader, *, part=False, **query):
    headers = {"HX-Request": "true"} if part else {}
    return reader.get(reverse("program:link_build", args=[1000]), query, headers=headers)


def link_on(page):
    found = re.search(r'<pre class="code"[^>]*>([^<]+)</pre>', page.content.decode())
    return found and found[1].replace("&amp;", "&")


def test_a_link_names_partner_ad_and_program(reader, partner, ad):
    assert link_on(build(reader, partner="K-1", ad=ad.pk)) == f"https://go.example/c/K-1/{ad.pk}/1000"


def test_without_an_ad_it_is_the_first_active_one(reader, shop, partner):
    make_ad(program=shop, name="Old", is_active=False)
    first = make_ad(program=shop, name="Zinc")
    make_ad(program=shop, name="Anvil")
    assert default_ad(shop) == first
    assert link_on(build(reader, partner="K-1")) == f"https://go.example/c/K-1/{first.pk}/1000"


def test_what_is_carried_is_in_the_query(reader, partner, ad):
    sent = {"deep_link": "https://shop.example/a?b=c&d=é", "subId1": "x y", "subId3": "&", "sharedid": "S"}
    link = link_on(build(reader, partner="K-1", ad=ad.pk, **sent))
    assert link == (
        f"https://go.example/c/K-1/{ad.pk}/1000?subId1=x+y&subId3=%26&sharedid=S"
        "&u=https%3A%2F%2Fshop.example%2Fa%3Fb%3Dc%26d%3D%25C3%25A9"
    )


def test_any_character_of_a_partner_id_stays_within_its_place(shop, ad):
    partner = make_partner(program=shop, media_partner_id="a/b?c#d é")
    assert click_link(partner=partner, ad=ad) == f"https://go.example/c/a%2Fb%3Fc%23d%20%C3%A9/{ad.pk}/1000"


def test_the_impression_pixel_stands_beside_the_link_with_what_it_carries(reader, partner, ad):
    page = build(reader, partner="K-1", ad=ad.pk, subId1='x"y', sharedid="S").content.decode()
    assert (
        f"&lt;img src=&quot;https://go.example/i/K-1/{ad.pk}/1000?subId1=x%22y&amp;amp;sharedid=S&quot; width=&quot;1"
        "&quot; height=&quot;1&quot; alt=&quot;&quot;&gt;</pre>"
    ) in page
    assert "Impression pixel" not in build(reader).content.decode()


@pytest.mark.parametrize(
    "address", ["https://evil.example/", "//evil.example", "https://shop.example.evil.example/", "ftp://shop.example/"]
)
def test_a_deep_link_to_elsewhere_makes_no_link_and_says_why(address, reader, partner, ad):
    page = build(reader, partner="K-1", ad=ad.pk, deep_link=address)
    assert link_on(page) is None
    assert 'class="field-error"' in page.content.decode()


def test_while_one_types_only_the_link_and_what_is_wrong_come(reader, partner, ad):
    good = build(reader, part=True, partner="K-1", ad=ad.pk).content.decode()
    bad = build(reader, part=True, partner="K-1", ad=ad.pk, deep_link="https://evil.example/").content.decode()
    for part in (good, bad):
        assert part.strip().startswith('<section class="card" id="link"')
        assert 'id="deep-link-said" aria-live="polite" hx-swap-oob="true"' in part
    assert "evil.example is not one of the domains" in bad
    assert "<svg" in good


def test_partners_and_ads_that_are_not_active_or_anothers_make_no_link(reader, shop, partner, ad):
    other = make_program()
    make_partner(program=other, media_partner_id="X-9")
    strangers = make_ad(program=other)
    make_partner(program=shop, media_partner_id="OFF", is_active=False)
    off = make_ad(program=shop, name="Off", is_active=False)
    for query in ({"partner": "X-9"}, {"partner": "OFF"}, {"partner": "K-1", "ad": strangers.pk},
                  {"partner": "K-1", "ad": off.pk}, {"partner": "K-1", "ad": "x"}, {}):  # fmt: skip
        assert link_on(build(reader, **query)) is None
    assert "Choose one of the list." in build(reader, partner="X-9").content.decode()


def test_the_picture_has_no_style_and_no_script(partner, ad):
    picture = link_picture(click_link(partner=partner, ad=ad))
    assert picture.startswith("<svg")
    assert "style=" not in picture
    assert "script" not in picture


def test_a_link_that_is_too_long_for_a_picture_is_still_a_link(reader, partner, ad):
    page = build(reader, partner="K-1", ad=ad.pk, deep_link="https://shop.example/" + "%20" * 600)
    assert link_on(page)
    assert "The link is too long for a QR code." in page.content.decode()


def test_a_partners_page_shows_the_link_to_the_default_ad(reader, partner, ad):
    page = reader.get(reverse("reports:partner_detail", args=[1000, partner.pk]))
    assert link_on(page) == f"https://go.example/c/K-1/{ad.pk}/1000"
    partner.is_active = False
    partner.save()
    assert link_on(reader.get(reverse("reports:partner_detail", args=[1000, partner.pk]))) is None


def test_a_brand_without_ads_is_led_to_the_first(erin, client_of, partner):
    page = build(client_of(erin), partner="K-1").content.decode()
    assert "There is no active ad yet" in page
    assert reverse("program:ad_create", args=[1000]) in page
