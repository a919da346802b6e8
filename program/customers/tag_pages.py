"""Customer tags: list, create, rename, delete."""

from typing import Any

from django.contrib import messages
from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from common.db.edits import Stale, refuse_changed
from common.refusals import Refused
from common.web.edit_forms import NameForm, status_of
from common.web.lists import page_of
from common.web.refusals import to_form
from program.access import customer_tag_for_edit, customer_tag_for_view, program_for_edit, program_for_view
from program.customers.services import (
    create_customer_tag,
    customer_tag_values,
    delete_customer_tag,
    rename_customer_tag,
)
from program.frame.request import ProgramRequest
from program.models import CustomerTag, Program
from program.uses import Named, TermsUse, terms_using


@require_safe
def customer_tag_list(request: ProgramRequest, program_id: int) -> HttpResponse:
    return _list(request, program_for_view(request.principal, program_id), NameForm())


@require_POST
def customer_tag_create(request: ProgramRequest, program_id: int) -> HttpResponse:
    program = program_for_edit(request.principal, program_id)
    form = NameForm(request.POST)
    if form.is_valid():
        try:
            tag = create_customer_tag(program=program, name=form.cleaned_data["name"])
        except Refused as refused:
            to_form(form, refused)
        else:
            messages.success(request, f"The tag {tag.name} was created.")
            return redirect("program:customer_tag_list", program_id)
    return _list(request, program, form, status=422)


@require_http_methods(["GET", "HEAD", "POST"])
def customer_tag_edit(request: ProgramRequest, program_id: int, pk: int) -> HttpResponse:
    """Rename a tag. Where terms ask for the old name or the new one, that is shown first, and asked about."""
    fetch = customer_tag_for_edit if request.method == "POST" else customer_tag_for_view
    tag = fetch(request.principal, program_id, pk)
    form = NameForm(request.POST or None, initial=customer_tag_values(tag))
    if request.method == "POST" and form.is_valid():
        name = " ".join(form.cleaned_data["name"].split())
        try:
            if "confirmed" not in request.POST and (uses := _touched(tag, name, form.seen)):
                context = {"tag": tag, "form": form, "name": name, "uses": uses}
                return render(request, "program/customer_tag_rename.html", context)
            rename_customer_tag(tag=tag, name=name, seen=form.seen)
        except Stale:
            form.contradict(customer_tag_values(tag), page=request.path)
        except Refused as refused:
            to_form(form, refused)
        else:
            messages.success(request, f"The tag was renamed to {tag.name}.")
            return redirect("program:customer_tag_list", program_id)
    if request.method == "POST":
        tag.refresh_from_db()
    return _edit(request, tag, form, status=status_of(request, form))


@require_http_methods(["GET", "HEAD", "POST"])
def customer_tag_delete(request: ProgramRequest, program_id: int, pk: int) -> HttpResponse:
    """Delete a tag, after showing which terms ask for it."""
    fetch = customer_tag_for_edit if request.method == "POST" else customer_tag_for_view
    tag = fetch(request.principal, program_id, pk)
    if request.method != "POST":
        template = "program/customer_tag_delete.html" + ("#dialog" if request.htmx else "")
        return render(request, template, _uses_of(request, tag))
    try:
        delete_customer_tag(tag=tag)
    except Refused as refused:
        messages.error(request, str(refused))
        return _edit(request, tag, NameForm(initial=customer_tag_values(tag)), status=409)
    messages.success(request, f"The tag {tag.name} was deleted.")
    return redirect("program:customer_tag_list", program_id)


def _touched(tag: CustomerTag, name: str, seen: str | None) -> list[TermsUse]:
    """The terms for which another name changes whom they mean. Raises Stale as the renaming would."""
    refuse_changed(customer_tag_values(tag), seen)
    if name.casefold() == tag.name.casefold():
        return []
    return terms_using(tag.program, Named.CUSTOMER_TAG, [tag.name, name])


def _edit(request: ProgramRequest, tag: CustomerTag, form: NameForm, status: int) -> HttpResponse:
    context = {**_uses_of(request, tag), "form": form}
    return render(request, "program/customer_tag_edit.html", context, status=status)


def _uses_of(request: ProgramRequest, tag: CustomerTag) -> dict[str, Any]:
    """The tag with the terms that ask for it."""
    uses = terms_using(request.program, Named.CUSTOMER_TAG, [tag.name])
    return {"tag": tag, "uses": uses, "is_in_force": any(use.is_in_force for use in uses)}


def _list(request: ProgramRequest, program: Program, form: NameForm, status: int = 200) -> HttpResponse:
    tags = (
        CustomerTag.objects.filter(program=program).annotate(customer_count=Count("customertagging")).order_by("name")
    )
    return render(request, "program/customer_tag_list.html", {**page_of(request, tags), "form": form}, status=status)
