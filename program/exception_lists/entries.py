"""The entries of an exception list: typed, added, changed and deleted."""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from django.db import connection, transaction

from common.db.edits import Gone, lock_unchanged
from common.db.sent_rows import Outcome, Target, remove_sent, replace_with_sent, save_sent
from common.formats.comparison import compared, trimmed
from common.patterns import MOST_PATTERNS, MOST_STEPS, read_pattern, steps_of
from common.refusals import Refusal, Refusals, Refused
from program.models import ExceptionList, ExceptionListItem

MatchMode = ExceptionListItem.MatchMode
MOST_ENTRIES = 1_000_000
MOST_TYPED = 10_000  # lines
MOST_TOLD = 20  # of them that are wrong
MATCHING = 0x4E6E  # the advisory lock under which a program's regular expressions are counted
NAME_LENGTH = 255
TOO_MANY_PATTERNS = f"A list holds at most {MOST_PATTERNS:,} regular expressions; divide it among several lists."
TOO_SLOW = (
    "Together with those of the program’s other lists these regular expressions would take too long to match: leave "
    "some out, simplify them, or write what has one spelling as plain values."
)
TOO_MANY_TYPED = f"At most {MOST_TYPED:,} lines can be typed at once: upload more as a file."
TOO_MANY = f"A list holds at most {MOST_ENTRIES:,} entries; divide it among several lists."


class Entry(NamedTuple):
    """An entry as it is sent: a value, or a regular expression, and what people call it."""

    value: str
    match_mode: str = MatchMode.EQ.value
    name: str = ""

    @property
    def key(self) -> str:
        """What tells it from others of its match mode."""
        return compared(self.value) if self.match_mode == MatchMode.EQ else self.value


class Closed(Refused):
    """The list is closed: its entries stay as they are."""

    def __init__(self, exception_list: ExceptionList) -> None:
        super().__init__(Refusal("", f"{exception_list.name} is closed: open it again before you change its entries."))


def read_entry(value: str, match_mode: str = MatchMode.EQ, name: str = "") -> Entry:
    """An entry from its parts. Raises Refused with every bad one, by `value`, `match_mode` and `name`."""
    faults = Refusals(one_per_path=True)
    value, name = trimmed(value), trimmed(name)
    if match_mode not in MatchMode.values:
        faults.add("match_mode", "Choose EQ or REGEX.")
    if not value or (match_mode == MatchMode.EQ and not compared(value)):
        faults.add("value", "Is required.", "required")
    elif "\x00" in value:
        faults.add("value", "Contains a NUL character; remove it.")
    elif match_mode == MatchMode.REGEX:
        try:
            read_pattern(value)
        except ValueError as error:
            faults.add("value", f"{str(error)[:1].upper()}{str(error)[1:]}.")
    elif len(value) > ExceptionListItem.LONGEST_VALUE:
        faults.add("value", f"Is longer than {ExceptionListItem.LONGEST_VALUE} characters.")
    if len(name) > NAME_LENGTH or "\x00" in name:
        faults.add("name", f"A name has at most {NAME_LENGTH} characters.")
    faults.raise_any()
    return Entry(value, str(match_mode), name)


def read_entries(text: str) -> list[Entry]:
    """Entries as typed, one a line: a value, or a regular expression between slashes; after a tab, what people call it.

    Returns each once in the form in which values are compared. Raises Refused naming the first twenty bad lines.
    """
    entries: dict[tuple[str, str], Entry] = {}
    faults: list[str] = []
    lines = text.splitlines()
    if len(lines) > MOST_TYPED:
        raise Refused(Refusal("entries", TOO_MANY_TYPED))
    for number, line in enumerate(lines, start=1):
        if len(faults) >= MOST_TOLD:
            faults.append(f"Further lines were not read, from line {number} on.")
            break
        value, _, name = trimmed(line).partition("\t")
        value = trimmed(value)
        is_pattern = len(value) > 2 and value.startswith("/") and value.endswith("/")
        try:
            entry = read_entry(value[1:-1], MatchMode.REGEX, name) if is_pattern else read_entry(value, name=name)
        except Refused as refused:
            faults += [f"Line {number}: {each.message}" for each in refused if value]
            continue
        entries.setdefault((entry.match_mode, entry.key), entry)
    if faults:
        raise Refused(*(Refusal("entries", fault) for fault in faults))
    return list(entries.values())


def entry_values(item: ExceptionListItem) -> dict[str, Any]:
    """What the form of an entry holds."""
    return {"value": item.value, "match_mode": item.match_mode, "name": item.name}


@transaction.atomic
def add_entries(*, exception_list: ExceptionList, entries: Iterable[Entry]) -> Outcome:
    """Put entries on the list; one that is there gets the name that came with it.

    Raises Refused, also for a list that is closed. Orders that are priced already keep what the list said then.
    """
    _hold(exception_list)
    outcome = save_sent(_target(exception_list), _rows(entries))
    _refuse_too_many(exception_list, outcome)
    return outcome


@transaction.atomic
def replace_entries(*, exception_list: ExceptionList, entries: Iterable[Entry]) -> Outcome:
    """Have the list hold these entries and no other. Raises Refused as `add_entries` does."""
    _hold(exception_list)
    outcome = replace_with_sent(_target(exception_list), _rows(entries))
    _refuse_too_many(exception_list, outcome)
    return outcome


@transaction.atomic
def remove_entries(*, exception_list: ExceptionList, entries: Iterable[Entry]) -> Outcome:
    """Take these entries off the list; what is not on it counts as unchanged. Raises Refused for a closed list."""
    _hold(exception_list)
    return remove_sent(_target(exception_list), _rows(entries))


@transaction.atomic
def change_entry(*, item: ExceptionListItem, entry: Entry, seen: str | None = None) -> ExceptionListItem:
    """Change an entry. Raises Refused for one that is on the list already and for a closed list, and Stale unless
    `seen` is the fingerprint of its values.
    """
    _hold(item.exception_list)
    lock_unchanged(item, entry_values, seen)
    others = ExceptionListItem.objects.filter(exception_list=item.exception_list_id, match_mode=entry.match_mode)
    if other := others.filter(value_key=entry.key).exclude(pk=item.pk).first():
        raise Refused(Refusal("value", f"“{other}” is on the list already.", "taken"))
    item.value, item.match_mode, item.name = entry
    item.save(update_fields=["value", "value_key", "match_mode", "name"])
    if entry.match_mode == MatchMode.REGEX:
        _refuse_patterns(item.exception_list)
    return item


@transaction.atomic
def delete_entry(*, item: ExceptionListItem) -> None:
    """Take an entry off its list. Raises Refused for a closed list."""
    _hold(item.exception_list)
    item.delete()


@transaction.atomic
def clear_entries(*, exception_list: ExceptionList) -> int:
    """Take every entry off the list, and say how many these were. Raises Refused for a closed list."""
    _hold(exception_list)
    return exception_list.items.all().delete()[0]


def _target(exception_list: ExceptionList) -> Target:
    return Target(
        table=ExceptionListItem._meta.db_table,
        owner={"program_id": exception_list.program_id, "exception_list_id": exception_list.pk},
        key=("match_mode", "value_key"),
        written=("value",),
        changing=("name",),
    )


def _rows(entries: Iterable[Entry]) -> Iterable[tuple[int, Sequence[str]]]:
    return ((place, (entry.match_mode, entry.key, entry.value, entry.name)) for place, entry in enumerate(entries))


def _hold(exception_list: ExceptionList) -> None:
    """Keep others from changing the entries until the transaction ends. Raises Closed, and Gone."""
    held = ExceptionList.objects.select_for_update(no_key=True).filter(pk=exception_list.pk).first()
    if held is None:
        raise Gone
    if held.closed_at:
        raise Closed(held)


def _refuse_too_many(exception_list: ExceptionList, outcome: Outcome) -> None:
    """Raise Refused where what was added makes the list too long, or slow to match."""
    if any(mode == MatchMode.REGEX for mode, *_ in outcome.added):
        _refuse_patterns(exception_list)
    if outcome.added and exception_list.items.order_by()[MOST_ENTRIES : MOST_ENTRIES + 1].exists():
        raise Refused(Refusal("entries", TOO_MANY))


def _refuse_patterns(exception_list: ExceptionList) -> None:
    """Terms may ask for all lists of their program at once, so their patterns are limited together, one writer at a
    time.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [MATCHING, exception_list.program_id])
    if exception_list.items.filter(match_mode=MatchMode.REGEX).count() > MOST_PATTERNS:
        raise Refused(Refusal("entries", TOO_MANY_PATTERNS))
    lists = ExceptionList.objects.filter(program=exception_list.program_id).values("pk")
    patterns = ExceptionListItem.objects.filter(exception_list__in=lists, match_mode=MatchMode.REGEX)
    if sum(map(steps_of, patterns.values_list("value", flat=True))) > MOST_STEPS:
        raise Refused(Refusal("entries", TOO_SLOW))
