"""What differs between two terms documents, in words: section by section, before and after."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from contracts.drafts.documents import DraftPayout, comparable, locking_document, payouts_of, scheduling_document
from contracts.engine.document.terms import Locking, PayoutScheduling
from contracts.engine.pricing.schedule import locking_in_words, paying_in_words
from contracts.models import EventPayout
from contracts.sections.words import Row, default_words, row_words
from program.models import EventType

# How many differences of one section are shown; the rest are counted.
MOST = 200
LISTS = (
    ("payout_groups", "Payout groups"),
    ("payout_adjustments", "Adjustments"),
    ("payout_restrictions", "Restrictions"),
)


@dataclass(frozen=True, slots=True)
class Change:
    """One difference. `before` is empty for what was added, `after` for what was taken out."""

    what: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Section:
    """The differences of one section: the first of them, and how many more there are."""

    title: str
    changes: list[Change]
    more: int = 0


def changes_between(before: dict[str, Any] | None, after: dict[str, Any], program_id: int) -> list[Section]:
    """The sections that differ; with nothing before, everything is new. Documents are canonical or drafts'."""
    names = dict(EventType.objects.filter(program=program_id).values_list("code", "name"))
    old = comparable(before) if before else {"EventPayouts": []}
    heads = [("Name", "Name"), ("Currency", "Currency"), ("Labels", "Labels")]
    head = [Change(words, _head(old.get(key)), _head(after.get(key))) for key, words in heads]
    sections = [_section("Terms", head)]
    old_payouts = {each.event_type_code: each for each in payouts_of(old["EventPayouts"])}
    new_payouts = {each.event_type_code: each for each in payouts_of(after["EventPayouts"])}
    for code in dict.fromkeys([*new_payouts, *old_payouts]):
        pair = old_payouts.get(code), new_payouts.get(code)
        sections += _payout_changes(names.get(code, code), pair, old.get("Currency", ""), after["Currency"])
    return [section for section in sections if section.changes]


def locking_words(event_payout: EventPayout) -> str:
    """When its actions lock, as a sentence."""
    if not event_payout.has_locking:
        return locking_in_words(None)
    raw = locking_document(event_payout)
    return locking_in_words(Locking(raw["Period"], int(raw["MonthOffset"]), int(raw["DayOffset"])))


def scheduling_words(event_payout: EventPayout) -> str:
    """When its actions are paid, as a sentence."""
    if not event_payout.has_scheduling:
        return paying_in_words(None)
    raw = scheduling_document(event_payout)
    return paying_in_words(PayoutScheduling(raw["Period"], int(raw["MonthOffset"]), int(raw["DayOffset"])))


def _payout_changes(
    name: str, pair: tuple[DraftPayout | None, DraftPayout | None], old_currency: str, currency: str
) -> list[Section]:
    old, new = pair
    single = [
        Change("Default payout", _default(old, old_currency), _default(new, currency)),
        Change("Action locking", _words(old, locking_words), _words(new, locking_words)),
        Change("Payout scheduling", _words(old, scheduling_words), _words(new, scheduling_words)),
    ]
    sections = [_section(f"{name}: payout and dates", single)]
    for attribute, title in LISTS:
        rows = [getattr(each, attribute) if each else [] for each in pair]
        sections.append(_section(f"{name}: {title.lower()}", _row_changes(rows, pair, (old_currency, currency))))
    return sections


def _row_changes(
    rows: Sequence[list[Row]], pair: tuple[DraftPayout | None, DraftPayout | None], currencies: tuple[str, str]
) -> list[Change]:
    """Rows are matched by name, or else by condition; moves are listed apart from changes."""
    words: list[dict[tuple[str, int], tuple[str, str]]] = []
    for some, draft, currency in zip(rows, pair, currencies, strict=True):
        known: dict[tuple[str, int], tuple[str, str]] = {}
        seen: Counter[str] = Counter()
        for row in some:
            assert draft is not None
            read = row_words(row, draft.event_payout, currency)
            name = getattr(row, "name", "")
            key = name or read.condition
            seen[key] += 1
            known[key, seen[key]] = (name or read.condition, f"{read.condition}: {read.effect}")
        words.append(known)
    old, new = words
    moved = _moved([key for key in old if key in new], [key for key in new if key in old])
    places = [{key: place for place, key in enumerate(each, 1)} for each in words]
    changes = []
    for key, (what, after) in new.items():
        if key not in old:
            changes.append(Change(what, "", f"{after}, at rank {places[1][key]}"))
        elif old[key][1] != after:
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


def _section(title: str, changes: list[Change]) -> Section:
    real = [change for change in changes if change.before != change.after]
    return Section(title, real[:MOST], max(0, len(real) - MOST))


def _default(draft: DraftPayout | None, currency: str) -> str:
    return " ".join(default_words(draft.event_payout, currency)) if draft else ""


def _words(draft: DraftPayout | None, words: Any) -> str:
    return words(draft.event_payout) if draft else ""


def _head(value: Any) -> str:
    return ", ".join(value) if isinstance(value, list) else value or ""
