"""Importing entries of an exception list: added to what is on it, in place of it, or taken off."""

from common.patterns import MOST_PATTERNS
from common.refusals import Refusal, Refused
from common.web.refusals import in_row
from program.exception_lists.entries import (
    MOST_ENTRIES,
    TOO_MANY,
    TOO_MANY_PATTERNS,
    Entry,
    add_entries,
    remove_entries,
    replace_entries,
)
from program.exception_lists.received import orders_with_keys
from program.models import ExceptionListItem
from tracking.imports.import_run import Run
from tracking.models import Upload

from .reading import read_entry_row
from .saved import NOTHING, PATIENCE, tell, whole_file

COLUMNS = ["Row", "Value", "Compared", "Name"]
WORDS = dict(ExceptionListItem.MatchMode.choices)
GONE = "The list was deleted after this file was sent: choose another list."
Mode, Match = Upload.RowMode, ExceptionListItem.MatchMode


def import_rows(run: Run) -> None:
    """Save the entries of a file on the list that it was sent for."""
    if run.exception_list is None:
        raise Refused(GONE)
    run.outcome.extra = dict(NOTHING)
    rows, entries = _read(run)
    write = {Mode.REPLACE: replace_entries, Mode.REMOVE: remove_entries}.get(Mode(run.mode), add_entries)
    with whole_file():
        outcome = write(exception_list=run.exception_list, entries=entries)
    for place, _, before, after in outcome.cells:
        run.differs(rows[place], entries[place].value, "Name", before, after)
    run.drops([value for *_, value in outcome.dropped])
    touched = (outcome.added, outcome.dropped)
    keys = {key for each in touched for mode, key, _ in each if mode == Match.EQ}
    patterns = [value for each in touched for mode, _, value in each if mode == Match.REGEX]
    tell(run, outcome, orders_with_keys(run.exception_list, keys, patterns, patience=PATIENCE))


def _read(run: Run) -> tuple[list[int], list[Entry]]:
    """The good entries, once each, and their rows."""
    rows: list[int] = []
    entries: list[Entry] = []
    first: dict[str, dict[str, int]] = {mode: {} for mode in Match.values}
    patterns = 0
    for number, row in run.rows():
        sent = run.take([number])
        try:
            entry = read_entry_row(row)
            before = first[entry.match_mode].setdefault(entry.key, number)
            if before != number:
                message = f"“{entry.value}” is already on row {before}: keep one of the two rows."
                raise Refused(Refusal("Value", message, "taken"))
        except Refused as refused:
            run.reject(sent, in_row(number, refused))
            continue
        patterns += entry.match_mode == Match.REGEX
        if len(entries) >= MOST_ENTRIES or patterns > MOST_PATTERNS:
            raise Refused(TOO_MANY_PATTERNS if patterns > MOST_PATTERNS else TOO_MANY)
        run.show([number, entry.value, WORDS[entry.match_mode], entry.name])
        rows.append(number)
        entries.append(entry)
    return rows, entries
