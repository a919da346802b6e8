"""The two reports as pages. They read rollups only: their cost does not grow with the number of actions."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Max
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from common.web.lists import SIZES
from program.access import program_for_view
from program.frame.request import ProgramRequest
from program.models import Program
from reports.models import DailyTotal
from reports.queries.figures import (
    OTHER,
    PARTS,
    ByStatus,
    DayRow,
    Figures,
    day_rows,
    ordered_statuses,
    partner_rows,
    summed,
    whole,
)
from reports.queries.partner_order import partners_in_order
from reports.queries.tables import (
    METRICS,
    REPORTS,
    Column,
    Report,
    figure_cells,
    partner_cells,
    partner_columns,
    shown_columns,
    sorted_days,
)
from reports.rollups.fill import touched_days

from .question import Question, chips, choices, comparisons, presets, read_question, today_of
from .stats import ActionsBehind, by_own_statuses, by_parts, four_figures, trend, written

DAY_SIZES = [7, 14, 31]
FIGURES = partner_columns()[2:]
# Of the columns of New vs. Return Customer, as an address of actions takes them: the statuses, the rest, all.
STATUSES = [*(status for _, status in PARTS), ""]


@dataclass(frozen=True, slots=True)
class Label:
    """The head of a column: short, with the currency where it holds money; its key sorts."""

    label: str
    key: str


@dataclass(frozen=True, slots=True)
class Head:
    """The head over the columns of one customer status, with its mark, or over the rest."""

    words: str
    status: str
    columns: list[Label]


def _heads() -> list[Head]:
    """New, Return, Re-Engaged and Other with three figures each, then the total with the rate of new customers."""
    heads = []
    for index, (name, status) in enumerate([*PARTS, ("Total", "")]):
        columns = FIGURES[index * len(METRICS) : (index + 1) * len(METRICS)]
        labels = [Label(metric.name, column.key) for metric, column in zip(METRICS, columns, strict=True)]
        heads.append(Head(name, OTHER if status is None else status, labels))
    heads[-1].columns.append(Label("New Customer Rate", FIGURES[-1].key))
    return heads


HEADS = _heads()


@dataclass(frozen=True, slots=True)
class PartLine:
    """One customer status of a day, with the address of its actions."""

    status: str
    url: str
    cells: list[str]


@dataclass(frozen=True, slots=True)
class DayLine:
    """A day as the table shows it, with the address of its actions."""

    day: date
    url: str
    cells: list[str]
    parts: list[PartLine]


@require_safe
def new_vs_return_customer(request: ProgramRequest, program_id: int) -> HttpResponse:
    program = program_for_view(request.principal, program_id)
    report = REPORTS["new_vs_return_customer"]
    question = read_question(request.GET, program, report, sort="partner")
    days = day_rows(program, question.filters)
    context = _context(request, program, report, question, summed(days))
    total, currency = context["total"], context["currency"]

    behind: ActionsBehind = context["behind"]

    def cells(figures: ByStatus, partner: int | None = None) -> list[tuple[str, str]]:
        """The figures in words, each number of actions with the address of those actions."""
        words = written(partner_cells(figures, currency), FIGURES, currency)
        counts = [part.actions for part in (*figures.parts(), figures.total)]
        urls = [""] * len(words)
        for index, (count, status) in enumerate(zip(counts, STATUSES, strict=True)):
            if count:
                urls[index * len(METRICS)] = behind.address(partner=partner, status=status)
        return list(zip(words, urls, strict=True))

    page = _page(request, partners_in_order(program, question.filters, question.sort), SIZES)
    rows = partner_rows(program, question.filters, page["page"].object_list)
    context |= {
        "chart": trend(days, total, by_parts(), currency),
        **page,
        "heads": HEADS,
        "lines": [
            (row.partner, behind.address(partner=row.partner.partner_id), cells(row.figures, row.partner.partner_id))
            for row in rows
        ],
        "total_cells": cells(total),
    }
    return _render(request, question, context)


@require_safe
def performance_by_day_by_customer_status(request: ProgramRequest, program_id: int) -> HttpResponse:
    program = program_for_view(request.principal, program_id)
    report = REPORTS["performance_by_day_by_customer_status"]
    question = read_question(request.GET, program, report, sort="-date")
    days = day_rows(program, question.filters)
    context = _context(request, program, report, question, summed(days))
    total, currency = context["total"], context["currency"]
    behind: ActionsBehind = context["behind"]
    columns = shown_columns(question.show)
    page = _page(request, sorted_days(days, question.sort), DAY_SIZES)

    def cells(figures: Figures) -> list[str]:
        return written(figure_cells(figures, columns, currency), columns, currency)

    def line(row: DayRow) -> DayLine:
        statuses = row.figures.statuses
        parts = [
            PartLine(status, behind.address(day=row.day, status=status), cells(statuses[status]))
            for status in ordered_statuses(statuses)
        ]
        return DayLine(row.day, behind.address(day=row.day), cells(row.figures.total), parts)

    context |= {
        "chart": trend(days, total, by_own_statuses(total), currency),
        **page,
        "columns": [_label(column, currency) for column in columns],
        "days": [line(row) for row in page["page"]],
        "day_count": len(days),
        "total_cells": cells(total.total),
        "show_options": [(column.key, column.name, column.key in question.show) for column in report.extras],
    }
    return _render(request, question, context)


def _context(
    request: ProgramRequest, program: Program, report: Report, question: Question, total: ByStatus
) -> dict[str, Any]:
    """What both pages show around their table."""
    filters = question.filters
    currency = filters.currency or program.currency
    before = whole(program, question.compared) if question.compared else None
    offered = choices(program, filters)
    touched = touched_days(program)
    today = today_of(program)
    is_empty = not total.total.gross_actions
    return {
        "report": report,
        "question": question,
        "filters": filters,
        "currency": currency,
        "total": total,
        "stats": four_figures(total, before, currency, offered["behind"].address()),
        "behind_url": offered["behind"].address(),
        "chips": chips(request, filters, offered),
        "comparisons": comparisons(filters),
        "presets": presets(today),
        "today": today,
        "today_is_in": filters.start <= today <= filters.end,
        "touched_days": touched,
        "now": timezone.now(),
        "recomputing": f"{touched} {'day' if touched == 1 else 'days'} changed a moment ago. Reload in a few seconds.",
        "other_currencies": _other_currencies(offered["currencies"], currency),
        "is_empty": is_empty,
        "last_day": _last_day(program) if is_empty else None,
        **offered,
    }


def _label(column: Column, currency: str, words: str = "") -> Label:
    words = words or column.name
    return Label(f"{words}, {currency}" if column.kind == "money" else words, column.key)


def _last_day(program: Program) -> Any:
    """The newest day with any order, which an empty page links to."""
    return DailyTotal.objects.filter(program=program).aggregate(day=Max("day"))["day"]


def _other_currencies(offered: list[tuple[str, str]], currency: str) -> str:
    """Sums never mix currencies: the page names the other currencies."""
    others = [code for code, _ in offered if code != currency]
    if not others:
        return ""
    return f"These are the orders that pay in {currency}. There are others in {', '.join(others)}: choose the currency."


def _page(request: ProgramRequest, rows: list[Any], sizes: list[int]) -> dict[str, Any]:
    asked = request.GET.get("page_size", "")
    size = int(asked) if asked in map(str, sizes) else sizes[min(1, len(sizes) - 1)]
    return {"page": Paginator(rows, size).get_page(request.GET.get("page")), "sizes": sizes, "size": size}


def _render(request: ProgramRequest, question: Question, context: dict[str, Any]) -> HttpResponse:
    template = f"reports/{context['report'].handle}.html"
    return render(request, template, context, status=422 if question.errors else 200)
