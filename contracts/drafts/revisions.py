"""Every change of a draft counts, and waits for the one before it."""

from django.db.models import F
from django.utils import timezone

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
