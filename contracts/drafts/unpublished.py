"""The draft beside the newest version of its terms: whether they differ, and how to go back to it."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from django.db import transaction
from django.db.models import F, Max

from common.db.statements import insert_rows
from common.refusals import Refused
from contracts.drafts.documents import LISTS, draft_terms, fill_draft, row_of, version_terms
from contracts.engine.document.terms import RANKED, SENTENCES, SINGLE, Terms
from contracts.models import EventPayout, TemplateTerms, TermsVersion
from contracts.uses.renamed import terms_with_present_names

from .revisions import touch, touch_as_seen
from .sections import set_sections, set_terms_sections, switch_section

NO_VERSION = "These terms were never published: there is nothing to go back to."


def newest_version(template_terms: TemplateTerms) -> TermsVersion | None:
    """The version published last, without its document, which `version_terms` keeps read; None before the first."""
    return template_terms.versions.defer("document").order_by("-number").first()


def has_unpublished_changes(template_terms: TemplateTerms) -> bool:
    """Whether the draft differs from the newest version, or there is none yet. Another name of a tag does not count."""
    if template_terms.published_revision == template_terms.draft_revision:
        return False
    newest = newest_version(template_terms)
    return newest is None or present_terms(newest) != draft_terms(template_terms)


@transaction.atomic
def open_draft(*, template_terms: TemplateTerms) -> bool:
    """Fill an empty draft from the newest version; whether the draft holds anything then."""
    touch(template_terms.pk)
    if template_terms.event_payouts.exists():
        return True
    newest = newest_version(template_terms)
    if newest is not None:
        fill_draft(template_terms, present_terms(newest))
    return newest is not None


@transaction.atomic
def discard_changes(*, template_terms: TemplateTerms, seen: str | None = None) -> None:
    """Make the draft what the newest version says; rows that are switched off stay. Raises Refused where there is no
    version, and Stale unless `seen` is the draft's revision.
    """
    touch_as_seen(template_terms.pk, seen)
    newest = newest_version(template_terms)
    if newest is None:
        raise Refused(NO_VERSION)
    terms = present_terms(newest)
    agreed = {each.event_type_code: each for each in terms.event_payouts}
    kept = {
        each.event_type_id: _left_out(each, agreed[each.event_type.code])
        for each in template_terms.event_payouts.select_related("event_type")
        if each.event_type.code in agreed
    }
    fill_draft(template_terms, terms)
    for event_payout in template_terms.event_payouts.all():
        _append(event_payout, kept.get(event_payout.event_type_id, {}))
    TemplateTerms.objects.filter(pk=template_terms.pk).update(published_revision=F("draft_revision"))


@transaction.atomic
def revert_sections(*, event_payout: EventPayout, sections: Collection[str], seen: str | None = None) -> None:
    """Make these sections of a draft, by their names, what the newest version says of the same event type.

    Raises Refused where that version does not pay for it, or where its values no longer fit the rest of the draft, and
    Stale unless `seen` is the draft's revision.
    """
    terms = event_payout.template_terms
    touch_as_seen(terms.pk, seen)
    newest = newest_version(terms)
    if newest is None:
        raise Refused(NO_VERSION)
    agreed = {each.event_type_code: each for each in present_terms(newest).event_payouts}
    payout = agreed.get(event_payout.event_type.code)
    if payout is None:
        raise Refused(f"Version {newest.number} does not pay for {event_payout.event_type}.")
    single = {name: getattr(payout, name) for name in sections if name in SINGLE}
    if single:
        set_sections(event_payout=event_payout, **_offered(single))
    for name in sections:
        if name in RANKED:
            kind, kept = LISTS[name], _left_out(event_payout, payout, [name])
            kind._default_manager.filter(event_payout=event_payout).delete()
            rows = [row_of(name, value, rank) for rank, value in RANKED[name].numbered(getattr(payout, name))]
            for row in rows:
                row.event_payout, row.program_id = event_payout, event_payout.program_id
            insert_rows(rows)
            switch_section(event_payout=event_payout, section=name, on=True)
            _append(event_payout, kept)


@transaction.atomic
def revert_terms_sections(*, template_terms: TemplateTerms, sections: Collection[str], seen: str | None = None) -> None:
    """Make these sections of the terms as a whole, by their names, what the newest version says. Raises Refused where
    there is none, and Stale unless `seen` is the draft's revision.
    """
    touch_as_seen(template_terms.pk, seen)
    newest = newest_version(template_terms)
    if newest is None:
        raise Refused(NO_VERSION)
    terms = present_terms(newest)
    set_terms_sections(template_terms=template_terms, **_offered({name: getattr(terms, name) for name in sections}))


def _left_out(event_payout: EventPayout, agreed: Any, lists: Iterable[str] = LISTS) -> dict[str, list[Any]]:
    """The rows that the version cannot have, by the name of their list: each that is switched off, and all of a list
    that is switched off where the version has none of it.
    """
    found = {}
    for name in lists:
        rows = LISTS[name]._default_manager.filter(event_payout=event_payout).order_by("rank")
        is_published = event_payout.is_on(name) or getattr(agreed, name)
        found[name] = list(rows.filter(is_active=False) if is_published else rows)
    return found


def _append(event_payout: EventPayout, lists: Mapping[str, list[Any]]) -> None:
    """Put these rows, switched off, after those of the version."""
    for name, rows in lists.items():
        kind = LISTS[name]
        last = kind._default_manager.filter(event_payout=event_payout).aggregate(last=Max("rank"))["last"] or 0
        for rank, row in enumerate(rows, last + 1):
            row.pk, row.rank, row.is_active = None, rank, False
            row.event_payout, row.program_id = event_payout, event_payout.program_id
        insert_rows(rows)


def _offered(published: Mapping[str, Any]) -> dict[str, Any]:
    """Values of sections as a draft has them, which are offered where they are absent, and their switches."""
    on = {name: value != SENTENCES[name].absent for name, value in published.items()}
    values = {name: value if on[name] else SENTENCES[name].offered for name, value in published.items()}
    return {"values": values, "switches": on}


def present_terms(version: TermsVersion) -> Terms:
    """The terms of a version as a draft that it fills would stand for them, tags by their present names."""
    return terms_with_present_names(version.program_id, version_terms(version.pk))
