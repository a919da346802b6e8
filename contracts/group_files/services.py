"""Payout groups as the rows of a file, exported and imported (glossary.md). An export imports again unchanged."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from operator import attrgetter
from typing import Any

from django.db import transaction

from common.db.statements import insert_rows
from common.refusals import Refusal, Refused
from contracts.drafts.checks import load_rows
from contracts.drafts.documents import Document, row_of, tidied, value_of, version_terms
from contracts.drafts.revisions import touch
from contracts.drafts.warnings import group_warnings
from contracts.engine.document.read_rules import write_rules
from contracts.engine.document.reading import Errors, Node
from contracts.engine.document.sections.payout_groups import PAYOUT_GROUPS
from contracts.engine.document.sections.payout_groups import PayoutGroup as Group
from contracts.engine.rules.text import format_rules
from contracts.models import EventPayout, TermsVersion
from contracts.uses.renamed import rows_with_present_names, terms_with_present_names

from .cells import BONUS, COLUMNS, RANK, REASON, SWITCH, FileRow, field_of, file_errors, read_row

__all__ = ["COLUMNS", "GroupPreview", "group_columns", "group_rows", "held_documents", "read_groups", "replace_groups",
           "write_documents", "write_groups"]  # fmt: skip

Cells = Mapping[str, str]
MOST_GROUPS = 20_000
# A group as it is compared, and whether it is switched on.
Held = tuple[Group, bool]


@dataclass(slots=True)
class GroupPreview:
    """What a file would make of a draft's groups.

    `errors` holds (row, field, message), rows as a spreadsheet counts them, row 1 for the file as a whole; `rejected`
    the rows with errors, as they came and with the reason. With errors the rest is what the good rows would do.
    `warnings` holds (row, group, message) of rows that can be imported but should be checked.
    """

    rows: int = 0
    added: list[Held] = field(default_factory=list)
    changed: list[tuple[Held, Held]] = field(default_factory=list)
    dropped: list[Held] = field(default_factory=list)
    unchanged: int = 0
    errors: list[tuple[int, str, str]] = field(default_factory=list)
    rejected: list[dict[str, str]] = field(default_factory=list)
    groups: list[Held] = field(default_factory=list)
    # (row, name, warning) of the groups that are switched on.
    warnings: list[tuple[int, str, str]] = field(default_factory=list)

    @property
    def is_whole_file_refused(self) -> bool:
        """Whether no row of it can be used, because the columns are wrong or there are too many rows."""
        return any(row == 1 for row, _, _ in self.errors)

    def cells(self, most: int) -> dict[str, list[Any]]:
        """The first of the groups that are added, changed and dropped, as rows of such a file."""
        return {
            "added": [_cells(group) for group in self.added[:most]],
            "changed": [(_cells(old), _cells(new)) for old, new in self.changed[:most]],
            "dropped": [_cells(group) for group in self.dropped[:most]],
        }


def group_rows(event_payout: EventPayout) -> Iterator[dict[str, Any]]:
    """The draft's groups in rank order, as rows of a file. Switched-off ones are among them and say so."""
    for row in event_payout.payout_groups.order_by("rank").iterator():
        yield _cells((value_of(row), row.is_active))


def version_group_rows(version: TermsVersion, event_type_code: str) -> Iterator[dict[str, Any]]:
    """A published version's groups as rows of a file; none where it does not pay for the event type."""
    for payout in terms_with_present_names(version.program_id, version_terms(version.pk)).event_payouts:
        if payout.event_type_code == event_type_code:
            yield from (_cells((group, True)) for group in payout.payout_groups)


def group_columns(event_payout: EventPayout) -> tuple[str, ...]:
    """The columns of its file: one more, `Switched On`, where a group is off, so that it comes back off."""
    return (*COLUMNS, SWITCH) if event_payout.payout_groups.filter(is_active=False).exists() else COLUMNS


def read_groups(*, event_payout: EventPayout, rows: Iterable[tuple[int, Cells]]) -> GroupPreview:
    """Read a file's rows (row number, cells by column name) and compare them with the draft; stores nothing."""
    preview = GroupPreview()
    read = [read_row(number, cells) for number, cells in islice(rows, MOST_GROUPS + 1)]
    preview.rows = len(read)
    preview.errors += file_errors(read)
    if len(read) > MOST_GROUPS:
        preview.errors.append((1, RANK, f"The file has more than {MOST_GROUPS:,} groups, the most that are read."))
    if preview.errors:
        return preview
    if not any(row.group["Rank"] for row in read):
        for rank, row in enumerate(read, 1):
            row.group["Rank"] = rank
    loaded, errors = load_rows(event_payout, "payout_groups", [row.group for row in read])
    for path, message, *_ in errors:
        index, _, rest = path.removeprefix("[").partition("]")
        # What could not be read in a cell was reported there; the engine then only misses it.
        if (name := field_of(rest)) not in {each for each, _ in read[int(index)].errors}:
            read[int(index)].errors.append((name, message))
    _sort_out(preview, read)
    good = [row for row in read if not row.errors]
    if len(good) < len(read):
        loaded, _ = load_rows(event_payout, "payout_groups", [row.group for row in good])
    switches = {int(row.group["Rank"]): row.is_active for row in good}
    groups = [tidied(each) for each in rows_with_present_names(event_payout.program_id, loaded)]
    preview.groups = [(each, switches[each.rank]) for each in groups]
    _compare(preview, _held_groups(event_payout))
    active = [each for each in groups if switches[each.rank]]
    numbers = {int(row.group["Rank"]): row.number for row in good}
    preview.warnings = [
        (numbers[active[place].rank], active[place].name, warning)
        for place, warning in group_warnings(event_payout.event_type, active)
    ]
    return preview


@transaction.atomic
def replace_groups(*, event_payout: EventPayout, preview: GroupPreview, only_good_rows: bool = False) -> GroupPreview:
    """Replace the draft's groups by a file's, as they were read in this transaction.

    All or nothing: raises Refused, with paths such as `Row 7, Rules`, when any row has an error; with
    `only_good_rows` those are left out instead, and are in the answer's `rejected`.
    """
    touch(event_payout.template_terms_id)
    if preview.errors and (preview.is_whole_file_refused or not only_good_rows):
        raise Refused(*(Refusal(column, message, row=row) for row, column, message in preview.errors))
    write_groups(event_payout=event_payout, groups=preview.groups)
    return preview


def held_documents(event_payout: EventPayout) -> list[tuple[Document, bool]]:
    """The draft's groups in rank order as JSON keeps them, and whether each is switched on."""
    return [(PAYOUT_GROUPS.write_row(group), is_active) for group, is_active in _held_groups(event_payout)]


def write_documents(*, event_payout: EventPayout, documents: Iterable[tuple[Document, bool]]) -> None:
    """Put groups, as they were held, in place of the draft's, as `write_groups` does."""
    errors = Errors(is_strict=False)
    groups = [(PAYOUT_GROUPS.read_row(Node(raw, "", errors), None), is_active) for raw, is_active in documents]
    write_groups(event_payout=event_payout, groups=groups)


def _held_groups(event_payout: EventPayout) -> list[Held]:
    rows = event_payout.payout_groups.order_by("rank")
    return [(value_of(row), row.is_active) for row in rows]


def write_groups(*, event_payout: EventPayout, groups: Iterable[Held]) -> None:
    """Put groups in place of the draft's; the caller has counted the change and locked the draft."""
    event_payout.payout_groups.all().delete()
    rows = []
    for group, is_active in groups:
        row = row_of("payout_groups", group, group.rank)
        row.program_id, row.event_payout, row.is_active = event_payout.program_id, event_payout, is_active
        rows.append(row)
    insert_rows(rows)


def _sort_out(preview: GroupPreview, read: Iterable[FileRow]) -> None:
    for row in read:
        preview.errors += [(row.number, name, message) for name, message in row.errors]
        if row.errors:
            reason = " ".join(f"{name}: {message.removesuffix('.')}." for name, message in row.errors)
            preview.rejected.append({**row.cells, REASON: reason})


def _compare(preview: GroupPreview, present: list[Held]) -> None:
    """Pair the groups before and after: the same ones first, then those of one name, then those of one rank."""
    before, after = list(present), list(preview.groups)
    same = set(before) & set(after)
    preview.unchanged = len(same)
    before = [group for group in before if group not in same]
    after = [group for group in after if group not in same]
    pairs: list[tuple[Held, Held]] = []
    for alike in (attrgetter("name"), attrgetter("rank")):
        known = {key: group for group in reversed(before) if (key := alike(group[0]))}
        for group in list(after):
            if old := known.pop(alike(group[0]), None):
                pairs.append((old, group))
        paired = {id(each) for pair in pairs for each in pair}
        before = [group for group in before if id(group) not in paired]
        after = [group for group in after if id(group) not in paired]
    preview.changed = sorted(pairs, key=lambda pair: pair[1][0].rank)
    preview.added, preview.dropped = after, before


def _cells(held: Held) -> dict[str, Any]:
    group, is_active = held
    return {
        RANK: group.rank,
        "Name": group.name,
        "Payout Type": "Fixed" if group.payout_rate is None else "Percent",
        "Payout Value": group.payout if group.payout_rate is None else group.payout_rate,
        "Rules": format_rules(write_rules(group.rules)),
        "Limit": group.payable_items or "",
        BONUS: "",
        SWITCH: "yes" if is_active else "no",
    }
