"""The audit log only grows: the database refuses to change an entry, and its chain tells where somebody did."""

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection

from accounts.audit.log import Proof, prove_log
from accounts.models import AuditEntry, AuditLink
from program.models import Partner
from tests.factories import make_partner


def commit_links():
    """What a commit does."""
    connection.check_constraints()


def past_triggers(sql, **values):
    """As the owner of the tables can do it, and nobody else."""
    with connection.cursor() as cursor:
        for table in ("accounts_auditentry", "accounts_audittext", "accounts_auditlink"):
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        cursor.execute(sql, values)


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
