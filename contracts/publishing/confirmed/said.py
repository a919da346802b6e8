"""What was done, in words."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib import messages
from django.utils import timezone

from contracts.drafts.documents import version_terms
from contracts.editing.places import Places
from contracts.models import TemplateTerms
from contracts.publishing.effects import Published
from contracts.uses.tag_payouts import group_in_words
from program.frame.request import ProgramRequest
from program.templatetags.brandboard import day

# How many warnings are shown after publishing; the review page has shown them all.
SAID = 3


@dataclass(frozen=True, slots=True)
class Said:
    """What was done, and the first warnings."""

    done: str
    warnings: list[str]

    def as_json(self) -> dict[str, Any]:
        return {"Said": self.done, "Warnings": self.warnings}


def said_of(template_terms: TemplateTerms, published: Published, more: str = "") -> Said:
    done = " ".join(filter(None, [*_done(published), more]))
    # Those about a rule begin with its path, and come last.
    warnings = sorted(published.warnings, key=lambda warning: warning.startswith("EventPayouts"))
    places = Places(template_terms, version_terms(published.version.pk))
    said = [str(warning) for warning in places.warnings(warnings[:SAID])]
    if len(warnings) > SAID:
        said.append(f"{len(warnings) - SAID} more warnings are on the review page.")
    return Said(done, said)


def say(request: ProgramRequest, template_terms: TemplateTerms, published: Published, more: str = "") -> None:
    """What was done, on the next page."""
    said = said_of(template_terms, published, more)
    messages.success(request, said.done)
    for warning in said.warnings:
        messages.warning(request, warning)


def tag_payout_said(template_terms: TemplateTerms, group: int, done: Published, start: date | None) -> str:
    """What a payout group of tags pays from now on, on the page of them all."""
    words = group_in_words(template_terms, group) or "The payout group"
    if not done.contracts_made:
        return f"{words}. It pays once a partner works under version {done.version.number} of {template_terms.name}."
    today = timezone.localdate(timezone=template_terms.program.zone)
    since = f"from {day(start)} on" if start and start > today else "now"
    return f"In force {since}: {words}, for partners who work under {template_terms.name}."


def _done(published: Published) -> Iterator[str]:
    number, made, ended = published.version.number, published.contracts_made, published.contracts_ended
    if published.is_new:
        yield f"Version {number} is published."
    if made == 1:
        yield f"1 contract was created under version {number}."
    elif made:
        yield f"{made:,} contracts were created under version {number}."
    elif not published.is_new:
        yield f"Nothing had to be done: they already work under version {number}."
    if ended:
        yield "1 contract was ended or shortened." if ended == 1 else f"{ended:,} contracts were ended or shortened."
    if (waiting := published.waiting_orders) == 1:
        yield "1 order that was waiting will be priced now."
    elif waiting:
        yield f"{waiting:,} orders that were waiting will be priced now."
