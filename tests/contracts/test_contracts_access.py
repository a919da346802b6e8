"""Access: another brand's rows do not exist, and a viewer changes nothing."""

from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.http import Http404

from contracts import access
from contracts.drafts.rows import add_payout_adjustment, add_payout_group, add_payout_restriction
from contracts.models import Contract
from contracts.publishing.services import publish_draft
from program.principal import member
from tests.factories import make_program


@pytest.fixture
def rows(terms, event_payout, anna):
    group = add_payout_group(event_payout=event_payout, rules=[], payout_rate=Decimal(15))
    adjustment = add_payout_adjustment(event_payout=event_payout, rules=[], direction="INCREASE", rate=Decimal(5))
    restriction = add_payout_restriction(
        event_payout=event_payout, rules=[{"Variable": "ITEM_SKU", "Operator": "IS", "Values": ["S1"]}]
    )
    version = publish_draft(template_terms=terms, join="all").version
    return {
        "template_terms": terms,
        "event_payout": event_payout,
        "payout_group": group,
        "payout_adjustment": adjustment,
        "payout_restriction": restriction,
        "terms_version": version,
        "contract": Contract.objects.get(),
    }


def gates(noun):
    """The names of the access functions for rows of this kind."""
    return [name for verb in ("view", "edit") if hasattr(access, name := f"{noun}_for_{verb}")]


def ask(gate, user, row, program_id=1000):
    own = user.membership_set.get().account.program_set.first()
    return getattr(access, gate)(member(user.pk, own.pk), program_id, row.pk)


def test_members_see_and_editors_edit(rows, erin, bob):
    for noun, row in rows.items():
        assert gates(noun)
        for gate in gates(noun):
            assert ask(gate, erin, row) == row
            if gate.endswith("_view"):
                assert ask(gate, bob, row) == row
                continue
            with pytest.raises(PermissionDenied):
                ask(gate, bob, row)


def test_another_brand_s_rows_do_not_exist(rows, charlie):
    for noun, row in rows.items():
        for gate in gates(noun):
            for program_id in (1000, 2000):
                with pytest.raises(Http404):
                    ask(gate, charlie, row, program_id)


def test_a_row_is_found_in_its_own_program_alone(rows, alice, brand):
    sister = make_program(account=brand.account)
    for noun, row in rows.items():
        for gate in gates(noun):
            with pytest.raises(Http404):
                ask(gate, alice, row, sister.pk)
