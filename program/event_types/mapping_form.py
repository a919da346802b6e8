"""The form of a customer status mapping: its rows, what is typed into them, and what is wrong with each."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest
from typing import Any

from django.http import QueryDict

from common.db.edits import Values, fingerprint
from common.refusals import Refused

from .status_map import CATEGORIES, TOO_LONG, checked_mapping, code_key, join_codes, split_codes

MOST_CHIPS = 50  # codes of a category that have a chip of their own; all of more are a text to edit
CHIPS = 200  # of all categories together, so that the page stays small
MOST_EMPTY = 50
TOLD_CODES = 6  # of a category, where a page only tells the mapping
MOST_ERRORS = 5  # said of one row
LONGEST_PAIR = 500  # characters of a button's value
EDITS = ("take", "drop", "assign", "add", "open")  # buttons that change the form and store nothing


@dataclass(frozen=True)
class Chip:
    code: str
    is_wrong: bool
    removes: str  # what the button that removes it sends


@dataclass(frozen=True)
class Kept:
    """Stored codes of a category that a form names instead of sending them, as they were when it was opened."""

    category: str
    codes: tuple[str, ...]
    seen: str

    @property
    def is_stale(self) -> bool:
        """Whether these are others than the form was opened with."""
        return self.seen != codes_seen(self.codes)

    @property
    def mark(self) -> str:
        return pair_of(self.category, self.seen)


@dataclass(frozen=True)
class MappingRow:
    """One category with its codes. The three standard ones have a fixed name.

    One of very many codes sends what is kept, what is added to that and what is left out.
    """

    category: str
    codes: tuple[str, ...] = ()
    kept: Kept | None = None
    most: int = MOST_CHIPS
    is_open: bool = False  # whether all codes are shown as text
    unread: str = ""  # what was typed, where it cannot be read as codes
    errors: tuple[str, ...] = ()
    wrong: frozenset[str] = frozenset()  # keys of codes that are wrong
    is_focused: bool = False

    @property
    def is_fixed(self) -> bool:
        return self.category in CATEGORIES

    @property
    def text(self) -> str:
        return join_codes(self.codes)

    @property
    def is_long(self) -> bool:
        return len(self.codes) > self.most

    @property
    def is_kept(self) -> bool:
        return self.kept is not None and self.is_long and not self.is_open

    @property
    def added(self) -> list[str]:
        return _beyond(self.codes, self.kept.codes if self.kept else ())

    @property
    def left_out(self) -> list[str]:
        return _beyond(self.kept.codes if self.kept else (), self.codes)

    @property
    def sent_kept(self) -> str:
        return self.kept.mark if self.kept and self.is_kept else ""

    @property
    def sent_codes(self) -> str:
        return join_codes(self.added) if self.is_kept else self.text

    @property
    def sent_without(self) -> str:
        return join_codes(self.left_out) if self.is_kept else ""

    @property
    def more(self) -> int:
        return max(len(self.codes) - self.most, 0)

    @property
    def chips(self) -> list[Chip]:
        """Those that are wrong come first where not all are shown."""
        keyed = [(code, code_key(code) in self.wrong) for code in self.codes]
        if self.is_long:
            keyed.sort(key=lambda each: not each[1])
        return [Chip(code, wrong, pair_of(self.category, code)) for code, wrong in keyed[: self.most]]


def stored_rows(values: Values, opened: str = "") -> list[MappingRow]:
    """The stored rows; the codes of the category that is opened are shown as text."""
    codes: dict[str, Any] = {category: [] for category in CATEGORIES} | values["codes"]
    return [
        MappingRow(name, tuple(listed), kept=_kept(name, values), is_open=name == opened)
        for name, listed in codes.items()
    ]


def told_statuses(statuses: Mapping[str, list[str]]) -> list[tuple[str, list[str], int]]:
    """A mapping as pages tell it: each status, its first codes, and how many more it has."""
    own = sorted(statuses.keys() - set(CATEGORIES))
    names = [name for name in (*CATEGORIES, *own) if name in statuses]
    return [(name, statuses[name][:TOLD_CODES], len(statuses[name][TOLD_CODES:])) for name in names]


def typed_rows(data: QueryDict, stored: Values) -> list[MappingRow]:
    """The rows as they were sent: the codes of each, those that were added to them, and what a row keeps as stored."""
    rows: list[MappingRow] = []
    names = ("category", "codes", "more", "kept", "without")
    for category, *texts, kept, without in zip_longest(*map(data.getlist, names), fillvalue=""):
        row = _typed(category.strip(), _kept_of(kept, stored), texts, without)
        # A category that is already listed above gets its codes there.
        same = next((index for index, each in enumerate(rows) if row.category and each.category == row.category), None)
        if same is not None:
            rows[same] = _with(rows[same], row.codes, row.unread)
        elif row.category or row.codes or row.unread:
            rows.append(row)
    return rows


def edited(rows: Sequence[MappingRow], data: QueryDict) -> list[MappingRow]:
    """The rows after the button that was pressed: a code removed from a category, or put under one and no other."""
    dropped, assigned, opened = _pair(data.get("drop", "")), _pair(data.get("assign", "")), data.get("open")
    if opened:
        return [replace(row, is_open=True, kept=None) if row.category == opened else row for row in rows]
    if dropped:
        category, code = dropped
        return [_without(row, code, is_focused=True) if row.category == category else row for row in rows]
    if assigned:
        category, code = assigned
        return [_with(row, (code,)) if row.category == category else _without(row, code) for row in rows]
    return list(rows)


def assigned_code(data: QueryDict) -> str:
    """The code that was put under a status, as it is compared; empty where none was."""
    pair = _pair(data.get("assign", ""))
    return code_key(pair[1]) if pair else ""


def checked_rows(rows: Sequence[MappingRow]) -> list[MappingRow]:
    """The rows, each with what is wrong with it: a code that is listed twice is wrong in both."""
    _, faults = checked_mapping(mapping_of(rows))
    checked = []
    most = min(MOST_CHIPS, CHIPS // max(len(rows), 1)) or 1
    for row in rows:
        own = [fault for fault in faults if row.category in fault.categories]
        said = [*dict.fromkeys([*([TOO_LONG] if row.unread else []), *(fault.message for fault in own)])]
        more = [f"And {len(said) - MOST_ERRORS} more."] if len(said) > MOST_ERRORS else []
        checked.append(
            replace(
                row,
                errors=(*said[:MOST_ERRORS], *more),
                wrong=frozenset(fault.key for fault in own) - {""},
                most=most,
            )
        )
    return checked


def mapping_of(rows: Sequence[MappingRow]) -> dict[str, list[str]]:
    mapping: dict[str, list[str]] = {}
    for row in rows:
        mapping.setdefault(row.category, []).extend(row.codes)
    return mapping


def empty_rows(data: QueryDict) -> int:
    """How many rows without a name the form ends with."""
    return min(data.getlist("category").count("") + ("add" in data), MOST_EMPTY) or 1


def kept_again(rows: Sequence[MappingRow], stored: Values) -> list[MappingRow]:
    """The rows, where they keep stored codes: those that are stored now."""
    return [replace(row, kept=_kept(row.kept.category, stored)) if row.kept else row for row in rows]


def codes_seen(codes: Sequence[str]) -> str:
    """What tells the stored codes of a category from any others."""
    return fingerprint({"codes": list(codes)})


def _kept(category: str, stored: Values) -> Kept:
    codes = tuple(stored["codes"].get(category, ()))
    return Kept(category, codes, codes_seen(codes))


def _kept_of(mark: str, stored: Values) -> Kept | None:
    named = _pair(mark)
    return replace(_kept(named[0], stored), seen=named[1]) if named else None


def _beyond(codes: Sequence[str], others: Sequence[str]) -> list[str]:
    known = {code_key(code) for code in others}
    return [code for code in codes if code_key(code) not in known]


def _typed(category: str, kept: Kept | None, texts: Sequence[str], without: str) -> MappingRow:
    """Codes that cannot be read stay as they were typed."""
    row, unread = MappingRow(category, kept=kept), []
    if kept:
        try:
            row = replace(row, codes=tuple(_beyond(kept.codes, split_codes(without))))
        except Refused:
            row = replace(row, codes=kept.codes)
    for text in filter(str.strip, texts):
        try:
            row = _with(row, split_codes(text))
        except Refused:
            unread.append(text.strip())
    return replace(row, unread=", ".join(unread))


def _with(row: MappingRow, codes: Sequence[str], unread: str = "") -> MappingRow:
    """The row with these codes as well, each once as it is compared."""
    keyed: dict[str, str] = {}
    for code in (*row.codes, *codes):
        keyed.setdefault(code_key(code), code)
    added = tuple(keyed.values())
    return replace(row, codes=added, unread=", ".join(filter(None, (row.unread, unread))))


def _without(row: MappingRow, code: str, *, is_focused: bool = False) -> MappingRow:
    left = tuple(each for each in row.codes if code_key(each) != code_key(code))
    return replace(row, codes=left, is_focused=is_focused)


def pair_of(category: str, code: str) -> str:
    """What a button sends to name a code of a category."""
    return json.dumps([category, code])


def _pair(text: str) -> tuple[str, str] | None:
    if len(text) > LONGEST_PAIR:
        return None
    try:
        category, code = map(str, json.loads(text))
        f"{category}{code}".encode()  # not what no text can hold
    except (ValueError, TypeError):
        return None
    return category, code
