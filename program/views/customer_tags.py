"""Customer tags: list, make, rename, delete."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from program.access import customer_tag_for_edit, customer_tag_for_view, program_for_edit, program_for_view
from program.forms import NameForm
from program.models import CustomerTag, Program
from program.services.customers import (
    create_customer_tag,
    customer_tag_values,
    delete_customer_tag,
    rename_customer_tag,
)
from program.services.edits import Stale

from .shared import page_of, refuse, status_of


@require_safe
def customer_tag_list(request: HttpRequest, program_id: int) -> HttpResponse:
    return _list(request, program_for_view(request, program_id), NameForm())


@require_POST
def customer_tag_create(request: HttpRequest, program_id: int) -> HttpResponse:
    program = program_for_edit(request, program_id)
    form = NameForm(request.POST)
    if form.is_valid():
        try:
            tag = create_customer_tag(program=program, name=form.cleaned_data["name"])
        except ValidationError as refusal:
            refuse(form, refusal)
        else:
            messages.success(request, f"The tag {tag.name} is made.")
            return redirect("program:customer_tag_list", program_id)
    return _list(request, program, form, status=422)


@require_http_methods(["GET", "HEAD", "POST"])
def customer_tag_edit(request: HttpRequest, program_id: int, pk: int) -> HttpResponse:
    gate = customer_tag_for_edit if request.method == "POST" else customer_tag_for_view
    tag = gate(request, program_id, pk)
    form = NameForm(request.POST or None, initial=customer_tag_values(tag))
    if request.method == "POST" and form.is_valid():
        try:
            rename_customer_tag(tag=tag, name=form.cleaned_data["name"], seen=form.seen)
        except ValidationError as refusal:
            refuse(form, refusal)
        except Stale:
            form.contradict(customer_tag_values(tag), page=request.path)
        else:
            messages.success(request, f"The tag is called {tag.name} now.")
            return redirect("program:customer_tag_list", program_id)
    if request.method == "POST":
        tag.refresh_from_db()
    context = {"tag": tag, "form": form}
    return render(request, "program/customer_tag_edit.html", context, status=status_of(request, form))


@require_POST
def customer_tag_delete(request: HttpRequest, program_id: int, pk: int) -> HttpResponse:
    tag = customer_tag_for_edit(request, program_id, pk)
    delete_customer_tag(tag=tag)
    messages.success(request, f"The tag {tag.name} is deleted.")
    return redirect("program:customer_tag_list", program_id)


def _list(request: HttpRequest, program: Program, form: NameForm, status: int = 200) -> HttpResponse:
    tags = (
        CustomerTag.objects.filter(program=program).annotate(customer_count=Count("customertagging")).order_by("name")
    )
    return render(request, "program/customer_tag_list.html", {**page_of(request, tags), "form": form}, status=status)
