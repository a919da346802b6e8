"""The cells of one row of a payout group file, read into a payout group of a terms document."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any

from common.refusals import Refused
from common.tables.layout import OWN_NUMBER, TEXT, Column, Kind, Layout, Merged, UnreadableCell
from contracts.engine.rules.text import parse_rules

RANK, BONUS, SWITCH = "Rank", "Bonus", "Switched On"
REASON = "Rejection Reason"  # beside rejected rows; ignored when they come back corrected
COLUMNS = (RANK, "Name", "Payout Type", "Payout Value", "Rules", "Limit", BONUS)
NEEDED = ("Payout Type", "Payout Value", "Rules")
LAYOUT = Layout(
    "a payout group file",
    {
        RANK: OWN_NUMBER,
        "Name": TEXT,
        "Payout Type": TEXT,
        "Payout Value": Column(Kind.RATE, Merged.REFUSED),
        "Rules": TEXT,
        "Limit": OWN_NUMBER,
        BONUS: TEXT,
        SWITCH: TEXT,
        REASON: TEXT,
    },
    NEEDED,
)
_KNOWN = {name.casefold(): name for name in LAYOUT.columns}
# The document's fields by the column that fills them.
_FIELDS = {"PayoutRate": "Payout Value", "Payout": "Payout Value", "Limits": "Limit"}


@dataclass(slots=True)
class FileRow:
    """A row as it came, the group it describes, and what is wrong with it as (column, message)."""

    number: int
    cells: dict[str, str]
    group: dict[str, Any]
    is_active: bool = True
    errors: list[tuple[str, str]] = field(default_factory=list)


def read_row(number: int, cells: Mapping[str, str]) -> FileRow:
    """Read one row; whether the values fit each other is for the engine. Column names match in any case."""
    row = FileRow(number, dict(cells), {})
    known: dict[str, str] = {}
    for name, value in cells.items():
        name = _known(name) or name
        if isinstance(value, UnreadableCell):
            row.errors.append((name, value.problem))
        known[name] = value.strip()
    unread = {name for name, _ in row.errors}
    row.group = {"Rank": known.get(RANK) or None, "Name": known.get("Name", "")}
    _read_payout(row, known.get("Payout Type", ""), known.get("Payout Value", ""), unread)
    row.group["Rules"] = [] if "Rules" in unread else _read_rules(row, known.get("Rules", ""))
    if (limit := known.get("Limit")) and "Limit" not in unread:
        row.group["Limits"] = [{"Type": "PAYABLE_ITEMS", "Value": limit}]
    if known.get(BONUS) and BONUS not in unread:
        row.errors.append((BONUS, "a group's own tiers cannot be paid yet: leave this empty"))
    switch = known.get(SWITCH, "").casefold()
    row.is_active = switch not in ("no", "false", "0")
    if switch not in ("", "yes", "no", "true", "false", "1", "0") and SWITCH not in unread:
        row.errors.append((SWITCH, "write yes or no"))
    return row


def file_errors(rows: Iterable[FileRow]) -> list[tuple[int, str, str]]:
    """What is wrong with the file's columns, at row 1: unknown ones that hold something, and missing ones."""
    names: dict[str, bool] = {}
    for row in rows:
        for name, value in row.cells.items():
            names[name] = names.get(name, False) or bool(value.strip())
    found = {_known(name) for name in names}
    columns = ", ".join(COLUMNS)
    errors = [
        (1, name, f"is not a column of payout group files; its columns are {columns}")
        for name, is_used in names.items()
        if is_used and _known(name) is None
    ]
    if names:
        errors += [(1, name, "this column is missing") for name in NEEDED if name not in found]
    return errors


@lru_cache(maxsize=256)
def _known(name: str) -> str | None:
    """The column that a head means, in any case."""
    return _KNOWN.get(" ".join(name.split()).casefold())


def field_of(path: str) -> str:
    """The column that an error's path in the group (`.Rules[0].Values`) belongs to."""
    name = path.lstrip(".").partition(".")[0].partition("[")[0]
    return _FIELDS.get(name, name or "Payout Value")


def _read_payout(row: FileRow, kind: str, value: str, unread: Collection[str]) -> None:
    """Read what is paid. `15%` and 15 are the same beside Percent; an amount is not a percentage."""
    match kind.casefold():
        case "percent":
            field, number = "PayoutRate", value.removesuffix("%").strip()
        case "fixed":
            field, number = "Payout", value
        case _:
            row.group["Payout"] = "0"
            if "Payout Type" not in unread:
                row.errors.append(("Payout Type", "write Percent or Fixed"))
            return
    row.group[field] = "0"  # where it cannot be read: the error is reported once, here
    if "Payout Value" in unread:
        return
    if not value:
        row.group[field] = value
        row.errors.append(("Payout Value", "write what is paid, a number such as 7.5"))
    elif number.endswith("%") and field == "Payout":
        row.errors.append(
            ("Payout Value", f"“{value[:40]}” is a percentage: write Percent beside it, or an amount such as 7.50")
        )
    elif not _is_number(number):
        row.errors.append(("Payout Value", f"“{value[:40]}” is not a number: write one such as 7.5"))
    else:
        row.group[field] = number


def _is_number(text: str) -> bool:
    try:
        Decimal(text)
    except InvalidOperation:
        return False
    return True


def _read_rules(row: FileRow, text: str) -> list[dict[str, Any]]:
    try:
        return parse_rules(text)
    except Refused as refused:
        row.errors.append(("Rules", f"{refused}, as in [Customer Status is New]"))
        return []
