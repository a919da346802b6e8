"""Where in a draft an error or a warning is, in words and with the address of its section."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from common.refusals import Refusal
from contracts.models import EventPayout, TemplateTerms

from .terms_page import terms_url

SECTIONS = {
    "PayoutGroups": ("payout group", "payout-groups"),
    "PayoutAdjustments": ("adjustment", "payout-adjustments"),
    "PayoutRestrictions": ("restriction", "payout-restrictions"),
    "Locking": ("action locking", "action-locking"),
    "PayoutScheduling": ("payout scheduling", "payout-scheduling"),
    "DefaultPayout": ("default payout", "default-payout"),
    "DefaultPayoutRate": ("default payout", "default-payout"),
    "PayoutLevel": ("default payout", "default-payout"),
}
# The lists whose rows have no rank in a document.
UNRANKED = {"PayoutAdjustments": "payout_adjustments", "PayoutRestrictions": "payout_restrictions"}
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
    """The places of a draft's document, found by the paths that the engine names them by."""

    def __init__(self, template_terms: TemplateTerms, document: dict[str, Any]) -> None:
        self.document = document
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
        written = self.document["EventPayouts"]
        if not found or int(found[1]) >= len(written):
            return Remark("Terms" if path else "", "", message)
        raw = written[int(found[1])]
        # The draft may have lost event types that the newest version pays for.
        event_payout = self.payouts.get(raw["EventTypeCode"])
        noun, anchor = SECTIONS.get(found[2], ("", ""))
        if found[3]:
            noun = f"{noun} {self._row(event_payout, raw, found[2], int(found[3]))}"
        name = event_payout.event_type.name if event_payout else raw["EventTypeCode"]
        url = terms_url(event_payout, anchor) if event_payout else ""
        return Remark(f"{name}, {noun}" if noun else name, url, message)

    def _row(self, event_payout: EventPayout | None, raw: dict[str, Any], section: str, index: int) -> str:
        """The rank that the page of the draft shows: rows that are switched off have one too, but no place in the
        document."""
        if section not in UNRANKED:
            group = raw[section][index]
            return f"{group['Rank']}, {group['Name']}" if group.get("Name") else str(group["Rank"])
        ranks = self._ranks(event_payout, UNRANKED[section]) if event_payout else []
        return str(ranks[index] if index < len(ranks) else index + 1)

    def _ranks(self, event_payout: EventPayout, name: str) -> list[int]:
        key = (event_payout.pk, name)
        if key not in self.ranks:
            rows = getattr(event_payout, name).filter(is_active=True).order_by("rank")
            self.ranks[key] = list(rows.values_list("rank", flat=True))
        return self.ranks[key]
