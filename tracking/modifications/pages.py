"""Changes of orders that were refused: tried again, or dismissed with a reason; and one change as it was sent."""

from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST, require_safe

from common.queue.notify import notify
from common.requests.form_limits import takes_rows
from common.web.filters import FilterField, chip_of
from common.web.lists import back_to_list, numbers_of, page_of, text_in, text_of
from program.access import program_for_settlement
from program.frame.request import ProgramRequest
from program.models import Program
from tracking.access import modification_for_view, upload_of
from tracking.conversions.tabs import counts_of, tabs_of
from tracking.models import Action, Modification
from tracking.modifications.dismiss import DismissForm, dismiss_modifications, restore_modifications
from tracking.modifications.new_modifications import retry_modifications
from tracking.tasks import apply_modifications

from .change_words import address_in_words, change_in_words
from .differences import About, about
from .reasons import RETRIED, by_reason

# Of ?state=: which changes are listed. Without it, those that somebody has to review.
DISMISSED, WAITING = "DISMISSED", "WAITING"
STATES = [(DISMISSED, "Dismissed"), (WAITING, "Waiting")]


def modification_list(request: ProgramRequest, program: Program) -> HttpResponse:
    """A tab of the list of conversions; access to the program was already checked."""
    q, state = text_of(request, "q")[:64], request.GET.get("state", "")
    state = state if state in dict(STATES) else ""
    reason = _reason(text_of(request, "reason"))
    narrowed = FilterField("state", "State", options=STATES, value=state)
    why = FilterField("reason", "Reason", options=Modification.Reason.choices, value=reason)
    found = _listed(program, state, q, reason)
    listed = page_of(request, found.select_related("event_type", "dismissed_by"))
    context = {
        **listed,
        "groups": [] if state else by_reason(found),
        "rows": _rows(program, listed["page"]),
        "q": q,
        "state": state,
        "reason": reason,
        "is_filtered": bool(q or state or reason),
        "filter_fields": [narrowed, why],
        "chips": chip_of(request.GET, narrowed) + chip_of(request.GET, why),
        "tabs": tabs_of(program, counts_of(program)),
        "current": "?tab=modifications",
        "waiting": Modification.objects.filter(program=program).waiting().count(),
    }
    return render(request, "tracking/modification_list.html", context)


@require_safe
def modification_detail(request: ProgramRequest, program_id: int, pk: int) -> HttpResponse:
    modification = modification_for_view(request.principal, program_id, pk)
    actions = Action.objects.filter(program=program_id, order_id=modification.order_id).order_by("-id")[:5]
    ((_, change, of_order),) = _rows(modification.program, [modification])
    context = {
        "modification": modification,
        "change": change,
        "about": of_order,
        "address": address_in_words(modification),
        "actions": actions,
        "upload": upload_of(modification),
        "can_retry": modification.reason in RETRIED,
    }
    return render(request, "tracking/modification_detail.html", context)


@takes_rows
@require_POST
def modification_retry(request: ProgramRequest, program_id: int) -> HttpResponse:
    """Queue the ticked refused changes again, or all that the list shows."""
    program = program_for_settlement(request.principal, program_id)
    count = retry_modifications(_chosen(request, program), program=program)
    if count:
        notify(apply_modifications, program.pk)
        messages.success(
            request,
            "1 will be tried again." if count == 1 else f"{count} will be tried again.",
        )
    else:
        messages.error(request, "Tick changes that were refused; nothing was changed.")
    return back_to_list(request, "tracking:conversion_list", program_id)


@takes_rows
@require_POST
def modification_dismiss(request: ProgramRequest, program_id: int) -> HttpResponse:
    """Ask for the reason (in a dialog, or on a page of its own), then dismiss the ticked changes, or all."""
    program = program_for_settlement(request.principal, program_id)
    ids = list(
        Modification.objects.filter(program=program, pk__in=_chosen(request, program))
        .to_settle()
        .values_list("pk", flat=True)
    )
    if not ids:
        messages.error(request, "Tick changes that were refused; nothing was changed.")
        return back_to_list(request, "tracking:conversion_list", program_id)
    is_answer = "reason" in request.POST
    form = DismissForm(request.POST if is_answer else None)
    if is_answer and form.is_valid():
        count = dismiss_modifications(
            ids,
            program=program,
            user_id=request.user.pk,
            reason=form.cleaned_data["reason"],
        )
        messages.success(request, "1 change was dismissed." if count == 1 else f"{count} changes were dismissed.")
        return back_to_list(request, "tracking:conversion_list", program_id)
    context = {"form": form, "ids": ids, "query": request.POST.get("query", "")}
    part = "#dismiss" if request.htmx else ""
    return render(request, f"tracking/modification_dismiss.html{part}", context, status=422 if is_answer else 200)


@takes_rows
@require_POST
def modification_restore(request: ProgramRequest, program_id: int) -> HttpResponse:
    """Undo the dismissal of the ticked changes, or of all that the list shows."""
    program = program_for_settlement(request.principal, program_id)
    count = restore_modifications(_chosen(request, program), program=program)
    if count:
        messages.success(
            request, "1 change has to be settled again." if count == 1 else f"{count} changes have to be settled again."
        )
    else:
        messages.error(request, "Tick changes that were dismissed; nothing was changed.")
    return back_to_list(request, "tracking:conversion_list", program_id)


def _chosen(request: ProgramRequest, program: Program) -> list[int]:
    """The changes that were ticked, or all that the list showed."""
    if "all" not in request.POST:
        return numbers_of(request, "row")
    state, why = request.POST.get("state", ""), text_in(request.POST, "why")
    reason = _reason(why)
    if state not in ("", DISMISSED) or why != reason:  # nothing that a page lists
        return []
    return list(_listed(program, state, text_in(request.POST, "q")[:64], reason).values_list("pk", flat=True))


def _rows(
    program: Program, modifications: Iterable[Modification]
) -> list[tuple[Modification, list[tuple[str, str]], About | None]]:
    """Each with what was to change, and the action that it names with the difference, where there is one."""
    rows = list(modifications)
    known = about(program, rows)
    return [(row, change_in_words(row, found.before if found else {}), found)
            for row in rows for found in [known.get(row.pk)]]  # fmt: skip


def _reason(asked: str) -> str:
    """A reason for which changes are refused; nothing for other words."""
    return asked if asked in Modification.Reason.values else ""


def _listed(program: Program, state: str, q: str, reason: str) -> Any:
    rows = Modification.objects.filter(program=program)
    if state == WAITING:
        rows = rows.waiting()
    else:
        rows = rows.dismissed() if state == DISMISSED else rows.to_settle()
    if reason:
        rows = rows.filter(reason=reason)
    return rows.filter(order_id__icontains=q) if q else rows
