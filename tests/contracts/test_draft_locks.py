"""A draft that is held, as while a file is imported into it, lets orders make counters of its terms."""

import psycopg
import pytest
from django.db import transaction

from contracts.drafts.revisions import hold

COUNTER = "SELECT FROM contracts_templateterms WHERE id = %s FOR KEY SHARE NOWAIT"  # as a reference to it is checked
CHANGE = "SELECT FROM contracts_templateterms WHERE id = %s FOR NO KEY UPDATE NOWAIT"


@pytest.mark.django_db(transaction=True)
def test_a_held_draft_keeps_other_changes_waiting_and_no_order(terms, product_environment):
    with transaction.atomic(), psycopg.connect(product_environment["DATABASE_URL"]) as other:
        hold(terms.pk)
        other.execute(COUNTER, [terms.pk])
        with pytest.raises(psycopg.errors.LockNotAvailable):
            other.execute(CHANGE, [terms.pk])
