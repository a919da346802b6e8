"""Where in a draft an error or a warning is, in words and with the address of its section."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from common.refusals import Refusal
from contracts.drafts.documents import LISTS
from contracts.engine.document.terms import OF_TERMS, Terms
from contracts.engine.document.terms import SECTIONS as ENGINE
from contracts.models import EventPayout, TemplateTerms
from contracts.sections.registry import PARTS, TERMS_PANELS

from .terms_page import terms_url

# The section on the page that has a field of the document.
SECTIONS = {key: each for part in PARTS for each in part.sections for key in ENGINE[each.section].keys}
OF_TERMS_SECTIONS = {
    key: each for panel in TERMS_PANELS.values() for each in panel.sections for key in OF_TERMS[each.section].keys
}
PATH = re.compile(r"EventPayouts\[(\d+)\]\.?(\w*)(?:\[(\d+)\])?")


@dataclass(frozen=True, slots=True)
class Remark:
    """A message about one place; without an address where it is about the terms as a whole."""

    place: str
    url: str
    message: str

    def __str__(self) -> str:
        return f"{self.place}: {self.message}" if self.place else self.message


class Places:
    """The places of a draft's document, as its terms, found by the paths that the engine names them by."""

    def __init__(self, template_terms: TemplateTerms, terms: Terms) -> None:
        self.template_terms, self.terms = template_terms, terms
        rows = template_terms.event_payouts.select_related("event_type", "template_terms")
        self.payouts = {row.event_type.code: row for row in rows}
        self.ranks: dict[tuple[int, str], list[int]] = {}

    def errors(self, errors: Iterable[Refusal]) -> list[Remark]:
        """Every error beside the words for its path."""
        return [self.remark(path, message) for path, message, *_ in errors]

    def warnings(self, warnings: Iterable[str]) -> list[Remark]:
        """Every warning; a path that one begins with becomes words."""
        split = (each.partition(": ") if PATH.match(each) else ("", "", each) for each in warnings)
        return [self.remark(path, message) for path, _, message in split]

    def remark(self, path: str, message: str) -> Remark:
        message = message[:1].upper() + message[1:]
        found = PATH.match(path)
        payouts = self.terms.event_payouts
        if not found and (of_terms := OF_TERMS_SECTIONS.get(re.split(r"[.[]", path)[0])):
            url = reverse("contracts:terms_edit", args=[self.template_terms.program_id, self.template_terms.pk])
            return Remark(of_terms.title, f"{url}#{of_terms.slug}", message)
        if not found or int(found[1]) >= len(payouts):
            return Remark("Terms" if path else "", "", message)
        payout = payouts[int(found[1])]
        # The draft may have lost event types that the newest version pays for.
        event_payout = self.payouts.get(payout.event_type_code)
        section = SECTIONS.get(found[2])
        noun, anchor = (section.noun, section.slug) if section else ("", "")
        if section and found[3]:
            rows = getattr(payout, section.section)
            noun = f"{noun} {self._row(event_payout, section.section, rows, int(found[3]))}"
        name = event_payout.event_type.name if event_payout else payout.event_type_code
        url = terms_url(event_payout, anchor) if event_payout else ""
        return Remark(f"{name}, {noun}" if noun else name, url, message)

    def _row(self, event_payout: EventPayout | None, section: str, rows: Sequence[Any], index: int) -> str:
        """The rank that the page of the draft shows: rows that are switched off have one too, but no place in the
        document."""
        row = rows[index]
        if not hasattr(row, "rank"):
            ranks = self._ranks(event_payout, section) if event_payout else []
            return str(ranks[index] if index < len(ranks) else index + 1)
        return f"{row.rank}, {row.name}" if row.name else str(row.rank)

    def _ranks(self, event_payout: EventPayout, section: str) -> list[int]:
        key = (event_payout.pk, section)
        if key not in self.ranks:
            rows = LISTS[section]._default_manager.filter(event_payout=event_payout, is_active=True).order_by("rank")
            self.ranks[key] = list(rows.values_list("rank", flat=True))
        return self.ranks[key]
