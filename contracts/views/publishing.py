"""Review a draft, publish it, and have partners join what was published."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from contracts import services
from contracts.access import template_terms_for_edit, template_terms_for_view
from contracts.forms import PublishForm, StartForm
from contracts.models import TemplateTerms
from contracts.services import TermsRefused
from program.models import Partner
from program.views.shared import page_of, text_of

from .changes import changes_between
from .places import Places
from .refusals import refuse

# So many partners are offered to tick on the review page; with more, the page of joining has a search.
OFFERED = 200
# So many warnings are said beside what was published; the review page has shown them all.
SAID = 3


@require_http_methods(["GET", "HEAD", "POST"])
def terms_publish(request: HttpRequest, program_id: int, pk: int) -> HttpResponse:
    """What would change for whom, and the publishing of it."""
    gate = template_terms_for_edit if request.method == "POST" else template_terms_for_view
    template_terms = gate(request, program_id, pk)
    partners = _partners(template_terms)
    form = PublishForm(request.POST or None)
    form.fields["partners"].choices = [(each.media_partner_id, each.name) for each in partners]  # type: ignore[attr-defined]
    if request.method == "POST" and form.is_valid():
        try:
            published = services.publish_draft(
                template_terms=template_terms,
                user=request.user,
                comment=form.cleaned_data["comment"],
                join=form.wanted(),
                start=form.cleaned_data["start"],
            )
        except TermsRefused as refused:
            refuse(form, TermsRefused([each for each in refused.errors if not each[0].startswith("EventPayouts")]))
        else:
            _say(request, template_terms, published)
            return redirect("contracts:version_detail", program_id, published.version.pk)
    preview = services.preview_publishing(template_terms=template_terms)
    places = Places(template_terms, preview.document)
    context = {
        "template_terms": template_terms,
        "form": form,
        "preview": preview,
        "partners": partners,
        "has_more_partners": len(partners) == OFFERED,
        "chosen": form["partners"].value() or [],
        "problems": places.errors(preview.errors),
        "warnings": places.warnings(preview.warnings),
        "changes": changes_between(preview.newest.document if preview.newest else None, preview.document, program_id),
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "contracts/terms_publish.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def terms_join(request: HttpRequest, program_id: int, pk: int) -> HttpResponse:
    """Have partners work under the newest version: search, tick, join."""
    template_terms = template_terms_for_edit(request, program_id, pk)
    query = text_of(request, "q")
    partners = Partner.objects.filter(program=program_id, is_active=True)
    if query:
        partners = partners.matching(query)
    form = StartForm({**request.POST.dict(), "join": StartForm.CHOSEN} if request.method == "POST" else None)
    ticked = request.POST.getlist("row")
    if request.method == "POST":
        form.data["partners"] = ticked  # type: ignore[index]
        form.fields["partners"].choices = [(each, each) for each in ticked]  # type: ignore[attr-defined]
        form.fields["partners"].widget.value_from_datadict = lambda *_: ticked
        if form.is_valid():
            try:
                published = services.join_partners(
                    template_terms=template_terms, join=form.wanted(), start=form.cleaned_data["start"]
                )
            except TermsRefused as refused:
                refuse(form, refused)
            else:
                _say(request, template_terms, published)
                return redirect("contracts:contract_list", program_id)
    newest = services.newest_version(template_terms)
    context = {
        "template_terms": template_terms,
        "newest": newest,
        "form": form,
        "query": query,
        "ticked": ticked,
        **page_of(request, partners.order_by("name", "pk")),
        **_joined(newest),
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "contracts/terms_join.html", context, status=status)


def _joined(newest: Any) -> dict[str, Any]:
    """The partners who work under the newest version already, or will."""
    if newest is None:
        return {"joined": set()}
    contracts = newest.contract_set.filter(period__endswith__isnull=True, period__isempty=False)
    return {"joined": set(contracts.values_list("partner_id", flat=True))}


def _partners(template_terms: TemplateTerms) -> list[Partner]:
    partners = Partner.objects.filter(program=template_terms.program_id, is_active=True)
    return list(partners.order_by("name", "pk")[:OFFERED])


def _say(request: HttpRequest, template_terms: TemplateTerms, published: Any) -> None:
    what = f"Version {published.version.number} is published." if published.is_new else "No new version was needed."
    made = published.contracts_made
    if made:
        what += f" {made} {'contract was' if made == 1 else 'contracts were'} made."
    messages.success(request, what)
    # Those about a rule begin with its path, and come last.
    warnings = sorted(published.warnings, key=lambda warning: warning.startswith("EventPayouts"))
    for warning in Places(template_terms, published.version.document).warnings(warnings[:SAID]):
        messages.warning(request, str(warning))
    if len(warnings) > SAID:
        messages.warning(request, f"{len(warnings) - SAID} more warnings stand on the review page.")
