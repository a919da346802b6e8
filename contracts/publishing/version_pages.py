"""Published versions: history, one in words, two beside each other."""

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from common.web.lists import number_of
from contracts.access import template_terms_for_view, terms_version_for_view
from contracts.drafts.documents import comparable, payouts_of
from contracts.models import Contract, TermsVersion
from contracts.sections.terms_page import SIZE
from contracts.sections.words import default_words, row_words
from program.frame.request import ProgramRequest
from program.models import EventType

from .comparing import changes_between, locking_words, scheduling_words


@require_safe
def version_list(request: ProgramRequest, program_id: int, pk: int) -> HttpResponse:
    template_terms = template_terms_for_view(request.principal, program_id, pk)
    versions = template_terms.versions.with_status(timezone.now())
    versions = versions.select_related("published_by").defer("document").order_by("-number")
    page = Paginator(versions, 50).get_page(request.GET.get("page"))
    context = {"template_terms": template_terms, "page": page}
    return render(request, "contracts/version_list.html", context)


@require_safe
def version_detail(request: ProgramRequest, program_id: int, pk: int) -> HttpResponse:
    """A version in words. It never changes."""
    version = terms_version_for_view(request.principal, program_id, pk)
    now = timezone.now()
    document = comparable(version.document)
    payouts = payouts_of(document["EventPayouts"])
    codes = [each.event_type_code for each in payouts]
    wanted = request.GET.get("event", "")
    draft = next((each for each in payouts if each.event_type_code == wanted), payouts[0] if payouts else None)
    names = dict(EventType.objects.filter(program=program_id, code__in=codes).values_list("code", "name"))
    url = reverse("contracts:version_detail", args=[program_id, pk])
    context: dict[str, Any] = {
        "version": version,
        "template_terms": version.template_terms,
        "document": document,
        "tabs": [(f"{url}?event={code}", names.get(code, code)) for code in codes],
        "current": f"{url}?event={draft.event_type_code}" if draft else "",
        "earlier": _beside(version, "number__lt", "-number"),
        "later": _beside(version, "number__gt", "number"),
        "standing": TermsVersion.objects.with_status(now).only("pk").get(pk=version.pk),
        "active_contracts": Contract.objects.active(now).filter(terms_version=version).count(),
    }
    if draft is not None:
        currency, event_payout = document["Currency"], draft.event_payout
        figure, per = default_words(event_payout, currency)
        page = Paginator(draft.payout_groups, SIZE).get_page(request.GET.get("page"))
        context |= {
            "event_name": names.get(draft.event_type_code, draft.event_type_code),
            "default_figure": figure,
            "default_per": per,
            "page": page,
            "groups": [row_words(row, event_payout, currency) for row in page],
            "adjustments": [row_words(row, event_payout, currency) for row in draft.payout_adjustments],
            "restrictions": [row_words(row, event_payout, currency) for row in draft.payout_restrictions],
            "locking": locking_words(event_payout),
            "scheduling": scheduling_words(event_payout),
        }
    return render(request, "contracts/version_detail.html", context)


@require_safe
def version_document(request: ProgramRequest, program_id: int, pk: int) -> HttpResponse:
    """The version's terms document, to keep."""
    version = terms_version_for_view(request.principal, program_id, pk)
    response = JsonResponse(version.document, json_dumps_params={"indent": 2, "ensure_ascii": False})
    response["Content-Disposition"] = f'attachment; filename="terms-{version.template_terms_id}-v{version.number}.json"'
    return response


@require_safe
def version_compare(request: ProgramRequest, program_id: int, pk: int) -> HttpResponse:
    """This version beside another one of the same terms (`with`, a version’s number; else the one before)."""
    version = terms_version_for_view(request.principal, program_id, pk)
    others = version.template_terms.versions.exclude(pk=pk)
    number = number_of(request, "with")
    if number is not None:
        other = get_object_or_404(others, number=number)
    elif (found := others.filter(number__lt=version.number).order_by("-number").first()) is not None:
        other = found
    else:
        return redirect("contracts:version_detail", program_id, pk)
    first, second = sorted((version, other), key=lambda each: each.number)
    context = {
        "version": version,
        "template_terms": version.template_terms,
        "other": other,
        "first": first,
        "second": second,
        "first_words": f"Version {first.number}",
        "second_words": f"Version {second.number}",
        "options": [(each, f"Version {each}") for each in others.order_by("-number").values_list("number", flat=True)],
        "changes": changes_between(first.document, comparable(second.document), program_id),
    }
    return render(request, "contracts/version_compare.html", context)


def _beside(version: TermsVersion, where: str, order: str) -> TermsVersion | None:
    versions = version.template_terms.versions.defer("document")
    return versions.filter(**{where: version.number}).order_by(order).first()
