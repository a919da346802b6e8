"""Tags: list, create, rename, colour, archive, delete."""

from typing import Any

from django.contrib import messages
from django.db.models import F, Q
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_htmx.http import HttpResponseClientRedirect

from common.db.edits import Stale, refuse_changed
from common.formats.comparison import compared
from common.queue.notify import notify
from common.refusals import Refused
from common.web.edit_forms import status_of
from common.web.lists import page_of, text_of
from common.web.refusals import to_form
from program import tasks
from program.access import customer_tag_for_edit, customer_tag_for_view, program_for_edit, program_for_view
from program.frame.request import ProgramRequest
from program.models import CustomerTag, TagAct
from program.models.customer import CustomerTagging
from program.tags.deleting import TAG_DELETIONS, delete_customer_tag, takes_a_worker
from program.tags.forms import TagForm
from program.tags.services import (
    archive_customer_tag,
    change_customer_tag,
    create_customer_tag,
    customer_tag_values,
    names_of,
    terms_keeping,
    uses_of,
)
from program.tags.usage import usage_of
from program.uses import Named, TermsUse, terms_using


@require_safe
def customer_tag_list(request: ProgramRequest, program_id: int) -> HttpResponse:
    program = program_for_view(request.principal, program_id)
    q = text_of(request, "q")
    tags = CustomerTag.objects.filter(program=program)
    has_any = bool(q) and tags.exists()
    if q:
        key = compared(q)
        tags = tags.filter(Q(name_key__contains=key) | Q(names__name_key__contains=key)).distinct()
    paging = page_of(request, tags.order_by(F("archived_at").asc(nulls_first=True), "name"))
    rows = usage_of(program, list(paging["page"]))
    deletions = TagAct.objects.filter(program=program, kind=TagAct.Kind.DELETE, state__in=TAG_DELETIONS.live)
    context = {**paging, "rows": rows, "q": q, "has_any": has_any or bool(rows), "deletions": deletions}
    return render(request, "program/customer_tag_list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def customer_tag_create(request: ProgramRequest, program_id: int) -> HttpResponse:
    program = program_for_edit(request.principal, program_id)
    form = TagForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            tag = create_customer_tag(program=program, **_values(form))
        except Refused as refused:
            to_form(form, refused)
        else:
            messages.success(request, f"The tag {tag.name} was created.")
            return _to_list(request, program_id)
    return _form(request, None, form, status_of(request, form))


@require_http_methods(["GET", "HEAD", "POST"])
def customer_tag_edit(request: ProgramRequest, program_id: int, pk: int) -> HttpResponse:
    """Rename a tag, or give it another colour. Terms that ask for the new name already are asked about first."""
    fetch = customer_tag_for_edit if request.method == "POST" else customer_tag_for_view
    tag = fetch(request.principal, program_id, pk)
    form = TagForm(request.POST or None, initial=customer_tag_values(tag))
    if request.method == "POST" and form.is_valid():
        values = _values(form)
        try:
            if "confirmed" not in request.POST and (uses := _asking_already(tag, values["name"], form.seen)):
                context = {"tag": tag, "form": form, **values, "uses": uses}
                return render(request, f"program/customer_tag_rename.html{_part(request)}", context)
            change_customer_tag(tag=tag, seen=form.seen, **values)
        except Stale:
            form.contradict(customer_tag_values(tag), page=request.path)
        except Refused as refused:
            to_form(form, refused)
        else:
            messages.success(request, f"The tag {tag.name} is saved.")
            return _to_list(request, program_id)
    if request.method == "POST":
        tag.refresh_from_db()
    return _form(request, tag, form, status_of(request, form))


@require_POST
def customer_tag_archive(request: ProgramRequest, program_id: int, pk: int) -> HttpResponse:
    """Archive a tag, or bring it back (`on`: yes or no)."""
    tag = customer_tag_for_edit(request.principal, program_id, pk)
    archive_customer_tag(tag=tag, on=request.POST.get("on") != "no")
    if tag.archived_at:
        messages.success(request, f"{tag.name} is archived: it goes on counting where it is, and nobody else gets it.")
    else:
        messages.success(request, f"{tag.name} can be assigned again.")
    return redirect("program:customer_tag_list", program_id)


@require_http_methods(["GET", "HEAD", "POST"])
def customer_tag_delete(request: ProgramRequest, program_id: int, pk: int) -> HttpResponse:
    """Delete a tag, after showing which terms ask for it; archiving is offered where published ones do."""
    fetch = customer_tag_for_edit if request.method == "POST" else customer_tag_for_view
    tag = fetch(request.principal, program_id, pk)
    if request.method != "POST":
        return _delete(request, tag, status=200)
    try:
        act = delete_customer_tag(tag=tag, user_id=request.user.pk)
    except Refused as refused:
        messages.error(request, str(refused))
        return _delete(request, tag, status=409)
    if act:
        notify(tasks.delete_tag, act.pk)
        return redirect("program:tag_act_detail", program_id, act.pk)
    messages.success(request, f"The tag {tag.name} was deleted.")
    return redirect("program:customer_tag_list", program_id)


def _values(form: TagForm) -> dict[str, Any]:
    name = " ".join(form.cleaned_data["name"].split())
    values: dict[str, Any] = {"name": name, "is_open": form.cleaned_data["is_open"]}
    return values | ({"color": form.cleaned_data["color"]} if form.cleaned_data["color"] else {})


def _asking_already(tag: CustomerTag, name: str, seen: str | None) -> list[TermsUse]:
    """The terms that ask for the new name while no tag has it: from then on they mean this one. Raises Stale as the
    change would.
    """
    refuse_changed(customer_tag_values(tag), seen)
    if compared(name) in map(compared, names_of(tag)):
        return []
    return terms_using(tag.program, Named.CUSTOMER_TAG, [name])


def _form(request: ProgramRequest, tag: CustomerTag | None, form: TagForm, status: int) -> HttpResponse:
    part = _part(request)
    context: dict[str, Any] = {"tag": tag, "form": form, "in_dialog": bool(part)}
    if tag:
        (context["usage"],) = usage_of(request.program, [tag])
    return render(request, f"program/customer_tag_edit.html{part}", context, status=status)


def _delete(request: ProgramRequest, tag: CustomerTag, status: int) -> HttpResponse:
    uses = uses_of(tag)
    keeping, _ = terms_keeping(tag)
    lately = [] if any(use.is_in_force for use in uses) else keeping
    context = {
        "tag": tag,
        "uses": [] if lately else uses,
        "lately": lately,
        "is_kept": bool(keeping),
        "customers": CustomerTagging.objects.current().filter(tag=tag).count(),
        "is_slow": takes_a_worker(tag),
    }
    return render(request, f"program/customer_tag_delete.html{_part(request)}", context, status=status)


def _part(request: ProgramRequest) -> str:
    """What a template is asked for: its dialog, or the page."""
    return "#dialog" if request.htmx and not request.htmx.boosted else ""


def _to_list(request: ProgramRequest, program_id: int) -> HttpResponse:
    """To the list; from the dialog the browser leaves for it, so that no page lands inside the dialog."""
    answer = redirect("program:customer_tag_list", program_id)
    return HttpResponseClientRedirect(answer["Location"]) if request.htmx else answer
