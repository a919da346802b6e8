"""Publishing for many partners by a real worker that is killed in the middle: nothing of it stays, and another does it
once.
"""

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from accounts.models import AuditEntry
from common.queue.notify import notify
from contracts.models import Contract, Publishing, TermsVersion
from contracts.publishing.confirmed.jobs import Kind, Wanted, leave_to_worker
from contracts.publishing.services import effects_of_publishing
from tests.factories import make_partner
from tests.tracking.test_tag_act_deaths import worker
from tests.tracking.test_workers import wait_for

pytestmark = pytest.mark.django_db(transaction=True)


def is_so_far(progress, **fields):
    return lambda: Publishing.objects.filter(progress__gte=progress, **fields).exists()


def test_a_worker_killed_in_the_middle_leaves_nothing_and_another_does_it_once(
    brand, alice, event_payout, product_environment
):
    terms = event_payout.template_terms
    for _ in range(3):
        make_partner(program=brand)
    shown = effects_of_publishing(template_terms=terms, join="all").fingerprint
    wanted = Wanted(Kind.PUBLISH, "all", None)
    asked = leave_to_worker(
        template_terms=terms, wanted=wanted, shown=shown, touched=3, address="", sent=[], user_id=alice.pk
    )
    other = connection.copy()
    other.set_autocommit(False)
    with other.cursor() as cursor:
        cursor.execute("LOCK TABLE contracts_contract IN SHARE MODE")  # the worker cannot write them yet
    with worker(product_environment):
        notify("contracts.publish_confirmed", asked.pk)
        wait_for(is_so_far(1, state="RUNNING"), seconds=60)
    other.rollback()
    other.close()
    assert not TermsVersion.objects.exists(), "what it did is gone with it"
    Publishing.objects.update(beat_at=timezone.now() - timedelta(minutes=2))
    with worker(product_environment):
        notify("contracts.publish_confirmed", asked.pk)
        wait_for(is_so_far(3, state="DONE"), seconds=60)
    asked.refresh_from_db()
    assert (asked.attempts, asked.version) == (2, TermsVersion.objects.get())
    assert Contract.objects.count() == 3
    entry = AuditEntry.objects.get(noun="contracts_termsversion")
    assert (entry.who, entry.count) == ("alice", 1)
