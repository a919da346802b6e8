"""Settings → Audit log, as an administrator reads it."""

from datetime import UTC, datetime

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from accounts.models import AuditEntry
from program.account_pages.audit_words import nouns
from program.models import Partner
from tests.factories import make_contracts, make_event_type, make_partner, make_program, make_user, terms_document

LOG = "/p/1000/settings/audit-log/"


@pytest.fixture
def administrator(alice, client_of):
    return client_of(alice)


def read(browser, **query):
    return browser.get(LOG, query).content.decode()


def test_it_reads_as_sentences(administrator, brand):
    partner = make_partner(program=brand, name="Anna")
    form = {"name": "Anna & Co", "country": "GB", "email": ""}
    administrator.post(reverse("program:partner_edit", args=[1000, partner.pk]), form)
    page = read(administrator)
    assert "added partner Anna" in page
    assert "changed partner Anna &amp; Co" in page
    assert 'Name: <span class="muted">Anna</span> → Anna &amp; Co' in page
    assert "Pages" in page
    assert "127.0.0.1" in page


def test_times_of_contracts_read_as_days_of_the_program(administrator, brand):
    make_event_type(program=brand)
    start = datetime(2026, 6, 30, 23, tzinfo=UTC)
    partner = make_partner(program=brand)
    make_contracts(program=brand, document=terms_document(), partners=[partner], start=start)
    brand.contract_set.update(period=(start, datetime(2026, 12, 1, tzinfo=UTC)))
    page = read(administrator)
    assert "Period: from 1 Jul 2026, 00:00 BST on" in page
    assert "from 1 Jul 2026, 00:00 BST until 1 Dec 2026, 00:00 GMT" in page
    assert "+00" not in page


def test_what_was_erased_is_said_to_be(administrator, brand):
    partner = make_partner(program=brand, name="Anna")
    Partner.objects.filter(pk=partner.pk).update(name="Berta")
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE accounts_audittext DISABLE TRIGGER USER")
        cursor.execute("DELETE FROM accounts_audittext WHERE content LIKE '%Anna%' OR content LIKE '%Berta%'")
    page = read(administrator, noun="program_partner")
    assert "added partner (erased)" in page
    assert "<li>Name: (erased)</li>" in page
    assert "Anna" not in page
    assert "Berta" not in page


def test_what_was_changed_in_another_program_of_the_account_names_it(administrator, brand):
    shoes = make_program(account=brand.account, name="Shoes")
    make_partner(program=brand, name="Anna")
    assert '<span class="muted">in Shoes</span>' not in read(administrator, noun="program_partner")
    make_partner(program=shoes, name="Berta")
    assert 'added partner Berta <span class="muted">in Shoes</span>' in read(administrator, noun="program_partner")


def test_the_filter_names_each_table_as_the_log_does(administrator):
    page = read(administrator)
    assert ">API tokens</option>" in page
    assert ">Catalog items</option>" in page
    assert all(f">{words}</option>" in page for _, words in nouns())


def test_filters_by_person_noun_and_day(administrator, brand, alice):
    make_partner(program=brand, name="Anna", groups=["Blog"])
    assert "added partner Anna" not in read(administrator, noun="program_partnergroup")
    assert "added partner group Blog" in read(administrator, noun="program_partnergroup")
    assert "added partner Anna" not in read(administrator, who="alice")
    assert "Nothing was changed" in read(administrator, start_date="2020-01-01", end_date="2020-01-31")
    odd = {"start_date": "x", "end_date": "9999-12-31", "who": "\x00", "page": "-1"}
    assert administrator.get(LOG, odd).status_code == 200


def test_it_holds_one_account_alone(brand, alice, charlie, client_of):
    make_partner(program=brand, name="Anna")
    page = client_of(charlie).get(LOG.replace("1000", "2000")).content.decode()
    assert "charlie" in page
    assert "Anna" not in page
    assert "alice" not in page


@pytest.mark.parametrize("role", ["bob", "erin", "frank"])
def test_it_is_for_administrators(role, request, client_of):
    browser = client_of(request.getfixturevalue(role))
    assert browser.get(LOG).status_code == 403
    assert LOG not in browser.get("/p/1000/partners/").content.decode()


def test_its_queries_do_not_grow(administrator, brand, django_assert_num_queries):
    for number in range(40):
        make_partner(program=brand, name=f"Partner {number}")
    with django_assert_num_queries(9):
        assert "Partner 39" in read(administrator)


def test_log_ins_and_failures_are_told(administrator, alice):
    Client().post("/log-in/", {"username": "alice", "password": "hammer"})
    Client().post("/log-in/", {"username": "alice", "password": "anvil"})
    page = read(administrator, noun="EVENT", who="alice")
    assert "failed to log in" in page
    assert "logged in" in page


def test_the_administration_is_named_as_such(brand, client_of):
    root = make_user(username="root", is_staff=True, is_superuser=True)
    partner = make_partner(program=brand, name="Anna")
    inline = {"partnergroupmember_set-TOTAL_FORMS": "0", "partnergroupmember_set-INITIAL_FORMS": "0"}
    form = {"name": "Anne", "channel": "affiliate", "is_active": "on", **inline}
    client_of(root).post(reverse("admin:program_partner_change", args=[partner.pk]), form)
    assert Partner.objects.get().name == "Anne"
    entry = AuditEntry.objects.filter(event="CHANGED").first()
    assert (entry.who, entry.source, entry.changes) == ("root", "ADMIN", {"name": ["Anna", "Anne"]})
