"""The home page: the last 30 days, the trend, the newest actions, and what waits for a decision."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from contracts.models import Contract, TermsVersion
from program.access import program_for_view
from program.models import EventType, Partner, Program
from reports.models import Export
from reports.queries.figures import day_rows, summed
from reports.queries.filters import read_filters
from reports.rollups.fill import touched_days
from tracking.models import Action, Conversion, Modification, Upload

from .addresses import address
from .behind import ActionsBehind
from .question import today_of
from .stats import four_figures
from .statuses import marks_of
from .trend import Compared, Trend, by_own_statuses, distance

NEWEST = 8


@dataclass(frozen=True, slots=True)
class Waiting:
    """Something that waits: for a person (`is_due`), or only for a worker."""

    count: int
    one: str
    many: str
    state: str
    url: str
    is_due: bool


@dataclass(frozen=True, slots=True)
class Step:
    """A step that is needed before an order can be paid."""

    name: str
    words: str
    url: str
    is_done: bool


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """To the home of the reader's first program."""
    program = Program.objects.for_user(request.user).first()
    if program is None:
        return render(request, "reports/no_program.html")
    return redirect("reports:home", program.pk)


@require_safe
def home(request: HttpRequest, program_id: int) -> HttpResponse:
    program = program_for_view(request, program_id)
    filters = read_filters({}, program=program, today=today_of(program))
    days = day_rows(program, filters)
    total = summed(days)
    before = day_rows(program, filters.previous())
    behind = ActionsBehind(program, filters)
    marks = marks_of(program, total)
    trend = Trend(
        days,
        currency=program.currency,
        marks=marks,
        behind=behind,
        today=today_of(program),
        compared=Compared(distance(filters, filters.previous()), before),
    )
    actions = list(Action.objects.filter(program=program).real().select_related("partner")[:NEWEST])
    context = {
        "filters": filters,
        "before": filters.previous(),
        "stats": four_figures(total, summed(before), program.currency, behind.address()),
        "chart": trend.data(by_own_statuses(total)),
        "actions": actions,
        "steps": [] if actions else _first_steps(program),
        "waiting": [each for each in _waiting(request, program) if each.count],
        "touched_days": touched_days(program),
    }
    return render(request, "reports/home.html", context)


def _first_steps(program: Program) -> list[Step]:
    """The steps from an empty program to its first payout, and which are done."""
    orders = Conversion.objects.filter(is_test=False)
    rows: tuple[tuple[str, str, str, Any], ...] = (
        ("Event types", "What you pay for, such as an online sale.", "program:event_type_list", EventType.objects),
        (
            "Partners",
            "Those who bring you customers: add them, or upload a file.",
            "program:partner_list",
            Partner.objects,
        ),
        (
            "Template terms",
            "What an order pays: write a draft, publish it.",
            "contracts:terms_list",
            TermsVersion.objects,
        ),
        (
            "Contracts",
            "Partners who joined published terms are paid by them.",
            "contracts:contract_list",
            Contract.objects,
        ),
        ("Orders", "They come through the API, or from a file.", "tracking:upload_list", orders),
    )
    return [
        Step(name, words, address(view, program), there.filter(program=program).exists())
        for name, words, view, there in rows
    ]


def _waiting(request: HttpRequest, program: Program) -> list[Waiting]:
    conversions = Conversion.objects.filter(program=program, is_test=False)  # test orders need no attention
    modifications = Modification.objects.filter(program=program)
    uploads = Upload.objects.filter(program=program)
    exports = Export.objects.filter(program=program, user=request.user.pk)
    unpriced = address("tracking:conversion_list", program)
    refused = address("tracking:conversion_list", program, "?tab=modifications")
    unapplied = address("tracking:conversion_list", program, "?tab=modifications&state=WAITING")
    on_the_way = address("tracking:conversion_list", program, "?state=WAITING")
    failed = address("reports:export_list", program, "?state=failed")
    unwritten = address("reports:export_list", program, "?state=unfinished")
    held = (Conversion.State.HELD, Conversion.State.QUARANTINED)
    order = "conversion", "conversions"
    change = "change to an order", "changes to orders"
    upload, file = ("uploaded file", "uploaded files"), ("report file", "report files")
    upload_list = address("tracking:upload_list", program, "?state=unfinished")
    return [
        Waiting(conversions.filter(state__in=held).count(), *order, "Could not be priced", unpriced, True),
        Waiting(modifications.to_settle().count(), *change, "Refused", refused, True),
        Waiting(uploads.filter(state__in=Upload.UNFINISHED).count(), *upload, "Not finished", upload_list, True),
        Waiting(exports.filter(state=Export.State.FAILED).count(), *file, "Could not be written", failed, True),
        Waiting(conversions.waiting().count(), *order, "Waiting for the worker", on_the_way, False),
        Waiting(modifications.waiting().count(), *change, "Waiting for the worker", unapplied, False),
        Waiting(exports.filter(state__in=Export.UNFINISHED).count(), *file, "Being written", unwritten, False),
    ]
