"""A check as its page shows it: the matrix, what was paid wrongly, and what is not judged."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple
from urllib.parse import urlencode

from program.event_types.status_marks import Marks
from program.models import Partner
from tracking.models import StatusCheck

from .verdicts import AGREES, DISAGREES, JUDGED, NO_CUSTOMER, NONE, OWN, UNMAPPED, WORKED_OUT

MOST = 10  # partners and codes that the page shows; the files have every order
WHY = {
    OWN: "a status of your own",
    UNMAPPED: "a code that is mapped to no status",
    NONE: "no code was sent",
    WORKED_OUT: "no code was sent; worked out from earlier orders",
    NO_CUSTOMER: "the order names no customer",
}


class Cell(NamedTuple):
    """Orders that were sent with one status and have one by the history; `query` leads to them."""

    by_history: str
    orders: int
    is_wrong: bool
    query: str


class MatrixRow(NamedTuple):
    """A status that was sent."""

    sent: str
    mark: str
    cells: list[Cell]
    unjudged: int
    unjudged_query: str
    total: int


@dataclass(frozen=True)
class Wrong:
    """What some orders were paid too much and too little: `words` say whose, `query` leads to them."""

    words: str
    about: str
    query: str
    orders: int
    currency: str
    too_much: Decimal
    too_little: Decimal


class Unjudged(NamedTuple):
    """Orders that are not judged: their code and status, and why."""

    code: str
    status: str
    mark: str
    why: str
    orders: int


def matrix(check: StatusCheck, marks: Marks) -> list[MatrixRow]:
    counts: dict[tuple[str, str, str], int] = {
        (row["Sent"], row["ByHistory"], row["Verdict"]): row["Orders"] for row in check.findings.get("Matrix", ())
    }
    return [_matrix_row(sent, marks[sent], counts) for sent in JUDGED]


def _matrix_row(sent: str, mark: str, counts: Mapping[tuple[str, str, str], int]) -> MatrixRow:
    cells = []
    for by_history in JUDGED:
        verdict = AGREES if sent == by_history else DISAGREES
        orders = counts.get((sent, by_history, verdict), 0)
        is_wrong = bool(orders) and verdict == DISAGREES
        cells.append(Cell(by_history, orders, is_wrong, _query(sent=sent, by_history=by_history) if is_wrong else ""))
    unjudged = sum(
        orders
        for (status, _, verdict), orders in counts.items()
        if status == sent and verdict not in (AGREES, DISAGREES)
    )
    total = sum(cell.orders for cell in cells) + unjudged
    return MatrixRow(sent, mark, cells, unjudged, _query(sent=sent, verdict="unjudged"), total)


def counted(check: StatusCheck) -> dict[str, int]:
    """How many orders agree, disagree, cannot be judged, and are not judged at all."""
    found = dict.fromkeys(("agree", "disagree", "unjudged"), 0)
    for row in check.findings.get("Matrix", ()):
        name = {AGREES: "agree", DISAGREES: "disagree"}.get(row["Verdict"], "unjudged")
        found[name] += row["Orders"]
    return {
        **found,
        "judged": found["agree"] + found["disagree"],
        "orders": check.findings.get("Orders", 0),
        "not_judged": sum(row["Orders"] for row in check.findings.get("NotJudged", ())),
    }


def totals(check: StatusCheck) -> list[Wrong]:
    return [_wrong(row, row["Currency"], "", {}) for row in check.findings.get("Totals", ())]


def by_partner(check: StatusCheck) -> tuple[list[Wrong], int]:
    """Those with most at stake, and how many more there are."""
    rows = check.findings.get("Partners", ())
    partners = Partner.objects.in_bulk({row["Partner"] for row in rows[:MOST]})
    found = [(row, partners[row["Partner"]]) for row in rows[:MOST] if row["Partner"] in partners]
    return [
        _wrong(row, partner.name, partner.media_partner_id, {"partner": partner.pk}) for row, partner in found
    ], max(len(rows) - MOST, 0)


def by_code(check: StatusCheck) -> tuple[list[Wrong], int]:
    rows = check.findings.get("Codes", ())
    found = [_wrong(row, row["Code"], row["Sent"], {"code": row["Code"], "sent": row["Sent"]}) for row in rows[:MOST]]
    return found, max(len(rows) - MOST, 0)


def not_judged(check: StatusCheck, marks: Marks) -> tuple[list[Unjudged], int]:
    rows = check.findings.get("NotJudged", ())
    shown = [
        Unjudged(row["Code"], row["Status"], marks[row["Status"]], WHY[row["Why"]], row["Orders"])
        for row in rows[: 2 * MOST]
    ]
    return shown, max(len(rows) - 2 * MOST, 0)


def _wrong(row: Mapping[str, Any], words: str, about: str, query: Mapping[str, object]) -> Wrong:
    return Wrong(
        words,
        about,
        _query(**query),
        row["Orders"],
        row["Currency"],
        Decimal(row["TooMuch"]),
        Decimal(row["TooLittle"]),
    )


def _query(**values: object) -> str:
    return f"?{urlencode(values)}#orders" if values else ""
