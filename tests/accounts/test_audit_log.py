"""The audit log: the database records every writer's changes, and never changes an entry."""

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.http import HttpResponse
from django.test import RequestFactory

from accounts.api_tokens import make_api_token
from accounts.audit.actor import Actor, ActorMiddleware, audit_actor, audited_as
from accounts.audit.log import Proof, prove_log, record
from accounts.models import AuditEntry, AuditLink, AuditText
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


def commit_links():
    """What a commit does."""
    connection.check_constraints()


def past_triggers(sql, **values):
    """As the owner of the tables can do it, and nobody else."""
    with connection.cursor() as cursor:
        for table in ("accounts_auditentry", "accounts_audittext", "accounts_auditlink"):
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        cursor.execute(sql, values)


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


@pytest.mark.parametrize("table", ["accounts_auditentry", "accounts_audittext", "accounts_auditlink"])
@pytest.mark.parametrize("statement", ["UPDATE {} SET {}", "DELETE FROM {}", "TRUNCATE {} CASCADE"])
def test_the_database_refuses_to_change_it(brand, table, statement):
    commit_links()
    column = {
        "accounts_auditentry": "who = 'x'",
        "accounts_audittext": "content = '\"x\"'",
        "accounts_auditlink": "hash = 'x'",
    }[table]  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        with pytest.raises(DatabaseError, match="only grows"):
            cursor.execute(statement.format(table, column))


@pytest.mark.parametrize(
    "tamper",
    [
        "UPDATE accounts_auditentry SET who = 'mallory' WHERE id = %(id)s",
        "UPDATE accounts_auditentry SET account_id = NULL WHERE id = %(id)s",
        "UPDATE accounts_auditentry SET digests = '{}' WHERE id = %(id)s",
        "UPDATE accounts_audittext SET content = '\"Bert\"' WHERE entry_id = %(id)s AND field = ''",
        "UPDATE accounts_audittext SET content = '[\"Anna\", \"Bert\"]' WHERE entry_id = %(id)s AND field = 'name'",
        "UPDATE accounts_audittext SET salt = gen_random_uuid() WHERE entry_id = %(id)s AND field = 'name'",
        "INSERT INTO accounts_audittext (entry_id, field, salt, content) VALUES (%(id)s, 'id', gen_random_uuid(), '7')",
        "DELETE FROM accounts_auditlink WHERE entry_id = %(id)s",
        "SET CONSTRAINTS ALL DEFERRED; DELETE FROM accounts_auditentry WHERE id = %(id)s",
        "DELETE FROM accounts_auditlink WHERE entry_id = %(id)s; DELETE FROM accounts_auditentry WHERE id = %(id)s",
    ],
    ids=[
        "who",
        "account",
        "digests",
        "label",
        "values",
        "salt",
        "values made up",
        "hash taken",
        "entry taken",
        "both taken",
    ],
)
def test_the_chain_tells_what_was_tampered_with(brand, tamper):
    partner = make_partner(program=brand, name="Anna")
    Partner.objects.filter(pk=partner.pk).update(name="Anne")
    make_partner(program=brand)
    commit_links()
    assert prove_log() == prove_log(account=brand.account) == Proof(broken=[], erased=0)
    place = AuditEntry.objects.order_by("-id")[1].pk
    past_triggers(tamper, id=place)
    named = prove_log().broken
    assert named
    assert named[0] in (place, place + 1), "of an entry that was removed with its hash, the next one tells"
    assert prove_log(account=brand.account).broken
    with connection.cursor() as cursor:  # or the end of the test finds the missing row
        cursor.execute("DELETE FROM accounts_auditlink")


def test_each_account_has_a_chain_of_its_own(brand, charlie):
    commit_links()
    chains = dict(AuditLink.objects.values_list("chain").distinct().values_list("chain", "chain"))
    assert brand.account_id in chains
    assert AuditLink.objects.filter(position=1).count() == len(chains)


@pytest.mark.parametrize("field", ["", "name"], ids=["label", "values"])
def test_an_erased_text_leaves_the_chain_whole_and_is_counted(brand, capsys, field):
    partner = make_partner(program=brand, name="Anna")
    Partner.objects.filter(pk=partner.pk).update(name="Anne")
    make_partner(program=brand)
    commit_links()
    entry = AuditEntry.objects.order_by("-id")[1]
    past_triggers(
        "DELETE FROM accounts_audittext WHERE entry_id = %(id)s AND field = %(field)s", id=entry.pk, field=field
    )
    assert prove_log() == prove_log(account=brand.account) == Proof(broken=[], erased=1)
    call_command("verify_audit")
    assert '"Erased": 1' in capsys.readouterr().out
    assert (entry.label, entry.changes) == (
        (None, {"name": ["Anna", "Anne"]}) if field == "" else ("Anne", {"name": None})
    )


def test_equal_texts_have_different_digests(brand):
    make_partner(program=brand, name="Anna")
    make_partner(program=brand, name="Anna")
    assert len({each[""] for each in AuditEntry.objects.order_by("-id").values_list("digests", flat=True)[:2]}) == 2


def test_a_command_proves_the_log(brand, alice, capsys):
    commit_links()
    call_command("verify_audit")
    assert '"Broken": 0' in capsys.readouterr().out
    past_triggers("UPDATE accounts_auditentry SET who = 'mallory' WHERE account_id IS NOT NULL")
    with pytest.raises(CommandError, match="tampered"):
        call_command("verify_audit")


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
