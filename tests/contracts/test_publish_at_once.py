"""Two people publish at the same moment: one after the other, and never two contracts at one time."""

import threading

import pytest
from django.db import connections

from contracts.models import Contract, ContractEventType, TermsVersion
from contracts.publishing.services import publish_document, publish_draft
from tests.factories import terms_document

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*acts):
    start, errors = threading.Barrier(len(acts)), []

    def run(act):
        start.wait()
        try:
            act()
        except Exception as error:
            errors.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=[act]) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return errors


def test_the_same_draft_becomes_one_version(terms, event_payout, anna):
    def publish():
        publish_draft(template_terms=terms, join="all")

    assert at_once(publish, publish) == []
    assert TermsVersion.objects.count() == 1
    assert Contract.objects.count() == 1


def test_of_two_terms_for_one_partner_one_follows_the_other(brand, sale, anna):
    def publishing(name):
        return lambda: publish_document(program=brand, document=terms_document(name=name), join="all")

    publishing("First")()
    assert at_once(publishing("Second"), publishing("Third")) == []
    standing = ContractEventType.objects.filter(period__endswith=None).exclude(period__isempty=True)
    assert standing.count() == 1


def test_two_documents_of_one_new_name_are_two_versions(brand, sale):
    def publishing(rate):
        return lambda: publish_document(program=brand, document=terms_document(rate=rate))

    assert at_once(publishing("5"), publishing("6")) == []
    assert sorted(TermsVersion.objects.values_list("number", flat=True)) == [1, 2]
