"""Tags on many customers: the dialog of the list, and what became of an act, with cancel and undo."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import HttpResponseClientRedirect

from common.db.edits import Stale
from common.jobs.cancel import cancel_job
from common.jobs.kinds import JobKind
from common.jobs.shown import polling, progress_of
from common.queue.notify import notify
from common.refusals import Refused
from common.requests.form_limits import takes_rows
from common.web.lists import LONGEST_QUERY, back_to_list, numbers_of
from common.web.refusals import to_form
from program import tasks
from program.access import program_for_edit, tag_act_for_edit, tag_act_for_view
from program.customers.selection import customers_matching
from program.frame.request import ProgramRequest
from program.models import Customer, Program, TagAct
from program.tags.assigning.acts import TAG_ACTS, act_at_once, create_act, undo_act
from program.tags.assigning.forms import AssignForm
from program.tags.deleting import TAG_DELETIONS

ACTS = {"assign": TagAct.Kind.ASSIGN, "remove": TagAct.Kind.REMOVE}


@takes_rows
@require_POST
def customer_assign(request: ProgramRequest, program_id: int) -> HttpResponse:
    """Ask which tags (in a dialog, or on a page of its own), then put them on the ticked customers or take them off;
    with `every` on all that match the filter, by a worker.
    """
    program = program_for_edit(request.principal, program_id)
    every, query = request.POST.get("every") == "1", QueryDict(request.POST.get("query", "")).urlencode()
    customers = [] if every else _ticked(request, program)
    if not every and not customers:
        messages.error(request, "Tick customers first; nothing was changed.")
        return _back(request, program_id)
    try:
        count = customers_matching(program, QueryDict(query)).count() if every else len(customers)
    except Refused as refused:
        messages.error(request, f"{refused} Nothing was changed.")
        return _back(request, program_id)
    kind = ACTS.get(request.POST.get("act", ""))
    form = AssignForm(request.POST if kind else None, program=program)
    if kind and form.is_valid():
        asked: dict[str, Any] = {
            "program": program, "kind": kind, "tags": list(form.cleaned_data["tags"]),
            "query": query, "since": form.cleaned_data["since"], "user_id": request.user.pk,
        }  # fmt: skip
        try:
            if every:
                act = create_act(**asked)
                notify(tasks.tag_act, act.pk)
            else:
                act = act_at_once(customers=customers, **asked)
        except Refused as refused:
            to_form(form, refused)
        else:
            return _answer(request, act)
    context = {
        "form": form,
        "customers": customers,
        "every": every,
        "count": count,
        "query": query,
    }
    part = "#assign" if request.htmx else ""
    return render(request, f"program/customer_assign.html{part}", context, status=422 if kind else 200)


@require_safe
def tag_act_detail(request: ProgramRequest, program_id: int, pk: int) -> HttpResponse:
    return _shown(request, tag_act_for_view(request.principal, program_id, pk))


@require_POST
def tag_act_cancel(request: ProgramRequest, program_id: int, pk: int) -> HttpResponse:
    act = tag_act_for_edit(request.principal, program_id, pk)
    try:
        cancel_job(_kind_of(act), act, user_id=request.user.pk)
    except Stale:
        messages.error(request, "It is neither waiting nor running, so there is nothing to cancel.")
    return _answer(request, tag_act_for_view(request.principal, program_id, pk))


@require_POST
def tag_act_undo(request: ProgramRequest, program_id: int, pk: int) -> HttpResponse:
    act = tag_act_for_edit(request.principal, program_id, pk)
    try:
        if undo_act(act=act):
            notify(tasks.undo_tag_act, act.pk)
    except Stale as stale:
        messages.error(request, str(stale))
    return _answer(request, tag_act_for_view(request.principal, program_id, pk))


def _back(request: ProgramRequest, program_id: int) -> HttpResponse:
    """To the list; from the dialog the browser leaves for it, so that no page lands inside the dialog."""
    answer = back_to_list(request, "tracking:customer_list", program_id)
    return HttpResponseClientRedirect(answer["Location"]) if request.htmx else answer


def _answer(request: ProgramRequest, act: TagAct) -> HttpResponse:
    return _shown(request, act) if request.htmx else redirect("program:tag_act_detail", act.program_id, act.pk)


def _shown(request: ProgramRequest, act: TagAct) -> HttpResponse:
    """How far an act is and what it did: in the dialog, or on a page of its own."""
    progress = progress_of(_kind_of(act), act)
    is_deletion = act.kind == TagAct.Kind.DELETE
    back = reverse("program:customer_tag_list" if is_deletion else "tracking:customer_list", args=[act.program_id])
    context = {
        "act": act,
        "progress": progress,
        "back_url": f"{back}?{act.query}" if 0 < len(act.query) <= LONGEST_QUERY else back,
        "is_deletion": is_deletion,
        "may_undo": not is_deletion
        and act.state == TagAct.State.DONE
        and not act.removed_at
        and bool(act.outcome["Customers"]),
        "in_dialog": request.htmx.target == "dialog",
        **polling([act] if progress.label else []),
    }
    part = {"dialog": "#dialog", "tag-act": "#act"}.get(request.htmx.target or "", "")
    return render(request, f"program/tag_act.html{part}", context)


def _kind_of(act: TagAct) -> JobKind[TagAct]:
    return TAG_DELETIONS if act.kind == TagAct.Kind.DELETE else TAG_ACTS


def _ticked(request: ProgramRequest, program: Program) -> list[int]:
    rows = Customer.objects.known().filter(program=program, pk__in=numbers_of(request, "row"))
    return list(rows.order_by("pk").values_list("pk", flat=True))
