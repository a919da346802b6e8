"""Settling what was refused by a decision: a refused change of an order that needs nothing more is dismissed."""

from collections.abc import Collection

from django.db import transaction
from django.utils import timezone

from program.models import Program
from tracking.models import Modification


@transaction.atomic
def dismiss_modifications(ids: Collection[int], *, program: Program, user_id: int, reason: str) -> int:
    """Put refused changes aside with the reason of whoever decides it; returns how many.

    Nothing of their orders changes. One is applied all the same when its order arrives, and one that is tried again and
    refused again is no longer dismissed.
    """
    refused = Modification.objects.filter(program=program, pk__in=ids).to_settle()
    return refused.update(dismissed_at=timezone.now(), dismissed_by=user_id, dismissal_reason=reason)


@transaction.atomic
def restore_modifications(ids: Collection[int], *, program: Program) -> int:
    """Take the dismissal of refused changes back, so that they are to be settled again; returns how many."""
    dismissed = Modification.objects.filter(program=program, pk__in=ids).dismissed()
    return dismissed.update(dismissed_at=None, dismissed_by=None, dismissal_reason="")
