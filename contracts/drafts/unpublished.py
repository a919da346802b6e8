"""The draft beside the newest version of its terms."""

from django.db import transaction

from contracts.drafts.documents import draft_terms, fill_draft, published_terms
from contracts.engine.document.terms import Terms
from contracts.models import TemplateTerms, TermsVersion
from contracts.uses.renamed import terms_with_present_names

from .revisions import touch


def newest_version(template_terms: TemplateTerms) -> TermsVersion | None:
    """The version published last; None before the first."""
    return template_terms.versions.order_by("-number").first()


def has_unpublished_changes(template_terms: TemplateTerms) -> bool:
    """Whether the draft differs from the newest version, or there is none yet. Another name of a tag does not count."""
    if template_terms.published_revision == template_terms.draft_revision:
        return False
    newest = newest_version(template_terms)
    return newest is None or _published(newest) != draft_terms(template_terms)


@transaction.atomic
def open_draft(*, template_terms: TemplateTerms) -> bool:
    """Fill an empty draft from the newest version; whether the draft holds anything then."""
    touch(template_terms.pk)
    if template_terms.event_payouts.exists():
        return True
    newest = newest_version(template_terms)
    if newest is not None:
        fill_draft(template_terms, _published(newest))
    return newest is not None


def _published(version: TermsVersion) -> Terms:
    return terms_with_present_names(version.program_id, published_terms(version.document))
