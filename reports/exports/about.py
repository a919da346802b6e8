"""What a report file contains: its days, filters, currency and time zone, in its name and beside its table."""

import re
import unicodedata
from collections.abc import Sequence
from datetime import datetime

from program.models import Program
from reports.queries.filters import LABELS, PARAMETERS, Filters
from reports.queries.tables import Report, shown_columns

LONGEST = 200  # characters of a file's name; common file systems take 255 bytes
_MANY = 3  # values of a filter that a name lists


def file_name(program: Program, report: Report, filters: Filters, format: str) -> str:
    """Such as new-vs-return-customer-2026-11-01-2026-11-30-GBP-Europe-London-partner-P-1.csv, in ASCII."""
    parts = [
        report.handle.replace("_", "-"),
        f"{filters.start}-{filters.end}",
        filters.currency or program.currency,
        program.time_zone,
    ]
    for name, parameter in PARAMETERS.items():
        values = getattr(filters, name)
        if values:
            listed = "+".join(values) if len(values) <= _MANY else f"{len(values)}-of-them"
            parts.append(f"{parameter}-{listed}")
    return f"{plain('-'.join(parts))[:LONGEST]}.{format}"


def about(
    program: Program, report: Report, filters: Filters, *, show: Sequence[str], now: datetime
) -> list[tuple[str, object]]:
    """Names and values, for the second sheet of a workbook."""
    columns = ", ".join(column.name for column in shown_columns(show)[3:]) if report.extras else ""
    return [
        ("Report", report.title),
        ("Program", f"{program.name}, {program.pk}"),
        ("First day", filters.start),
        ("Last day, included", filters.end),
        ("Time zone of the days", program.time_zone),
        ("Currency", filters.currency or program.currency),
        *((LABELS[parameter], ", ".join(getattr(filters, name)) or "All") for name, parameter in PARAMETERS.items()),
        *([("Columns shown besides", columns)] if columns else []),
        ("What is counted", "Actions that are pending or approved, by event date. Gross figures include the reversed."),
        ("Figures as of", now.astimezone(program.zone).isoformat(timespec="seconds")),
    ]


def plain(text: str) -> str:
    """Letters without accents, digits and characters that every file system accepts."""
    ascii_alone = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return re.sub(r"[^A-Za-z0-9._+-]+", "-", ascii_alone).strip("-.")
