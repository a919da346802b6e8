"""Custom terms: list, write, change in versions, delete."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.team.roles import locked
from common.db.edits import Gone, Stale
from common.formats.comparison import compared
from common.refusals import Refused
from common.web.edit_forms import status_of
from common.web.lists import number_of, page_of, text_of
from common.web.refusals import to_form
from contracts.access import custom_terms_for_edit, custom_terms_for_view
from contracts.engine.document.whole_terms.custom_terms import LONGEST_CONTENT
from program.access import program_for_edit, program_for_view
from program.frame.request import ProgramRequest

from .forms import CustomTermsForm, NewCustomTermsForm
from .markdown import rendered
from .services import (
    add_custom_terms,
    attached_names,
    change_custom_terms,
    custom_terms_values,
    delete_custom_terms,
    newest_versions,
    uses_of,
)


@require_safe
def custom_terms_list(request: ProgramRequest, program_id: int) -> HttpResponse:
    program = program_for_view(request.principal, program_id)
    query = text_of(request, "q")
    versions = newest_versions(program_id).defer("content")
    if query:
        versions = versions.filter(custom_terms__name_key__contains=compared(query))
    context = {**page_of(request, versions), "q": query}
    attached = attached_names(program)
    context["rows"] = [(each, attached.get(each.custom_terms.name, 0)) for each in context["page"]]
    return render(request, "contracts/custom_terms_list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def custom_terms_create(request: ProgramRequest, program_id: int) -> HttpResponse:
    program = program_for_edit(request.principal, program_id)
    form = NewCustomTermsForm(request.POST or None, initial={"type": "CUSTOM"})
    if request.method == "POST" and form.is_valid():
        try:
            custom_terms = add_custom_terms(program=program, user=request.user, **form.cleaned_data)
        except Refused as refused:
            to_form(form, refused)
        else:
            messages.success(request, f"{custom_terms} is kept. Attach it on the page of template terms.")
            return redirect("contracts:custom_terms_edit", program_id, custom_terms.pk)
    context = {"form": form, "preview": rendered(str(form["content"].value() or ""))}
    return render(request, "contracts/custom_terms_edit.html", context, status=status_of(request, form))


@require_http_methods(["GET", "HEAD", "POST"])
def custom_terms_edit(request: ProgramRequest, program_id: int, pk: int) -> HttpResponse:
    """The newest version to be changed, and every version to be read (`version`, its number)."""
    fetch = custom_terms_for_edit if request.method == "POST" else custom_terms_for_view
    custom_terms = fetch(request.principal, program_id, pk)
    versions = list(custom_terms.versions.select_related("created_by").defer("content").order_by("-number"))
    form = locked(CustomTermsForm(request.POST or None, initial=custom_terms_values(custom_terms)), request.role)
    if request.method == "POST" and form.is_valid():
        try:
            version = change_custom_terms(
                custom_terms=custom_terms, user=request.user, seen=form.seen, **form.cleaned_data
            )
        except Gone:
            messages.error(request, f"{custom_terms} was deleted meanwhile.")
            return redirect("contracts:custom_terms_list", program_id)
        except Stale:
            form.contradict(custom_terms_values(custom_terms), page=request.path)
        except Refused as refused:
            to_form(form, refused)
        else:
            said = (
                f"Version {version.number} is saved. Drafts keep the version that they have until you choose it there."
            )
            is_new = version.number != versions[0].number
            messages.success(request, said if is_new else "Nothing was changed.")
            return redirect("contracts:custom_terms_edit", program_id, pk)
    number = number_of(request, "version")
    earlier = get_object_or_404(custom_terms.versions, number=number) if number else None
    context = {
        "custom_terms": custom_terms,
        "form": form,
        "versions": versions,
        "earlier": earlier,
        "earlier_text": rendered(earlier.content) if earlier else "",
        "uses": uses_of(custom_terms),
        "preview": rendered(str(form["content"].value() or "")),
    }
    return render(request, "contracts/custom_terms_edit.html", context, status=status_of(request, form))


@require_POST
def custom_terms_preview(request: ProgramRequest, program_id: int) -> HttpResponse:
    """What was typed so far, as partners will read it."""
    program_for_edit(request.principal, program_id)
    content = request.POST.get("content", "")[:LONGEST_CONTENT]
    return render(request, "contracts/custom_terms_edit.html#text-preview", {"preview": rendered(content)})


@require_POST
def custom_terms_delete(request: ProgramRequest, program_id: int, pk: int) -> HttpResponse:
    """Delete a text that no draft has."""
    custom_terms = custom_terms_for_edit(request.principal, program_id, pk)
    name = custom_terms.name
    try:
        delete_custom_terms(custom_terms=custom_terms)
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect(reverse("contracts:custom_terms_edit", args=[program_id, pk]))
    messages.success(request, f"{name} is deleted. Published terms keep what they say.")
    return redirect("contracts:custom_terms_list", program_id)
