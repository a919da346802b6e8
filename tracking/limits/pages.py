"""Approving actions that are over a cap."""

from collections import defaultdict
from decimal import Decimal

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from common.db.edits import Stale
from common.requests.form_limits import takes_rows
from common.web.lists import back_to_list, number_in, numbers_of
from program.access import program_for_settlement
from program.frame.request import ProgramRequest
from program.models import Program
from program.templatetags.brandboard import money, number
from tracking.models import Action

from .approving import approve_over_cap, payouts_seen, refusal_of

MOST = 1_000  # at once, in one request
CHANGED = "What they would be paid has changed since you saw it. Nothing was approved; this is how it is now."


@takes_rows
@require_POST
def action_approve(request: ProgramRequest, program_id: int) -> HttpResponse:
    """Say what the ticked actions would be paid (in a dialog, or on a page of its own), then approve them."""
    program = program_for_settlement(request.principal, program_id)
    ids = numbers_of(request, "row")
    if not ids or len(ids) > MOST:
        messages.error(request, f"Tick between 1 and {number(MOST)} actions that are over their cap.")
        return _back(request, program)
    problem = ""
    if "confirmed" in request.POST:
        try:
            _approve(request, program, ids)
        except Stale:
            problem = CHANGED
        else:
            return _back(request, program)
    rows = Action.objects.over_cap().filter(program=program, pk__in=ids).select_related("program")
    now = timezone.now()
    payouts: dict[str, Decimal] = defaultdict(Decimal)
    asked, refused = [], []
    for action in rows.order_by("id"):
        if refusal := refusal_of(action, now):
            refused.append(refusal)
        else:
            asked.append(action)
            payouts[action.currency] += action.intended_payout
    context = {
        "ids": [action.pk for action in asked],
        "seen": payouts_seen(asked),
        "problem": problem,
        "payouts": _in_words(payouts),
        "refusals": list(dict.fromkeys(refused)) or ([] if asked else ["None of them is over its cap any more."]),
        "query": request.POST.get("query", ""),
        "from": request.POST.get("from", ""),
    }
    part = "#approve" if request.htmx else ""
    return render(request, f"tracking/action_approve.html{part}", context, status=409 if problem else 200)


def _approve(request: ProgramRequest, program: Program, ids: list[int]) -> None:
    seen = request.POST.get("seen")
    done = approve_over_cap(ids, program=program, user_id=request.user.pk, now=timezone.now(), seen=seen)
    if done.count:
        counted = "1 action was" if done.count == 1 else f"{number(done.count)} actions were"
        messages.success(request, f"{counted} approved: {_in_words(done.payouts)}.")
    for refusal in done.refused or ([] if done.count else ["None of them is over its cap any more."]):
        messages.error(request, refusal)


def _in_words(payouts: dict[str, Decimal]) -> str:
    return " + ".join(money(amount, currency) for currency, amount in sorted(payouts.items()))


def _back(request: ProgramRequest, program: Program) -> HttpResponse:
    if pk := number_in(request.POST, "from"):
        return redirect("tracking:action_detail", program.pk, pk)
    return back_to_list(request, "tracking:action_list", program.pk)
