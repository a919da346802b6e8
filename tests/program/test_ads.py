"""Ads as a brand keeps them: only on its own domains, by unique names, and never gone while something names them."""

import pytest
from django.urls import reverse

from common.refusals import Refused
from program.ads.services import AdRow, add_ad, change_ad, delete_ad, save_ad
from program.models import Ad
from tests.factories import (
    make_action,
    make_ad,
    make_contracts,
    make_event_type,
    make_partner,
    make_program,
    terms_document,
)


@pytest.fixture
def shop(brand):
    brand.landing_domains = ["shop.example", "*.shop.example"]
    brand.save()
    return brand


@pytest.fixture
def editor(erin, client_of):
    return client_of(erin)


def url(name, *args):
    return reverse(f"program:{name}", args=[1000, *args])


def names_on(page):
    return [ad.name for ad in page.context["page"]]


def test_an_ad_is_added_on_a_domain_of_the_program(shop, editor):
    form = {"name": " Winter  sale ", "kind": "BANNER", "landing_page": "https://www.shop.example/winter", "deal": "W"}
    assert editor.post(url("ad_create"), form).status_code == 302
    ad = Ad.objects.get(program=shop)
    assert (ad.name, ad.kind, ad.landing_page, ad.deal) == (
        "Winter sale",
        "BANNER",
        "https://www.shop.example/winter",
        "W",
    )
    assert ad.is_active


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"name": "Shop"}, "“Shop” already exists; choose another name."),
        ({"landing_page": "https://evil.example/"}, "The domain evil.example is not one of the domains to which links "
         "may lead. These are: shop.example, *.shop.example. An administrator adds others"),
        ({"landing_page": "https://shop.example@evil.example/"}, "The address is not one of a web page"),
        ({"landing_page": "javascript:alert(1)"}, "The address is not one of a web page"),
        ({"landing_page": ""}, "Enter a landing page."),
        ({"deal": "D" * 121}, "at most 120 characters"),
    ],
)  # fmt: skip
def test_a_mistake_is_said_beside_its_field(change, message, shop, editor):
    make_ad(program=shop)
    form = {"name": "New", "kind": "OTHER", "landing_page": "https://shop.example/", "deal": "", "sku": "", **change}
    response = editor.post(url("ad_create"), form)
    assert response.status_code == 422
    assert message in response.content.decode()
    assert Ad.objects.count() == 1


def test_without_a_domain_the_pages_say_that_links_lead_nowhere(brand, editor):
    make_ad(program=brand)
    for page in (url("ad_list"), url("ad_create"), url("link_build")):
        assert "Links lead nowhere yet." in editor.get(page).content.decode()


def test_an_ad_whose_domain_is_gone_says_so_and_can_be_switched_off(shop, editor):
    ad = make_ad(program=shop, landing_page="https://old.example/")
    assert "Its links lead nowhere." in editor.get(url("ad_edit", ad.pk)).content.decode()
    change_ad(ad=ad, is_active=False)
    with pytest.raises(Refused, match="old"):
        change_ad(ad=ad, landing_page="https://old.example/other")
    ad.refresh_from_db()
    assert (ad.is_active, ad.landing_page) == (False, "https://old.example/")


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ({}, ["Banner", "Shop", "Winter"]),
        ({"q": "win"}, ["Winter"]),
        ({"q": "/deals"}, ["Banner"]),
        ({"kind": "BANNER"}, ["Banner"]),
        ({"active": "no"}, ["Winter"]),
        ({"sort": "-name"}, ["Winter", "Shop", "Banner"]),
        ({"q": "nothing"}, []),
    ],
)
def test_the_list_is_searched_filtered_and_sorted_by_its_address(query, names, shop, editor):
    make_ad(program=shop)
    make_ad(program=shop, name="Banner", kind="BANNER", landing_page="https://shop.example/deals")
    make_ad(program=shop, name="Winter", is_active=False)
    make_ad(program=make_program(), name="Another brand's")
    assert names_on(editor.get(url("ad_list"), query)) == names


def test_the_second_editor_of_an_ad_sees_the_firsts_change(shop, editor):
    ad = make_ad(program=shop)
    page = editor.get(url("ad_edit", ad.pk))
    seen = page.context["form"].opened_with
    change_ad(ad=ad, deal="First")
    form = {"name": "Shop", "kind": "OTHER", "landing_page": ad.landing_page, "opened_with": seen, "is_active": "on"}
    answer = editor.post(url("ad_edit", ad.pk), form)
    assert answer.status_code == 409
    assert "First" in answer.content.decode()
    ad.refresh_from_db()
    assert ad.kind == "TEXT_LINK"


def test_an_ad_with_actions_is_switched_off_and_not_deleted(shop, editor):
    make_event_type(program=shop)
    partner = make_partner(program=shop, media_partner_id="P-1")
    make_contracts(program=shop, document=terms_document(), partners=[partner])
    ad = make_ad(program=shop)
    action = make_action(program=shop)
    type(action).objects.filter(pk=action.pk).update(ad=ad)
    page = editor.post(url("ad_delete", ad.pk), follow=True).content.decode()
    assert "Shop has actions, which name it: switch it off instead." in page
    assert Ad.objects.filter(pk=ad.pk).exists()
    other = make_ad(program=shop, name="Unused")
    editor.post(url("ad_delete", other.pk))
    assert not Ad.objects.filter(pk=other.pk).exists()


def test_a_row_of_a_file_is_the_ad_of_its_number_or_else_of_its_name(shop):
    first = add_ad(program=shop, name="Shop", landing_page="https://shop.example/")
    by_name = save_ad(program=shop, row=AdRow(None, {"name": "Shop", "deal": "D"}))
    assert (by_name.is_new, by_name.ad.pk, [each.column for each in by_name.differences]) == (False, first.pk, ["Deal"])
    by_number = save_ad(program=shop, row=AdRow(first.pk, {"name": "Store", "is_active": False}))
    assert [tuple(each) for each in by_number.differences] == [("Name", "Shop", "Store"), ("Active", "yes", "no")]
    assert save_ad(program=shop, row=AdRow(first.pk, {"name": "Store"})).differences == []
    assert save_ad(program=shop, row=AdRow(None, {"name": "Shop", "landing_page": "https://shop.example/"})).is_new
    others = make_ad(program=make_program())
    with pytest.raises(Refused, match="not the id of an ad of this program"):
        save_ad(program=shop, row=AdRow(others.pk, {"name": "Taken over"}))


def test_an_ad_that_was_deleted_meanwhile_is_gone(shop):
    ad = make_ad(program=shop)
    Ad.objects.filter(pk=ad.pk).delete()
    with pytest.raises(Refused, match="deleted this meanwhile"):
        delete_ad(ad=ad)
