"""What a draft of a test says of each setting, and short ways to write parts of its document."""

from dataclasses import dataclass, field
from typing import Any, NamedTuple

type Typed = dict[str, str | list[str] | None]
type Document = dict[str, Any]


class Said(NamedTuple):
    """What a section without rows says: as it is typed (None: a box without its tick), in the document, in its closed
    row, and on the version's page. `kept` are typed values that the form then spells in another way; `after` is the
    closed row once it was published, where that differs, and then nothing is ticked.
    """

    typed: Typed
    published: Document
    line: str
    version: str
    kept: dict[str, str] = {}
    after: str = ""


class Row(NamedTuple):
    """A row of a list: its rules are typed as (variable, operator, values); its words stand in this order."""

    typed: Typed
    rules: list[tuple[str, str, str]]
    published: Document
    words: tuple[str, ...]
    kept: dict[str, str] = {}


class Rows(NamedTuple):
    """A list: its rows in the order in which they are added and, in `ranked`, in which they then stand."""

    rows: list[Row]
    line: str
    ranked: tuple[int, ...]


@dataclass(frozen=True)
class Draft:
    """Name, labels and currency, and what each section says, by its name in the engine."""

    name: str
    labels: str
    currency: str
    sections: dict[str, Said | Rows] = field(default_factory=dict)


def rule(variable: str, operator: str, *values: str) -> Document:
    return {"Variable": variable, "Operator": operator, "Values": list(values)}


def locking(period: str, months: int, days: int) -> Document:
    return {
        "Locking": {
            "Basis": "TRACKED", "Period": period, "MonthOffset": months, "DayOffset": days, "OpenEnded": False,
        }
    }  # fmt: skip


def scheduling(period: str, months: int, days: int) -> Document:
    said = {"Basis": "LOCKED", "Period": period, "MonthOffset": months, "DayOffset": days}
    return {"PayoutScheduling": said}


def limits(*rows: tuple[str, str, str, str]) -> tuple[Typed, Document]:
    """Rows of (type, value, for whom, period), as they are typed and published; the period is of two kinds alone."""
    typed: Typed = {}
    published = []
    for number, (type_, value, by, period) in enumerate(rows):
        for part, each in (("type", type_), ("value", value), ("by", by), ("period", period)):
            typed[f"limit-{number}-{part}"] = each
        own = {"Type": type_, "LimitBy": by, "Value": value}
        published.append(own | ({"Period": period} if by in ("ALL", "CUSTOMER") else {}))
    return typed, {"Limits": published}


def referral(type_: str, window: int, unit: str) -> Document:
    return {"Type": type_, "Window": window, "WindowUnit": unit}
