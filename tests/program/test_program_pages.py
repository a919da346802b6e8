"""Who may open which page of what a brand sets up, and what it costs."""

import re

import pytest
from django.db import connection
from django.urls import get_resolver, reverse

from accounts.api_tokens import make_api_token
from accounts.team.invitations import invite
from program.event_types.services import set_customer_status_mapping
from program.tags.assigning.acts import act_at_once
from tests.cast import alice, apart, bob, brand, charlie, kept
from tests.factories import (
    make_ad,
    make_customer,
    make_customer_tag,
    make_event_type,
    make_exception_list,
    make_partner,
    make_partner_group,
    make_promo_code,
    make_user,
)

# Page, the fixture row that its address names, and the queries of the whole page: session, user, membership, program,
# the reader's programs, and its own. A list's do not grow with its rows.
PAGES = {
    "search": (None, 5),
    "settings_index": (None, 5),
    "program_edit": (None, 6),
    "tracking_edit": (None, 5),
    "help_index": (None, 5),
    "event_type_list": (None, 6),
    "event_type_edit": ("event_type", 9),
    "event_type_mapping": ("event_type", 14),
    "partner_list": (None, 12),
    "partner_edit": ("partner", 7),
    "ad_list": (None, 8),
    "ad_edit": ("ad", 6),
    "link_build": (None, 6),
    "promo_code_list": (None, 7),
    "promo_code_edit": ("promo_code", 7),
    "media_source_list": (None, 7),
    "partner_group_list": (None, 7),
    "partner_group_edit": ("partner_group", 8),
    "customer_tag_list": (None, 15),
    "customer_tag_edit": ("customer_tag", 13),
    "tag_act_detail": ("tag_act", 6),
    "token_list": (None, 6),
    "team_list": (None, 10),
    "exception_list_list": (None, 13),
    "exception_list_detail": ("exception_list", 14),
    "catalog_list": (None, 11),
    "catalog_edit": ("catalog_item", 10),
}
EDITORS_PAGES = {
    "event_type_create": None,
    "partner_create": None,
    "ad_create": None,
    "promo_code_create": None,
    "promo_code_delete": "promo_code",
    "exception_list_create": None,
    "exception_list_edit": "exception_list",
    "exception_list_delete": "exception_list",
    "exception_list_entry_create": "exception_list",
    "exception_list_entry_edit": "entry",
    "exception_list_entry_delete": "entry",
    "catalog_add": None,
    "catalog_delete": "catalog_item",
}
ADMINISTRATORS_PAGES = {"audit_list"}
HELP = {"help_topic"}  # tests/program/test_help_pages.py
CHOICES = {"choice_list"}  # tests/program/test_choices.py
WRITES = {
    "event_type_create": None,
    "event_type_edit": "event_type",
    "event_type_mapping": "event_type",
    "ad_create": None,
    "ad_edit": "ad",
    "ad_delete": "ad",
    "promo_code_create": None,
    "promo_code_edit": "promo_code",
    "promo_code_delete": "promo_code",
    "media_source_save": None,
    "partner_create": None,
    "partner_assign": None,
    "partner_edit": "partner",
    "partner_deactivate": "partner",
    "partner_group_create": None,
    "partner_group_rename": "partner_group",
    "partner_group_add": "partner_group",
    "partner_group_remove": "partner_group",
    "partner_group_delete": "partner_group",
    "customer_assign": None,
    "customer_tag_create": None,
    "customer_tag_edit": "customer_tag",
    "customer_tag_delete": "customer_tag",
    "customer_tag_archive": "customer_tag",
    "tag_act_cancel": "tag_act",
    "tag_act_undo": "tag_act",
    "token_create": None,
    "token_revoke": "token",
    "team_invite": None,
    "team_invitation_link": "invitation",
    "team_invitation_revoke": "invitation",
    "team_role": "member",
    "team_remove": "member",
    "team_second_factor": None,
    "program_edit": None,
    "tracking_edit": None,
    "exception_list_create": None,
    "exception_list_edit": "exception_list",
    "exception_list_close": "exception_list",
    "exception_list_delete": "exception_list",
    "exception_list_entry_create": "exception_list",
    "exception_list_entry_edit": "entry",
    "exception_list_entry_delete": "entry",
    "catalog_add": None,
    "catalog_edit": "catalog_item",
    "catalog_delete": "catalog_item",
}


__all__ = ["alice", "apart", "bob", "brand", "charlie", "kept"]


@pytest.fixture(scope="module")
def rows(brand):
    event_type = make_event_type(program=brand)
    set_customer_status_mapping(event_type=event_type, mapping={"New": ["n"], "VIP": ["v"]}, enabled=True)
    customer = make_customer(program=brand, tags=["Wholesale", "Staff"])
    tags = list(brand.customertag_set.all())
    winter = make_exception_list(program=brand, values=["S1"])
    found = {
        "event_type": event_type,
        "tag_act": act_at_once(program=brand, kind="REMOVE", tags=tags, customers=[customer.pk]),
        "partner_group": make_partner_group(program=brand, name="Blog"),
        "partner": make_partner(program=brand, groups=["Blog", "News"], country="GB"),
        "ad": make_ad(program=brand),
        "promo_code": make_promo_code(program=brand),
        "customer": customer,
        "customer_tag": make_customer_tag(program=brand),
        "exception_list": winter,
        "entry": winter.items.get(),
        "catalog_item": brand.catalogitem_set.create(sku="S1"),
        "member": make_user(username="dora", program=brand, role="VIEWER").membership_set.get(),
        "invitation": invite(account=brand.account, email="eve@example.com", role="VIEWER", by=None),
        "token": make_api_token(account=brand.account, name="Shop")[0],
    }
    connection.check_constraints()  # here, or it would be done again after each test
    return found


def address(name, rows, row, program_id=1000):
    if row == "entry":
        return reverse(f"program:{name}", args=[program_id, rows["exception_list"].pk, rows["entry"].pk])
    return reverse(f"program:{name}", args=[program_id, rows[row].pk] if row else [program_id])


def test_every_address_of_this_app_is_in_these_tables():
    names = {name for name in get_resolver("program.urls").reverse_dict if isinstance(name, str)}
    assert names == PAGES.keys() | EDITORS_PAGES.keys() | ADMINISTRATORS_PAGES | HELP | CHOICES | WRITES.keys()


@pytest.mark.parametrize("name", PAGES)
def test_viewers_and_editors_see_every_page_in_as_many_queries(
    name, rows, brand, alice, bob, client_of, django_assert_num_queries
):
    row, queries = PAGES[name]
    for n in range(3):
        make_partner(program=brand, groups=["Blog", f"Group {n}"])
        make_ad(program=brand, name=f"Ad {n}")
        make_promo_code(program=brand, code=f"CODE{n}")
        make_customer(program=brand, tags=["Staff", f"Tag {n}"])
        make_exception_list(program=brand, name=f"List {n}", values=["S1", "S2"])
    for user in (alice, bob):
        browser = client_of(user)
        with django_assert_num_queries(queries):
            assert browser.get(address(name, rows, row)).status_code == 200


@pytest.mark.parametrize("name", [*PAGES, *EDITORS_PAGES])
def test_pages_of_another_brand_do_not_exist(name, rows, charlie, client_of):
    row = PAGES.get(name, (EDITORS_PAGES.get(name),))[0]
    assert client_of(charlie).get(address(name, rows, row)).status_code == 404


@pytest.mark.parametrize("name", [name for name, (row, _) in PAGES.items() if row])
def test_rows_of_another_brand_do_not_exist_in_ones_own_program(name, rows, charlie, client_of):
    assert client_of(charlie).get(address(name, rows, PAGES[name][0], program_id=2000)).status_code == 404


@pytest.mark.parametrize("name", WRITES)
def test_another_brand_writes_nothing(name, rows, charlie, client_of):
    browser = client_of(charlie)
    assert browser.post(address(name, rows, WRITES[name])).status_code == 404
    if WRITES[name]:
        assert browser.post(address(name, rows, WRITES[name], program_id=2000)).status_code == 404


@pytest.mark.parametrize("name", WRITES)
def test_viewers_write_nothing(name, rows, bob, client_of):
    assert client_of(bob).post(address(name, rows, WRITES[name])).status_code == 403


@pytest.mark.parametrize("name", EDITORS_PAGES)
def test_pages_that_only_write_are_the_editors(name, rows, alice, bob, client_of):
    row = EDITORS_PAGES[name]
    assert client_of(alice).get(address(name, rows, row)).status_code == 200
    assert client_of(bob).get(address(name, rows, row)).status_code == 403


@pytest.mark.parametrize("name", PAGES)
def test_a_viewers_page_has_nothing_to_send(name, rows, bob, client_of):
    main = (
        client_of(bob).get(address(name, rows, PAGES[name][0])).content.decode().split("<main")[1].split("</main>")[0]
    )
    for words in (">Save", ">Make", ">Rename", "Revoke", "Delete", "Deactivate", "Assign", "Add to", ">Edit<"):
        assert words not in main


@pytest.mark.parametrize("name", [*PAGES, *EDITORS_PAGES])
def test_no_button_is_dead(name, rows, alice, client_of):
    row = PAGES.get(name, (EDITORS_PAGES.get(name),))[0]
    page = client_of(alice).get(address(name, rows, row)).content.decode().split("<main")[1].split("</main>")[0]
    for button in re.findall(r'<button type="button"[^>]*>', page.replace("</copy-button>", "")):
        opens = re.search(r'data-opens="([^"]+)"', button)
        assert not opens or f'id="{opens[1]}"' in page
        menu = re.search(r'popovertarget="([^"]+)"', button)
        assert not menu or f'id="{menu[1]}"' in page
        assert opens or menu or "data-dialog-close" in button or "Copy" in button or "disabled" in button, button


def test_whoever_is_not_signed_in_is_sent_to_the_log_in(brand, client):
    response = client.get(reverse("program:partner_list", args=[brand.pk]))
    assert response.status_code == 302
    assert response["Location"].startswith(reverse("login"))


@pytest.mark.parametrize("number", [2**31, 2**63, 2**70])
def test_a_number_beyond_all_numbers_is_no_program(number, brand, alice, client_of):
    browser = client_of(alice)
    assert browser.get(f"/p/{number}/partners/").status_code == 404
    assert browser.get(f"/p/1000/partners/{number}/").status_code == 404


@pytest.mark.parametrize(
    "query",
    ["?page=0", "?page=x&page_size=7", "?sort=-nothing", "?group=99999999999999999&country=%00", "?q=%00", "?q=%25_"],
)
def test_an_odd_address_is_still_a_page(query, rows, alice, client_of):
    for name in ("partner_list", "catalog_list"):
        assert client_of(alice).get(address(name, rows, None) + query).status_code == 200
