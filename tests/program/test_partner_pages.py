"""Partners and their groups, as an editor meets them."""

import pytest
from django.urls import reverse

from program.models import Partner, PartnerGroup
from tests.factories import make_partner, make_partner_group, make_program


@pytest.fixture
def editor(alice, client_of):
    return client_of(alice)


def url(name, *args):
    return reverse(f"program:{name}", args=[1000, *args])


def names_on(page):
    return [partner.name for partner in page.context["page"]]


@pytest.fixture
def three(brand):
    return [
        make_partner(program=brand, media_partner_id="K-1", name="Kettle", country="GB", groups=["Blog"]),
        make_partner(program=brand, media_partner_id="P-1", name="Pots", country="DE", email="kettle@pots.example"),
        make_partner(
            program=brand, media_partner_id="X-1", name="Zinc", country="DE", is_active=False, groups=["Blog"]
        ),
    ]


def test_the_empty_list_says_what_to_do_next(editor):
    page = editor.get(url("partner_list")).content.decode()
    assert "No partner yet" in page
    assert url("partner_create") in page


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ({}, ["Kettle", "Pots", "Zinc"]),
        ({"q": "KETTLE"}, ["Kettle", "Pots"]),
        ({"q": "x-1"}, ["Zinc"]),
        ({"country": "DE"}, ["Pots", "Zinc"]),
        ({"country": "DE", "active": "yes"}, ["Pots"]),
        ({"sort": "-id"}, ["Zinc", "Pots", "Kettle"]),
        ({"q": "nobody"}, []),
    ],
)
def test_the_list_is_filtered_and_sorted_by_its_address(query, names, three, editor):
    assert names_on(editor.get(url("partner_list"), query)) == names


def test_the_list_is_filtered_by_group(three, editor):
    group = PartnerGroup.objects.get(name="Blog")
    assert names_on(editor.get(url("partner_list"), {"group": group.pk})) == ["Kettle", "Zinc"]


def test_the_pages_of_a_list_hold_everybody_once(brand, editor):
    for n in range(30):
        make_partner(program=brand, name="Same", media_partner_id=str(n))
    pages = [editor.get(url("partner_list"), {"page": n}).context["page"] for n in (1, 2)]
    assert [len(page) for page in pages] == [25, 5]
    assert len({partner.pk for page in pages for partner in page}) == 30


def test_a_partner_is_added_with_its_groups(brand, editor):
    form = {"media_partner_id": "K-1", "name": "Kettle", "country": "gb", "email": "", "groups": "Blog, Top 10"}
    assert editor.post(url("partner_create"), form).status_code == 302
    partner = Partner.objects.get(program=brand)
    assert (partner.country, sorted(group.name for group in partner.groups.all())) == ("GB", ["Blog", "Top 10"])


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"media_partner_id": "K-1"}, "A partner with the id K-1 already exists."),
        ({"country": "1x"}, "“1x” is not a valid country code; use two letters, such as GB."),
        ({"email": "nobody"}, "Enter an e-mail address, such as name@example.com."),
        ({"name": " "}, "Enter a name."),
        ({"name": "N" * 121}, "at most 120 characters"),
    ],
)
def test_a_mistake_is_said_beside_its_field(change, message, three, editor):
    form = {"media_partner_id": "NEW", "name": "New", "country": "", "email": "", "groups": "", **change}
    response = editor.post(url("partner_create"), form)
    assert response.status_code == 422
    assert message in response.content.decode()
    assert Partner.objects.count() == 3


def test_an_edit_leaves_the_partner_id_alone(three, editor):
    form = {"media_partner_id": "EVIL", "name": "Kettle & Co", "groups": "News", "is_active": "on"}
    assert editor.post(url("partner_edit", three[0].pk), form).status_code == 302
    three[0].refresh_from_db()
    assert (three[0].media_partner_id, three[0].name) == ("K-1", "Kettle & Co")
    assert [group.name for group in three[0].groups.all()] == ["News"]


def test_a_partner_is_deactivated(three, editor):
    editor.post(url("partner_deactivate", three[0].pk))
    three[0].refresh_from_db()
    assert not three[0].is_active


def test_ticked_partners_are_put_into_a_group(three, brand, editor):
    group = PartnerGroup.objects.get(name="Blog")
    stranger = make_partner(program=make_program())
    rows = [partner.pk for partner in three] + [stranger.pk]
    response = editor.post(url("partner_assign"), {"row": rows, "group": group.pk, "query": "country=DE&page=2"})
    assert response["Location"] == url("partner_list") + "?country=DE&page=2"
    assert group.partners.count() == 3
    assert not stranger.groups.exists()


@pytest.mark.parametrize("missing", ["row", "group"])
def test_half_a_choice_changes_nothing_and_says_so(missing, three, editor):
    group = make_partner_group(program=three[0].program, name="Empty")
    form = {"row": [three[0].pk], "group": group.pk}
    del form[missing]
    page = editor.post(url("partner_assign"), form, follow=True).content.decode()
    assert "nothing was changed" in page
    assert not group.partners.exists()


def test_the_way_back_is_never_out_of_the_product(three, editor):
    response = editor.post(url("partner_assign"), {"query": "//evil.example/\r\nX: y"})
    assert response["Location"].startswith(url("partner_list") + "?")
    assert "\n" not in response["Location"]


def test_a_group_is_made_renamed_and_dissolved(brand, three, editor):
    editor.post(url("partner_group_create"), {"name": "News"})
    group = PartnerGroup.objects.get(program=brand, name="News")
    editor.post(url("partner_group_rename", group.pk), {"name": "Papers"})
    group.refresh_from_db()
    assert group.name == "Papers"
    editor.post(url("partner_group_delete", group.pk))
    assert not PartnerGroup.objects.filter(pk=group.pk).exists()
    assert Partner.objects.count() == 3


@pytest.mark.parametrize(
    ("name", "message"),
    [("blog", "already exists"), ("A, B", "no comma or semicolon"), ("", "required"), ("n" * 81, "at most 80")],
)
def test_a_bad_group_name_is_refused(name, message, three, editor):
    group = make_partner_group(program=three[0].program, name="News")
    for address in (url("partner_group_create"), url("partner_group_rename", group.pk)):
        response = editor.post(address, {"name": name})
        assert response.status_code == 422
        assert message in response.content.decode()


def test_members_are_added_by_id_and_taken_out_by_tick(three, editor):
    group = make_partner_group(program=three[0].program, name="News")
    editor.post(url("partner_group_add", group.pk), {"partner_ids": "K-1, P-1\nK-1"})
    assert [partner.name for partner in group.partners.all()] == ["Kettle", "Pots"]
    editor.post(url("partner_group_remove", group.pk), {"row": [three[0].pk]})
    assert [partner.name for partner in group.partners.all()] == ["Pots"]


def test_unknown_ids_are_named_and_nobody_is_added(three, editor):
    group = make_partner_group(program=three[0].program, name="News")
    response = editor.post(url("partner_group_add", group.pk), {"partner_ids": "K-1\nk-1\nNOBODY"})
    assert response.status_code == 422
    assert "Unknown partner ids: NOBODY, k-1. No partner was added." in response.content.decode()
    assert not group.partners.exists()
