"""Every change of a draft counts, and waits for the one before it."""

from django.db.models import F
from django.utils import timezone

from common.db.edits import Stale
from contracts.models import TemplateTerms


def touch(template_terms_id: int) -> None:
    """Count a change of the draft. The row stays locked until the transaction ends, so changes come one by one."""
    TemplateTerms.objects.filter(pk=template_terms_id).update(
        draft_revision=F("draft_revision") + 1, updated_at=timezone.now()
    )


def hold(template_terms_id: int) -> TemplateTerms:
    """Lock a draft until the transaction ends, as its changes do; orders that make counters of these terms need not
    wait.
    """
    terms = TemplateTerms.objects.select_for_update(of=("self",), no_key=True)
    return terms.select_related("program").get(pk=template_terms_id)


def touch_as_seen(template_terms_id: int, seen: str | None) -> None:
    """The same for a change that takes back what others may have done: Stale unless the draft is still of the revision
    that was seen; without one it may be any.
    """
    touch(template_terms_id)
    revision = TemplateTerms.objects.values_list("draft_revision", flat=True).get(pk=template_terms_id)
    if seen and seen != str(revision - 1):
        raise Stale
