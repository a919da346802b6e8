"""What differs between two terms documents, in words: section by section, before and after."""

from bisect import bisect_left
from collections import Counter
from dataclasses import dataclass
from typing import Any

from contracts.engine.document.sections.section import RankedSection
from contracts.engine.document.terms import OF_TERMS, RANKED, SINGLE, EventPayout, Terms
from contracts.sections.panels import PAGE
from program.models import EventType

type Pair = tuple[EventPayout | None, EventPayout | None]

# How many differences of one section are shown; the rest are counted.
MOST = 200


@dataclass(frozen=True, slots=True)
class Change:
    """What both say of one thing. `before` is empty for what was added, `after` for what was taken out."""

    what: str
    before: str
    after: str

    @property
    def differs(self) -> bool:
        return self.before != self.after


@dataclass(frozen=True, slots=True)
class Section:
    """The differences of one section: the first of them, and how many more there are."""

    title: str
    changes: list[Change]
    more: int = 0


def changes_between(before: Terms | None, after: Terms, program_id: int, *, whole: bool = False) -> list[Section]:
    """The sections that differ; with nothing before, everything is new. Terms are spelled as drafts spell them.

    With `whole` what both say alike is among them, so that the two are side by side.
    """
    names = dict(EventType.objects.filter(program=program_id).values_list("code", "name"))
    old = before or Terms("", "")
    head = [
        Change("Name", old.name, after.name),
        Change("Currency", old.currency, after.currency),
        Change("Labels", ", ".join(old.labels), ", ".join(after.labels)),
    ]
    sections = [Section("Terms", head), Section("Every event type", _terms_changes(old, after))]
    payouts = [{each.event_type_code: each for each in terms.event_payouts} for terms in (old, after)]
    for code in dict.fromkeys([*payouts[1], *payouts[0]]):
        pair = payouts[0].get(code), payouts[1].get(code)
        sections += _payout_changes(names.get(code, code), pair, (old.currency, after.currency))
    shown = [_shown(section, whole=whole) for section in sections]
    return [section for section in shown if section.changes]


def _terms_changes(before: Terms, after: Terms) -> list[Change]:
    changes = []
    for attribute, section in OF_TERMS.items():
        old, new = (section.compared(getattr(terms, attribute), terms.currency, PAGE) for terms in (before, after))
        changes += [Change(what, old.get(what, ""), new.get(what, "")) for what in dict.fromkeys([*old, *new])]
    return changes


def _payout_changes(name: str, pair: Pair, currencies: tuple[str, str]) -> list[Section]:
    single = []
    for attribute, one in SINGLE.items():
        words = [
            one.words(getattr(payout, attribute), currency, PAGE) if payout else ""
            for payout, currency in zip(pair, currencies, strict=True)
        ]
        single.append(Change(one.name, *words))
    sections = [Section(f"{name}: payout, dates and credit", single)]
    for attribute, ranked in RANKED.items():
        changes = _row_changes(ranked, attribute, pair, currencies)
        sections.append(Section(f"{name}: {ranked.name.lower()}", changes))
    return sections


def _row_changes(ranked: RankedSection[Any], attribute: str, pair: Pair, currencies: tuple[str, str]) -> list[Change]:
    """Rows are matched by name, or else by condition; moves are listed apart from changes."""
    words: list[dict[tuple[str, int], tuple[str, str]]] = []
    for payout, currency in zip(pair, currencies, strict=True):
        known: dict[tuple[str, int], tuple[str, str]] = {}
        seen: Counter[str] = Counter()
        for rank, row in ranked.numbered(getattr(payout, attribute)) if payout else ():
            assert payout is not None
            read = ranked.row_words(row, rank, payout.payout_level, currency, PAGE)
            name = getattr(row, "name", "")
            key = name or read.condition
            seen[key] += 1
            known[key, seen[key]] = (read.name, f"{read.condition}: {read.effect}")
        words.append(known)
    old, new = words
    moved = _moved([key for key in old if key in new], [key for key in new if key in old])
    places = [{key: place for place, key in enumerate(each, 1)} for each in words]
    changes = []
    for key, (what, after) in new.items():
        if key not in old:
            changes.append(Change(what, "", f"{after}, at rank {places[1][key]}"))
        else:
            changes.append(Change(what, old[key][1], after))
        if key in moved:
            changes.append(Change(what, f"at rank {places[0][key]}", f"at rank {places[1][key]}"))
    changes += [Change(what, before, "") for key, (what, before) in old.items() if key not in new]
    return changes


def _moved(old: list[Any], new: list[Any]) -> set[Any]:
    """The fewest rows whose move explains the new order: all but a longest run that keeps its order."""
    place = {key: number for number, key in enumerate(old)}
    ends: list[int] = []
    at: list[Any] = []
    before: dict[Any, Any] = {}
    for key in new:
        length = bisect_left(ends, place[key])
        before[key] = at[length - 1] if length else None
        ends[length : length + 1] = [place[key]]
        at[length : length + 1] = [key]
    kept = set()
    key = at[-1] if at else None
    while key is not None:
        kept.add(key)
        key = before[key]
    return set(new) - kept


def _shown(section: Section, *, whole: bool) -> Section:
    """The section with what differs, or with all that either says; the first of it."""
    found = [each for each in section.changes if each.differs or (whole and each.before)]
    return Section(section.title, found[:MOST], max(0, len(found) - MOST))
