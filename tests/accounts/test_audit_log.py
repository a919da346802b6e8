"""The audit log: the database records every writer's changes."""

import pytest
from django.db import connection, transaction
from django.http import HttpResponse
from django.test import RequestFactory

from accounts.api_tokens import make_api_token
from accounts.audit.actor import Actor, ActorMiddleware, audit_actor, audited_as
from accounts.audit.log import record
from accounts.models import AuditEntry, AuditText
from accounts.team.invitations import invite
from contracts.models import Contract, EventPayout, PayoutGroup, PayoutRestriction
from contracts.publishing.services import publish_document
from program.event_types.services import set_customer_status_mapping
from program.models import CatalogItem, Partner
from program.partners.services import add_partner, change_partner
from tests.factories import (
    make_customer,
    make_event_type,
    make_exception_list,
    make_modification,
    make_partner,
    terms_document,
)
from tracking.api.credentials import Credentials
from tracking.models import Modification

CARRIE = Actor(who="carrie", source="PAGE", user_id=7, address="192.0.2.1")


def newest() -> AuditEntry:
    return AuditEntry.objects.order_by("-id")[0]


def test_a_change_is_told_field_by_field_with_whose_it_is(brand):
    partner = make_partner(program=brand, media_partner_id="P-1", name="Anna")
    with audit_actor(CARRIE):
        Partner.objects.filter(pk=partner.pk).update(name="Anna & Co", country="GB")
    entry = newest()
    assert (entry.event, entry.noun, entry.object_id, entry.label) == (
        "CHANGED", "program_partner", partner.pk, "Anna & Co")  # fmt: skip
    assert entry.changes == {"name": ["Anna", "Anna & Co"], "country": ["", "GB"]}
    assert (entry.who, entry.user_id, entry.source, entry.address) == ("carrie", 7, "PAGE", "192.0.2.1")
    assert (entry.account, entry.program_id) == (brand.account, brand.pk)


def test_of_a_change_of_an_order_what_was_said_is_told_and_not_how_workers_went_about_it(brand):
    make_event_type(program=brand, code="SALE")
    with audit_actor(CARRIE):
        modification = make_modification(program=brand, OrderId="A1", Amount=50)
        assert newest().changes.keys() == {
            "event_type_id", "order_id", "modification_date", "source", "payload", "state"
        }  # fmt: skip
        number = newest().pk
        Modification.objects.update(attempts=1, begun_together=True)
        assert newest().pk == number
    assert newest().label.startswith(modification.order_id)


def test_a_row_is_called_by_what_it_belongs_to(brand, alice):
    sale = make_event_type(program=brand, code="SALE")
    set_customer_status_mapping(event_type=sale, mapping={"New": ["n1"]}, enabled=True)
    anna = make_partner(program=brand, name="Anna", groups=["Blogs"])
    make_customer(program=brand, customer_id="c-1", tags=["VIP"])
    make_exception_list(program=brand, name="Winter", values=["S1"])
    invite(account=brand.account, email="eve@example.com", role="VIEWER", by=alice)
    version = publish_document(program=brand, document=terms_document()).version
    Contract.objects.create(program=brand, partner=anna, terms_version=version, period=(None, None))
    part = {"program": brand, "event_payout": EventPayout.objects.get(), "rank": 1}
    PayoutGroup.objects.create(**part, name="Regulars", payout_rate=5)
    PayoutRestriction.objects.create(**part)
    labels = {entry.noun: entry.label for entry in AuditEntry.objects.order_by("id")}
    expected = {
        "accounts_user": "alice",
        "accounts_membership": "alice",
        "accounts_invitation": "eve@example.com",
        "program_partnergroupmember": "Anna (Blogs)",
        "program_customertagging": "c-1 (VIP)",
        "program_customerstatusmapping": "n1 (SALE)",
        "program_exceptionlistitem": "S1 (Winter)",
        "contracts_eventpayout": "SALE (Standard)",
        "contracts_payoutgroup": "Regulars (Standard, SALE)",
        "contracts_payoutrestriction": "rank 1 (Standard, SALE)",
        "contracts_termsversion": "Standard, version 1",
        "contracts_contract": "Anna (Standard, version 1)",
    }
    assert {noun: labels[noun] for noun in expected} == expected


def test_raw_sql_is_told_too(brand):
    partner = make_partner(program=brand)
    with audit_actor(CARRIE), connection.cursor() as cursor:
        cursor.execute("WITH gone AS (SELECT 1) UPDATE program_partner SET name = 'x' WHERE id = %s", [partner.pk])
    assert (newest().who, newest().changes["name"][1]) == ("carrie", "x")


def test_the_name_does_not_stay_on_the_connection(brand):
    with audit_actor(CARRIE):
        make_partner(program=brand)
    make_partner(program=brand)
    assert (newest().who, newest().source) == ("", "")


def test_a_name_that_was_rolled_back_is_told_again(brand):
    with audit_actor(CARRIE):
        with transaction.atomic():
            make_partner(program=brand)
            transaction.set_rollback(True)
        make_partner(program=brand)
    assert newest().who == "carrie"


def test_what_changes_nothing_leaves_no_entry(brand):
    partner = make_partner(program=brand)
    before = AuditEntry.objects.count()
    partner.save()
    assert AuditEntry.objects.count() == before


def test_many_rows_of_one_statement_are_one_entry(brand):
    CatalogItem.objects.bulk_create(CatalogItem(program=brand, sku=f"S{number:02}") for number in range(21))
    entry = newest()
    assert (entry.event, entry.count, entry.label) == ("ADDED", 21, "S00, S01, S02, …")
    CatalogItem.objects.update(category="Anvils")
    entry = newest()
    assert (entry.event, entry.count, entry.changes) == ("CHANGED", 21, {"category": []})


def test_no_secret_gets_into_the_log(brand, alice):
    _, secret = make_api_token(account=brand.account, name="Shop")
    alice.set_password("another secret")
    alice.save()
    told = str([*AuditEntry.objects.values(), *AuditText.objects.values()])
    assert newest().changes == {"password": []}
    assert secret not in told
    assert alice.password not in told


def test_an_event_is_told_to_every_account_of_the_user(brand, alice):
    record(event="LOGGED_IN", words="logged in", user=alice)
    record(event="LOG_IN_FAILED", words="failed to log in", who="nobody")
    unknown, known = AuditEntry.objects.order_by("-id")[:2]
    assert (known.account, known.who, known.label) == (brand.account, "alice", "logged in")
    assert (unknown.account, unknown.who) == (None, "nobody")


def test_what_a_worker_does_for_somebody_is_theirs(brand, alice):
    with audit_actor(Actor(who="tracking.import", source="WORKER")), audited_as(alice):
        make_partner(program=brand)
    assert (newest().who, newest().user, newest().source) == ("alice", alice, "WORKER")


@pytest.mark.parametrize("rows", [20, 21])
def test_changes_up_to_twenty_are_told_one_by_one(brand, rows):
    before = AuditEntry.objects.count()
    CatalogItem.objects.bulk_create(CatalogItem(program=brand, sku=f"S{number:02}") for number in range(rows))
    assert AuditEntry.objects.count() - before == (20 if rows == 20 else 1)


def test_what_an_api_token_changes_is_told_under_its_name(brand):
    _, secret = make_api_token(account=brand.account, name="Shop")

    def changes(request):
        assert Credentials().authenticate(request, brand.account.sid, secret).account == brand.account
        make_partner(program=brand, name="Anna")
        return HttpResponse()

    ActorMiddleware(changes)(RequestFactory(REMOTE_ADDR="192.0.2.9").post("/Advertisers/BB-ANVILS/Conversions"))
    entry = newest()
    assert (entry.label, entry.source, entry.address) == ("Anna", "API", "192.0.2.9")
    assert entry.who == f"Shop (…{secret[-4:]})"
    assert entry.user_id is None


def test_a_refused_token_is_named_nowhere(brand):
    def changes(request):
        assert Credentials().authenticate(request, brand.account.sid, "wrong") is None
        make_partner(program=brand)
        return HttpResponse()

    ActorMiddleware(changes)(RequestFactory().post("/Advertisers/BB-ANVILS/Conversions"))
    assert (newest().who, newest().source) == ("", "PAGE")


def test_a_save_says_nothing_of_groups_and_codes_that_stay(brand):
    partner = add_partner(program=brand, partner_id="P-1", name="Anna", groups=["Blogs", "Email"])
    sale = make_event_type(program=brand)
    set_customer_status_mapping(event_type=sale, mapping={"New": ["n1", "n2"]}, enabled=True)
    last = newest().pk
    change_partner(partner=partner, name="Anna", country="", email="", groups=["email", "Blogs"], is_active=True)
    set_customer_status_mapping(event_type=sale, mapping={"New": ["n2", "n1"]}, enabled=True)
    assert not AuditEntry.objects.filter(pk__gt=last).exists()
    change_partner(partner=partner, name="Anna", country="", email="", groups=["Blogs", "Coupon"], is_active=True)
    set_customer_status_mapping(event_type=sale, mapping={"New": ["n1"], "Existing": ["n2"]}, enabled=True)
    told = AuditEntry.objects.filter(pk__gt=last).order_by("pk").values_list("event", "noun", "count")
    member, code = "program_partnergroupmember", "program_customerstatusmapping"
    assert [each for each in told if each[1] in (member, code)] == [
        ("REMOVED", member, 1), ("ADDED", member, 1), ("REMOVED", code, 1), ("ADDED", code, 1),
    ]  # fmt: skip
    assert list(partner.groups.order_by("name").values_list("name", flat=True)) == ["Blogs", "Coupon"]
    assert sale.statuses() == {"Existing": ["n2"], "New": ["n1"]}
