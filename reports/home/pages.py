"""The home page and the way to it; the first steps of an empty program."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from contracts.models import Contract, TermsVersion
from program.access import program_for_view
from program.frame.request import ProgramRequest
from program.models import EventType, Partner, Program
from program.templatetags.brandboard import amount, share
from reports.pages.addresses import address
from reports.pages.behind import ActionsBehind
from reports.pages.question import today_of
from reports.pages.recent import recent
from reports.queries.filters import read_filters
from reports.queries.movers import Mover, top_and_movers
from reports.queries.tables import money as with_digits
from reports.rollups.fill import touched_days
from tracking.models import Action, Conversion

from .obligations import owed
from .waiting import waiting

MOST = 5  # partners in each of the two lists


@dataclass(frozen=True, slots=True)
class Step:
    """A step that is needed before an order can be paid."""

    name: str
    words: str
    url: str
    is_done: bool


@require_safe
def index(request: ProgramRequest) -> HttpResponse:
    """To the home of the reader's first program."""
    program = Program.objects.for_user(request.user).first()
    if program is None:
        return render(request, "reports/no_program.html")
    return redirect("reports:home", program.pk)


@require_safe
def home(request: ProgramRequest, program_id: int) -> HttpResponse:
    program = program_for_view(request.principal, program_id)
    filters = read_filters({}, program=program, today=today_of(program))
    behind = ActionsBehind(program, filters)
    today = today_of(program)
    figures = recent(program, filters, behind, today)
    top, movers = top_and_movers(program, filters, filters.previous(), most=MOST)
    has_actions = Action.objects.filter(program=program).real().exists()
    waits = waiting(request, program, filters)
    context = {
        "filters": filters,
        "before": filters.previous(),
        "stats": figures.stats,
        "owed": owed(program, today),
        "chart": figures.chart,
        "top": [_line(mover, program, behind) for mover in top],
        "movers": [_line(mover, program, behind) for mover in movers],
        "steps": [] if has_actions else _first_steps(program),
        "due": [each for each in waits if each.is_due],
        "on_the_way": [each for each in waits if not each.is_due],
        "touched_days": touched_days(program),
    }
    return render(request, "reports/home.html", context)


@dataclass(frozen=True, slots=True)
class MoverLine:
    """A partner as the lists show it: its figures in words, and the address of its actions."""

    name: str
    url: str
    revenue: str
    rate: str
    change: str
    relative: str
    up: bool
    down: bool


def _line(mover: Mover, program: Program, behind: ActionsBehind) -> MoverLine:
    change = mover.change
    relative = share(abs(change) * 100 / mover.revenue_before) if mover.revenue_before else "new"
    return MoverLine(
        name=mover.name,
        url=behind.address(partner=mover.partner_id),
        revenue=amount(with_digits(mover.revenue, program.currency), program.currency),
        rate=share(mover.cost * 100 / mover.revenue) if mover.revenue else "–",
        change=amount(with_digits(change, program.currency), program.currency),
        relative=relative if change else "unchanged",
        up=change > 0,
        down=change < 0,
    )


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
