"""The two reports as pages. They read rollups only: their cost does not grow with the number of actions."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Max
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from common.web.lists import SIZES
from program.access import program_for_view
from program.event_types.status_marks import status_marks
from program.frame.request import ProgramRequest
from program.models import Program
from reports.models import DailyTotal
from reports.queries.figures import DayRow, day_rows, partner_rows, summed
from reports.queries.partner_order import partners_in_order
from reports.queries.tables import METRICS, REPORTS, Column, Report, shown_columns, sorted_days
from reports.rollups.fill import touched_days

from .day_table import DayTable
from .partner_table import CHOICES, PartnerTable, metric_links, rate_of
from .question import Question, comparisons, narrowing, presets, read_question, today_of
from .stats import four_figures
from .statuses import share_bar
from .trend import Compared, Trend, by_own_statuses, by_parts, distance

DAY_SIZES = [14, 31]


@dataclass(frozen=True, slots=True)
class Label:
    """The head of a column: short, with the currency where it holds money; its key sorts."""

    label: str
    key: str


@require_safe
def new_vs_return_customer(request: ProgramRequest, program_id: int) -> HttpResponse:
    program = program_for_view(request.principal, program_id)
    report = REPORTS["new_vs_return_customer"]
    question = read_question(request.GET, program, report, sort="partner")
    days = day_rows(program, question.filters)
    context = _context(request, program, report, question, days)
    total, currency = context["total"], context["currency"]
    asked = request.GET.get("metric", "")
    metric = asked if asked in CHOICES else METRICS[0].key
    table = PartnerTable(
        total,
        metric=metric,
        is_unfolded=request.GET.get("other") == "shown",
        marks=context["marks"],
        currency=currency,
        behind=context["behind"],
    )
    page = _page(request, partners_in_order(program, question.filters, question.sort), SIZES)
    context |= {
        "chart": context["trend"].data(by_parts(context["total"])),
        **page,
        "table": table,
        "metric_links": metric_links(request.GET, metric),
        "lines": table.lines(partner_rows(program, question.filters, page["page"].object_list)),
        "total_cells": table.cells(total),
        "total_rate": rate_of(total),
        "total_bar": table.bar(total),
    }
    return _render(request, question, context)


@require_safe
def performance_by_day_by_customer_status(request: ProgramRequest, program_id: int) -> HttpResponse:
    program = program_for_view(request.principal, program_id)
    report = REPORTS["performance_by_day_by_customer_status"]
    question = read_question(request.GET, program, report, sort="-date")
    days = day_rows(program, question.filters)
    context = _context(request, program, report, question, days)
    total, currency, marks = context["total"], context["currency"], context["marks"]
    columns = shown_columns(question.show)
    table = DayTable(columns, marks=marks, currency=currency, behind=context["behind"])
    page = _page(request, sorted_days(days, question.sort), DAY_SIZES)
    context |= {
        "chart": context["trend"].data(by_own_statuses(total)),
        **page,
        "columns": [_label(column, currency) for column in columns],
        "days": table.lines(page["page"]),
        "day_count": len(days),
        "total_cells": table.cells(total.total),
        "total_bar": share_bar(total, marks),
        "show_options": [(column.key, column.name, column.key in question.show) for column in report.extras],
    }
    return _render(request, question, context)


def _context(
    request: ProgramRequest, program: Program, report: Report, question: Question, days: Sequence[DayRow]
) -> dict[str, Any]:
    """What both pages show around their table."""
    filters, total = question.filters, summed(days)
    currency = filters.currency or program.currency
    before = day_rows(program, question.compared) if question.compared else []
    words = distance(filters, question.compared) if question.compared else ""
    marks = status_marks(program)
    offered = narrowing(request, program, filters)
    touched = touched_days(program)
    today = today_of(program)
    is_empty = not total.total.gross_actions
    return {
        "report": report,
        "question": question,
        "filters": filters,
        "currency": currency,
        "total": total,
        "marks": marks,
        "trend": Trend(
            days,
            currency=currency,
            marks=marks,
            behind=offered["behind"],
            today=today,
            compared=Compared(words, before) if before else None,
        ),
        "stats": four_figures(total, summed(before) if before else None, currency, offered["behind"].address()),
        "behind_url": offered["behind"].address(),
        "comparisons": comparisons(filters, question.comparison),
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


def _other_currencies(offered: list[str], currency: str) -> str:
    """Sums never mix currencies: the page names the other currencies."""
    others = [code for code in offered if code != currency]
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
