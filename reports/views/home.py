"""Where a brand's day begins: the last 30 days, the trend, the newest actions, and what waits for a decision."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from program.access import program_for_view
from program.models import Program
from reports.filters import read_filters
from reports.models import Export
from reports.queries import day_rows, summed, whole
from reports.services.rollup import touched_days
from tracking.models import Action, Conversion, Modification, Upload

from .addresses import address
from .figures import by_own_statuses, four_figures, trend
from .questions import today_of

NEWEST = 8
_UNFINISHED_UPLOADS = (
    Upload.State.QUEUED, Upload.State.CHECKING, Upload.State.CHECKED, Upload.State.CONFIRMED, Upload.State.IMPORTING,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Waiting:
    """Something that waits: for a person (`is_due`), or only for a worker."""

    count: int
    words: str
    url: str
    icon: str
    is_due: bool


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
    actions = Action.objects.filter(program=program).real().select_related("partner")[:NEWEST]
    context = {
        "filters": filters,
        "before": filters.previous(),
        "stats": four_figures(total, whole(program, filters.previous()), program.currency),
        "chart": trend(days, total, by_own_statuses(total), program.currency),
        "actions": actions,
        "waiting": [each for each in _waiting(request, program) if each.count],
        "touched_days": touched_days(program),
    }
    return render(request, "reports/home.html", context)


def _waiting(request: HttpRequest, program: Program) -> list[Waiting]:
    conversions = Conversion.objects.filter(program=program)
    stuck = (Conversion.State.HELD, Conversion.State.QUARANTINED)
    modifications = Modification.objects.filter(program=program)
    exports = Export.objects.filter(program=program, user=request.user.pk)
    return [
        Waiting(
            conversions.filter(state__in=stuck).count(),
            "conversions could not be priced", address("tracking:conversion_list", program), "alert", True,
        ),
        Waiting(
            modifications.filter(state=Modification.State.REFUSED).count(),
            "changes to orders were refused", address("tracking:conversion_list", program, "?tab=modifications"),
            "undo", True,
        ),
        Waiting(
            Upload.objects.filter(program=program, state__in=_UNFINISHED_UPLOADS).count(),
            "uploaded files are not finished", address("tracking:upload_list", program), "upload", True,
        ),
        Waiting(
            exports.filter(state=Export.State.FAILED).count(),
            "files of reports could not be written", address("reports:export_list", program), "download", True,
        ),
        Waiting(
            conversions.waiting().count(),
            "conversions wait for the worker", address("tracking:conversion_list", program, "?state=WAITING"),
            "clock", False,
        ),
        Waiting(
            modifications.waiting().count(),
            "changes to orders wait for the worker", address("tracking:conversion_list", program), "clock", False,
        ),
        Waiting(
            exports.filter(state__in=[Export.State.QUEUED, Export.State.RUNNING]).count(),
            "files of reports are being written", address("reports:export_list", program), "clock", False,
        ),
    ]  # fmt: skip
