"""Promo codes: each belongs to one partner or group, and is unique as orders are compared."""

import pytest
from django.urls import reverse

from common.refusals import Refused
from program.models import PromoCode
from program.promo_codes.services import add_promo_code, change_promo_code, save_promo_code
from tests.factories import (
    make_action,
    make_contracts,
    make_event_type,
    make_partner,
    make_partner_group,
    make_program,
    make_promo_code,
    terms_document,
)


@pytest.fixture
def partner(brand):
    return make_partner(program=brand, media_partner_id="K-1", name="Kettle", groups=["Blogs"])


@pytest.fixture
def editor(erin, client_of):
    return client_of(erin)


def url(name, *args):
    return reverse(f"program:{name}", args=[1000, *args])


def codes_on(page):
    return [code.code for code in page.context["page"]]


def test_a_code_credits_a_partner_or_is_reserved_to_one_or_to_a_group(partner, brand, editor):
    for form in (
        {"code": "SAVE10", "use": "CREDIT", "partner": "K-1", "group": ""},
        {"code": "KETTLE", "use": "RESERVE", "partner": "K-1", "group": ""},
        {"code": "BLOG", "use": "RESERVE", "partner": "", "group": "blogs"},
    ):
        assert editor.post(url("promo_code_create"), form).status_code == 302
    found = {code.code: (code.use, str(code.partner), str(code.group)) for code in PromoCode.objects.all()}
    assert found == {
        "SAVE10": ("CREDIT", "Kettle", "None"),
        "KETTLE": ("RESERVE", "Kettle", "None"),
        "BLOG": ("RESERVE", "None", "Blogs"),
    }


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"partner": ""}, "Choose the partner that it credits."),
        ({"use": "RESERVE", "partner": ""}, "Choose a partner or a group."),
        ({"partner": "K-9"}, "“K-9” is not a known partner id"),
        ({"use": "RESERVE", "partner": "", "group": "Nobody"}, "“Nobody” is not a known group of partners"),
        ({"partner": "", "group": "Blogs"}, "a code for a group is reserved to it"),
        ({"use": "RESERVE", "group": "Blogs"}, "Choose the partner or the group, not both."),
        ({"code": "C" * 256}, "at most 255 characters"),
    ],
)
def test_a_mistake_is_said_beside_its_field(change, message, partner, brand, editor):
    form = {"code": "NEW", "use": "CREDIT", "partner": "K-1", "group": "", **change}
    response = editor.post(url("promo_code_create"), form)
    assert response.status_code == 422
    assert message in response.content.decode()
    assert not PromoCode.objects.exists()


@pytest.mark.parametrize("code", ["SAVE10", "save10", " Save10 ", "SAVE\u200b10"])
def test_a_code_that_equals_another_is_refused_with_both(code, partner, brand):
    make_promo_code(program=brand, code="Save10", partner=partner)
    with pytest.raises(Refused, match=r"is there already: “Save10” credits Kettle \(K-1\)") as refused:
        add_promo_code(program=brand, code=code, use="CREDIT", partner="K-1", group="")
    assert refused.value.has("taken")


def test_another_program_may_have_the_same_code(partner, brand):
    make_promo_code(program=make_program(), code="SAVE10")
    assert add_promo_code(program=brand, code="SAVE10", partner="K-1").code_key == "save10"


@pytest.mark.parametrize(
    ("query", "codes"),
    [
        ({}, ["BLOG", "SAVE10"]),
        ({"q": "save"}, ["SAVE10"]),
        ({"use": "RESERVE"}, ["BLOG"]),
        ({"partner": "kettle"}, ["SAVE10"]),
        ({"group": "blogs"}, ["BLOG"]),
        ({"sort": "-code"}, ["SAVE10", "BLOG"]),
        ({"q": "none"}, []),
    ],
)
def test_the_list_is_searched_and_filtered(query, codes, partner, brand, editor):
    group = partner.groups.get()
    make_promo_code(program=brand, code="SAVE10", partner=partner)
    make_promo_code(program=brand, code="BLOG", use="RESERVE", group=group)
    rows = {"kettle": partner.pk, "blogs": group.pk}
    query = {name: rows.get(value, value) for name, value in query.items()}
    assert codes_on(editor.get(url("promo_code_list"), query)) == codes


def test_a_change_keeps_what_is_not_said(partner, brand):
    code = make_promo_code(program=brand, code="SAVE10", partner=partner)
    make_partner_group(program=brand, name="News")
    change_promo_code(promo_code=code, use="RESERVE", group="news")
    code = PromoCode.objects.get()
    assert (code.code, code.use, code.partner, str(code.group)) == ("SAVE10", "RESERVE", None, "News")
    saved = save_promo_code(program=brand, said={"code": "save10"})
    assert (saved.is_new, [tuple(each) for each in saved.differences]) == (False, [("Code", "SAVE10", "save10")])


def test_before_it_is_deleted_the_page_shows_the_orders_that_carried_it(partner, brand, editor):
    make_event_type(program=brand)
    make_contracts(program=brand, document=terms_document(), partners=[partner])
    code = make_promo_code(program=brand, code="SAVE10", partner=partner)
    make_action(program=brand, OrderId="BY-NAME", MediaPartnerId="K-1", OrderPromoCode="Save10")
    make_action(program=brand, OrderId="BY-CODE", MediaPartnerId="", OrderPromoCode="SAVE10")
    make_action(program=brand, OrderId="OTHER", MediaPartnerId="K-1", OrderPromoCode="SAVE20")
    page = editor.get(url("promo_code_delete", code.pk)).content.decode()
    assert "2 orders of the last 30 days carried it" in page
    assert [name in page for name in ("BY-NAME", "BY-CODE", "OTHER")] == [True, True, False]
    assert page.count("by this code") == 1
    assert editor.post(url("promo_code_delete", code.pk)).status_code == 302
    assert not PromoCode.objects.exists()


def test_a_group_with_reserved_codes_stays(partner, brand, editor):
    group = partner.groups.get()
    code = make_promo_code(program=brand, code="BLOG", use="RESERVE", group=group)
    page = editor.post(url("partner_group_delete", group.pk), follow=True).content.decode()
    assert "promo codes are reserved to it: BLOG" in page
    code.delete()
    editor.post(url("partner_group_delete", group.pk))
    assert not brand.partnergroup_set.exists()
