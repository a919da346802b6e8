"""Dismissing refused changes of orders that need nothing more, and the form that asks why."""

from collections.abc import Collection

from django import forms
from django.db import transaction
from django.utils import timezone

from common.db.edits import lock_in_order
from common.web.field_messages import Worded
from program.models import Program
from tracking.models import Modification


class DismissForm(Worded):
    reason = forms.CharField(
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Why nothing more needs to be done, for later readers. It is kept in the audit log.",
        error_messages={"required": "Say why nothing more needs to be done."},
    )


@transaction.atomic
def dismiss_modifications(ids: Collection[int], *, program: Program, user_id: int, reason: str) -> int:
    """Dismiss refused changes with a reason; returns how many.

    Nothing of their orders changes. One is still applied when its order arrives, and one that is tried again and
    refused again is no longer dismissed.
    """
    refused = Modification.objects.filter(program=program, pk__in=ids).to_settle()
    lock_in_order(refused)
    return refused.update(dismissed_at=timezone.now(), dismissed_by=user_id, dismissal_reason=reason)


@transaction.atomic
def restore_modifications(ids: Collection[int], *, program: Program) -> int:
    """Undo the dismissal of refused changes, so that they have to be settled again; returns how many."""
    dismissed = Modification.objects.filter(program=program, pk__in=ids).dismissed()
    lock_in_order(dismissed)
    return dismissed.update(dismissed_at=None, dismissed_by=None, dismissal_reason="")
