"""The cells of one row of a payout group file, read into a payout group of a terms document."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from contracts.engine.text import Unreadable, parse_rules

RANK, BONUS, SWITCH = "Rank", "Bonus", "Switched On"
REASON = "Rejection Reason"  # beside rejected rows; ignored when they come back repaired
COLUMNS = (RANK, "Name", "Payout Type", "Payout Value", "Rules", "Limit", BONUS)
NEEDED = ("Payout Type", "Payout Value", "Rules")
_KNOWN = {name.casefold(): name for name in (*COLUMNS, SWITCH, REASON)}
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
    known = {_KNOWN.get(" ".join(name.split()).casefold(), name): value.strip() for name, value in cells.items()}
    row = FileRow(number, dict(cells), {"Rank": known.get(RANK) or None, "Name": known.get("Name", "")})
    _read_payout(row, known.get("Payout Type", ""), known.get("Payout Value", ""))
    _read_rules(row, known.get("Rules", ""))
    if limit := known.get("Limit"):
        row.group["Limits"] = [{"Type": "PAYABLE_ITEMS", "Value": limit}]
    if known.get(BONUS):
        row.errors.append((BONUS, "a group's own tiers cannot be paid yet: leave this empty"))
    switch = known.get(SWITCH, "").casefold()
    row.is_active = switch not in ("no", "false", "0")
    if switch not in ("", "yes", "no", "true", "false", "1", "0"):
        row.errors.append((SWITCH, "write yes or no"))
    return row


def file_errors(rows: Iterable[FileRow]) -> list[tuple[int, str, str]]:
    """What is wrong with the file's columns, at row 1: unknown ones that hold something, and missing ones."""
    names: dict[str, bool] = {}
    for row in rows:
        for name, value in row.cells.items():
            names[name] = names.get(name, False) or bool(value.strip())
    found = {_KNOWN.get(" ".join(name.split()).casefold()) for name in names}
    columns = ", ".join(COLUMNS)
    errors = [
        (1, name, f"is no column of a payout group file; its columns are {columns}")
        for name, is_used in names.items()
        if is_used and " ".join(name.split()).casefold() not in _KNOWN
    ]
    if names:
        errors += [(1, name, "this column is missing") for name in NEEDED if name not in found]
    return errors


def field_of(path: str) -> str:
    """The column that an error's path in the group (`.Rules[0].Values`) belongs to."""
    name = path.lstrip(".").partition(".")[0].partition("[")[0]
    return _FIELDS.get(name, name or "Payout Value")


def _read_payout(row: FileRow, kind: str, value: str) -> None:
    match kind.casefold():
        case "percent":
            row.group["PayoutRate"] = value.removesuffix("%").strip()
        case "fixed":
            row.group["Payout"] = value
        case _:
            row.group["Payout"] = "0"
            row.errors.append(("Payout Type", "write Percent or Fixed"))
            return
    if not value:
        row.errors.append(("Payout Value", "write what is paid, a number such as 7.5"))
    elif not _is_number(value.removesuffix("%").strip()):
        row.group.update({name: "0" for name in ("PayoutRate", "Payout") if name in row.group})  # said once, here
        row.errors.append(("Payout Value", f"“{value[:40]}” is no number: write one such as 7.5"))


def _is_number(text: str) -> bool:
    try:
        Decimal(text)
    except InvalidOperation:
        return False
    return True


def _read_rules(row: FileRow, text: str) -> None:
    row.group["Rules"] = []
    try:
        row.group["Rules"] = parse_rules(text)
    except Unreadable as error:
        row.errors.append(("Rules", f"{error}, as in [Customer Status is New]"))
