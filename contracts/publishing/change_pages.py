"""What a draft changes against the newest version of its terms; taking it back, a part at a time or all of it."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from common.db.edits import Gone, Stale
from common.refusals import Refused
from common.web.lists import number_of
from contracts.access import event_payout_for_edit, template_terms_for_edit, template_terms_for_view
from contracts.drafts.documents import draft_terms
from contracts.drafts.unpublished import (
    discard_changes,
    newest_version,
    present_terms,
    revert_sections,
    revert_terms_sections,
)
from contracts.editing.terms_page import terms_url
from contracts.engine.document.terms import SENTENCES, Terms
from contracts.engine.document.terms import EventPayout as Agreed
from contracts.models import EventPayout, TemplateTerms
from contracts.sections.lists.ranked_lists import Kind
from contracts.sections.panels import Panel, line_of
from contracts.sections.registry import ADVANCED, PARTS, TERMS_PANELS
from program.frame.request import ProgramRequest
from program.templatetags.brandboard import number

from .review.comparing import Change, Section, changes_between

IN_WORDS = 3  # changes that the bar names
SHOWN = 12  # changes of one part that the side names
_PART_OF = {section.section: part for part in (*PARTS, *TERMS_PANELS.values()) for section in part.sections}


@dataclass(frozen=True, slots=True)
class PartChange:
    """Whether a part of the page differs from the newest version, and what that version says of it."""

    slug: str
    is_changed: bool
    before: str = ""
    revert_url: str = ""

    @property
    def is_advanced(self) -> bool:
        """Whether it is one of the advanced settings, which have one entry together in the list of sections."""
        return any(panel.slug == self.slug for panel in ADVANCED)


@dataclass(frozen=True, slots=True)
class Lines:
    """Changes of one part of a page, which are reverted together; `title` is said above the first part of a section."""

    title: str
    changes: list[Change]
    count: int
    part: str = ""
    revert_url: str = ""


@require_safe
def terms_changes(request: ProgramRequest, program_id: int, pk: int) -> HttpResponse:
    """The part of a draft's page that says what it changes; `event` is the event payout that the page shows."""
    template_terms = template_terms_for_view(request.principal, program_id, pk)
    payouts = list(template_terms.event_payouts.select_related("event_type"))
    shown = next((each for each in payouts if each.pk == number_of(request, "event")), None)
    newest = newest_version(template_terms)
    context: dict[str, Any] = {
        "template_terms": template_terms,
        "newest": newest,
        "is_new": newest is None,
        "count": None,
    }
    if newest is not None:
        before, draft = present_terms(newest), draft_terms(template_terms)
        changes = changes_between(before, draft, program_id)
        named = [change.what for section in changes for change in section.changes]
        count = len(named) + sum(section.more for section in changes)
        old, new = _by_code(before), _by_code(draft)
        parts = _parts(shown, before, draft) if shown else []
        context |= {
            "lines": list(_lines(changes, template_terms, {each.event_type.code: each for each in payouts}, old)),
            "count": count,
            "words": ", ".join(named[:IN_WORDS])
            + (f" and {number(count - IN_WORDS)} more" if count > IN_WORDS else ""),
            "parts": parts,
            "advanced_changed": any(part.is_changed and part.is_advanced for part in parts),
            "events": [(each.pk, old.get(each.event_type.code) != new[each.event_type.code]) for each in payouts],
        }
    return render(request, "contracts/_draft_changes.html", context)


@require_POST
def terms_discard(request: ProgramRequest, program_id: int, pk: int) -> HttpResponse:
    """Make the draft what the newest version says."""
    template_terms = template_terms_for_edit(request.principal, program_id, pk)
    try:
        discard_changes(template_terms=template_terms, seen=request.POST.get("seen"))
    except Stale:
        return _ask_again(request, template_terms)
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, "The draft's changes are discarded.")
    return redirect("contracts:terms_edit", program_id, pk)


def _ask_again(request: ProgramRequest, template_terms: TemplateTerms) -> HttpResponse:
    """The changes that would be discarded now, those that somebody else has made since among them."""
    template_terms.refresh_from_db()
    newest = newest_version(template_terms)
    assert newest is not None
    context = {
        "template_terms": template_terms,
        "newest": newest,
        "before": f"Version {newest.number}",
        "changes": changes_between(present_terms(newest), draft_terms(template_terms), template_terms.program_id),
    }
    return render(request, "contracts/terms_discard.html", context, status=409)


@require_POST
def panel_revert(request: ProgramRequest, program_id: int, pk: int, panel: Panel) -> HttpResponse:
    return _revert(request, event_payout_for_edit(request.principal, program_id, pk), panel)


@require_POST
def terms_panel_revert(request: ProgramRequest, program_id: int, pk: int, terms_panel: Panel) -> HttpResponse:
    template_terms = template_terms_for_edit(request.principal, program_id, pk)
    return _back(
        request,
        lambda seen: revert_terms_sections(template_terms=template_terms, sections=terms_panel.names, seen=seen),
        f"{terms_panel.title} is again as in the newest version.",
        reverse("contracts:terms_edit", args=[program_id, pk]),
    )


@require_POST
def list_revert(request: ProgramRequest, program_id: int, pk: int, kind: Kind) -> HttpResponse:
    return _revert(request, event_payout_for_edit(request.principal, program_id, pk), kind)


def _revert(request: ProgramRequest, event_payout: EventPayout, part: Panel | Kind) -> HttpResponse:
    names = [section.section for section in part.sections]
    return _back(
        request,
        lambda seen: revert_sections(event_payout=event_payout, sections=names, seen=seen),
        f"{part.title} is again as in the newest version.",
        terms_url(event_payout, part.slug),
    )


def _back(request: ProgramRequest, act: Callable[[str | None], None], said: str, page: str) -> HttpResponse:
    """Do it where the draft is as its editor saw it, and show the draft as it is then."""
    try:
        act(request.POST.get("seen"))
    except Gone:
        messages.error(request, "Someone else removed this event type from the draft meanwhile. Nothing was changed.")
    except Stale:
        messages.error(request, "The draft has changed since you saw it. Nothing was reverted; this is how it is now.")
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, said)
    return redirect(page)


def _by_code(terms: Terms) -> dict[str, Agreed]:
    return {each.event_type_code: each for each in terms.event_payouts}


def _parts(shown: EventPayout, before: Terms, draft: Terms) -> list[PartChange]:
    code = shown.event_type.code
    old, new = _by_code(before).get(code), _by_code(draft)[code]
    terms = shown.template_terms
    return [
        *(_part(part, shown, old, new, before.currency) for part in PARTS),
        *(_part(panel, terms, before, draft, before.currency) for panel in TERMS_PANELS.values()),
    ]


def _lines(
    changes: list[Section], terms: TemplateTerms, payouts: Mapping[str, EventPayout], old: Mapping[str, Agreed]
) -> Iterator[Lines]:
    """What the draft changes, by the part of the page that says it. What an event type had nothing of before, or is no
    longer paid for, cannot be reverted by itself.
    """
    for section in changes:
        title = section.title
        for part, some in groupby(section.changes, key=lambda change: _PART_OF.get(change.section)):
            found = list(some)
            owner = payouts.get(section.code) if section.code in old else None if section.code else terms
            url = _revert_url(part, owner) if part and owner else ""
            yield Lines(title, found[:SHOWN], len(found) + section.more, part.title if part else "", url)
            title = ""


def _revert_url(part: Panel | Kind, owner: EventPayout | TemplateTerms) -> str:
    if isinstance(part, Panel):
        address = "contracts:terms_panel_revert" if part.is_of_terms else "contracts:panel_revert"
    else:
        address = "contracts:list_revert"
    return reverse(address, args=[owner.program_id, owner.pk, part])


def _part(part: Panel | Kind, owner: Any, before: Any, after: Any, currency: str) -> PartChange:
    """`owner` is what the draft has the part in, `before` and `after` what was published of that and what would be."""
    names = [section.section for section in part.sections]
    if before is None:
        return PartChange(part.slug, True, "not paid for")
    if all(getattr(before, name) == getattr(after, name) for name in names):
        return PartChange(part.slug, False)
    if isinstance(part, Panel):
        agreed = [(each, getattr(before, each.section)) for each in part.sections]
        words = line_of(each.summarized(value, SENTENCES[each.section], currency) for each, value in agreed)
    else:
        count = len(getattr(before, part.section))
        words = f"{count:,} {part.noun if count == 1 else part.nouns}"
    return PartChange(part.slug, True, words, _revert_url(part, owner))
