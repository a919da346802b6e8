"""Several people name the same thing at the same moment: one succeeds, the others are told so, and none gets an error
page.
"""

import threading

import pytest
from django.db import connections
from django.urls import reverse

from accounts.team.invitations import accept_as_new, invite, renew_link
from common.refusals import Refused
from contracts.models import TemplateTerms
from contracts.publishing.services import publish_document
from program.exception_lists.services import delete_exception_list
from program.models import CatalogItem, CustomerTag, EventType, ExceptionList, Partner, PartnerGroup
from tests.factories import (
    make_account,
    make_customer_tag,
    make_event_type,
    make_exception_list,
    make_partner,
    make_partner_group,
    make_user,
    terms_document,
)

pytestmark = pytest.mark.django_db(transaction=True)

SALE = {
    "code": "SALE", "name": "Sale", "category": "SALE", "payout_levels": "BOTH", "deduplication_days": "30",
    "reported_by": "SERVER",
}  # fmt: skip
CREATED = {
    "event type": ("program:event_type_create", SALE, EventType),
    "partner": ("program:partner_create", {"media_partner_id": "P-1", "name": "Kettle"}, Partner),
    "partner group": ("program:partner_group_create", {"name": "Blogs"}, PartnerGroup),
    "customer tag": ("program:customer_tag_create", {"name": "VIP"}, CustomerTag),
    "exception list": (
        "program:exception_list_create",
        {"name": "Winter", "kind": "SKU", "entries": "S1"},
        ExceptionList,
    ),
    "template terms": ("contracts:terms_create", {"name": "Standard", "currency": "GBP"}, TemplateTerms),
}
ADMIN = {
    "template terms": ("contracts_templateterms", {"name": "Standard", "currency": "GBP", "labels": ""}, TemplateTerms),
    "event type": ("program_eventtype", {**SALE, "re_engaged_after_days": "365", "reported_by": "SERVER"}, EventType),
    "partner": ("program_partner", {"media_partner_id": "P-1", "name": "Kettle", "channel": "affiliate"}, Partner),
    "partner group": ("program_partnergroup", {"name": "Blogs"}, PartnerGroup),
    "catalog item": ("program_catalogitem", {"sku": "S1"}, CatalogItem),
}
INLINES = ("customerstatusmapping_set", "partnergroupmember_set", "customertagging_set", "items")
TIMES = 6


def at_once(*acts):
    """What each of the acts answers, begun at the same moment by threads with connections of their own."""
    start, answers = threading.Barrier(len(acts)), [None] * len(acts)

    def run(place, act):
        start.wait()
        try:
            answers[place] = act()
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=each) for each in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return answers


def posting(client, address, data):
    return lambda: client.post(address, data)


@pytest.mark.parametrize("thing", CREATED)
def test_one_name_created_twice_is_created_once_and_said_beside_the_field(thing, alice, erin, client_of):
    name, data, model = CREATED[thing]
    address = reverse(name, args=[1000])
    answers = at_once(*(posting(client_of(user), address, data) for user in (alice, erin) * (TIMES // 2)))
    assert sorted(answer.status_code for answer in answers) == [302] + [422] * (TIMES - 1)
    assert model.objects.count() == 1
    refused = next(answer for answer in answers if answer.status_code == 422)
    assert "already" in refused.content.decode()


def test_names_that_differ_in_letter_case_alone_are_one_name(alice, client_of):
    address = reverse("program:customer_tag_create", args=[1000])
    names = ("VIP", "vip", "Vip", "vIP")
    answers = at_once(*(posting(client_of(alice), address, {"name": name}) for name in names))
    assert sorted(answer.status_code for answer in answers) == [302, 422, 422, 422]
    assert CustomerTag.objects.count() == 1


@pytest.mark.parametrize(
    ("make", "view", "model"),
    [
        (make_customer_tag, "program:customer_tag_edit", CustomerTag),
        (make_partner_group, "program:partner_group_rename", PartnerGroup),
    ],
    ids=["customer tag", "partner group"],
)
def test_of_several_that_are_renamed_to_one_name_one_is(make, view, model, brand, alice, client_of):
    rows = [make(program=brand, name=f"Old {n}") for n in range(TIMES)]
    addresses = [reverse(view, args=[1000, row.pk]) for row in rows]
    answers = at_once(*(posting(client_of(alice), address, {"name": "One"}) for address in addresses))
    assert sorted(answer.status_code for answer in answers) == [302] + [422] * (TIMES - 1)
    assert model.objects.filter(name="One").count() == 1


def test_terms_that_are_renamed_to_one_name_at_once(brand, alice, client_of):
    rows = [TemplateTerms.objects.create(program=brand, name=f"Old {n}", currency="GBP") for n in range(TIMES)]
    addresses = [reverse("contracts:terms_change", args=[1000, row.pk]) for row in rows]
    data = {"name": "One", "currency": "GBP"}
    answers = at_once(*(posting(client_of(alice), address, data) for address in addresses))
    assert sorted(answer.status_code for answer in answers) == [302] + [422] * (TIMES - 1)


def test_four_partners_with_one_new_group_share_it(alice, erin, client_of):
    address = reverse("program:partner_create", args=[1000])
    forms = [{"media_partner_id": f"P-{n}", "name": f"Partner {n}", "groups": "Blogs, News"} for n in range(4)]
    answers = at_once(
        *(posting(client_of(user), address, form) for user, form in zip((alice, erin) * 2, forms, strict=True))
    )
    assert [answer.status_code for answer in answers] == [302] * 4
    assert sorted(PartnerGroup.objects.values_list("name", flat=True)) == ["Blogs", "News"]
    assert all(partner.groups.count() == 2 for partner in Partner.objects.all())


def test_the_same_skus_in_another_order_wait_for_each_other(brand, alice, client_of):
    address = reverse("program:catalog_add", args=[1000])
    skus = [f"S{n}" for n in range(500)]
    pasted = ["\n".join(f"{sku},Acme" for sku in order) for order in (skus, skus[::-1])] * 2
    answers = at_once(*(posting(client_of(alice), address, {"rows": rows}) for rows in pasted))
    assert [answer.status_code for answer in answers] == [302] * 4
    assert CatalogItem.objects.count() == 500


def test_one_user_name_chosen_by_four_at_once_is_one_log_in(alice):
    tokens = []
    for number in range(4):
        account = make_account(name=f"Brand {number}")
        invitation = invite(account=account, email=f"new{number}@brand.example", role="VIEWER", by=alice)
        tokens.append(renew_link(invitation=invitation, is_mailed=False).strip("/").rpartition("/")[2])

    def accepting(token):
        def accept():
            try:
                return accept_as_new(token=token, username="newcomer", name="", password="a long enough phrase")
            except Refused as refused:
                return refused

        return accept

    answers = at_once(*(accepting(token) for token in tokens))
    refused = [answer for answer in answers if isinstance(answer, Refused)]
    assert len(refused) == 3
    assert all(str(answer).startswith("username: A log-in with this name already exists") for answer in refused)


@pytest.mark.parametrize("thing", ADMIN)
def test_in_the_administration_the_second_gets_the_form_with_its_error(thing, brand, client_of):
    noun, data, model = ADMIN[thing]
    data = {**data, "program": brand.pk}
    data |= {f"{each}-{part}": "0" for each in INLINES for part in ("TOTAL_FORMS", "INITIAL_FORMS")}
    root = make_user(username="root", is_staff=True, is_superuser=True)
    address = reverse(f"admin:{noun}_add")
    answers = at_once(*(posting(client_of(root), address, data) for _ in range(TIMES)))
    assert sorted(answer.status_code for answer in answers) == [200] * (TIMES - 1) + [302]
    assert model.objects.count() == 1
    refused = next(answer for answer in answers if answer.status_code == 200)
    assert any(word in refused.content.decode() for word in ("already exists", "violated"))


def test_a_list_is_not_deleted_while_terms_that_ask_for_it_are_published(brand):
    winter = make_exception_list(program=brand, values=["SKU-1"])
    partner = make_partner(program=brand)
    make_event_type(program=brand)
    rule = {"Variable": "LIST_ITEM_SKU", "Operator": "IN_LIST", "Values": ["Winter"]}
    document = terms_document(groups=[{"Rank": 1, "Name": "Coats", "Rules": [rule], "PayoutRate": "20"}])

    def publish():
        try:
            return publish_document(program=brand, document=document, join=[partner.media_partner_id])
        except Refused as refused:
            return refused

    def delete():
        try:
            return delete_exception_list(exception_list=winter)
        except Refused as refused:
            return refused

    published, deleted = at_once(publish, delete)
    if isinstance(published, Refused):
        assert "Winter is not a known exception list" in str(published)
        assert deleted is None
    else:
        assert "terms in force ask for it" in str(deleted)
