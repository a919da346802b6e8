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
from contracts.agreements.plans import terms_of
from contracts.custom_terms.markdown import rendered
from contracts.drafts.documents import version_terms
from contracts.drafts.unpublished import newest_version
from contracts.editing.row_lists import SIZE
from contracts.engine.document.sections.default_payout import DEFAULT_PAYOUT
from contracts.engine.document.terms import OF_TERMS, RANKED, SINGLE, EventPayout
from contracts.models import Contract, TermsVersion
from contracts.sections.panels import PAGE
from contracts.sections.registry import KINDS, PANELS
from program.frame.request import ProgramRequest
from program.models import EventType

from .review.comparing import changes_between


@require_safe
def version_list(request: ProgramRequest, program_id: int, pk: int) -> HttpResponse:
    template_terms = template_terms_for_view(request.principal, program_id, pk)
    versions = template_terms.versions.with_status(timezone.now())
    versions = versions.select_related("published_by").defer("document").order_by("-number")
    page = Paginator(versions, 50).get_page(request.GET.get("page"))
    numbers = list(template_terms.versions.order_by("-number").values_list("number", flat=True))
    context = {
        "template_terms": template_terms,
        "page": page,
        "newest": newest_version(template_terms),
        "numbers": [(each, f"Version {each}") for each in numbers],
    }
    return render(request, "contracts/version_list.html", context)


@require_safe
def version_detail(request: ProgramRequest, program_id: int, pk: int) -> HttpResponse:
    """A version in words. It never changes."""
    version = terms_version_for_view(request.principal, program_id, pk)
    now = timezone.now()
    terms = version_terms(version.pk)
    codes = [each.event_type_code for each in terms.event_payouts]
    wanted = request.GET.get("event", "")
    payout = next(
        (each for each in terms.event_payouts if each.event_type_code == wanted), next(iter(terms.event_payouts), None)
    )
    names = dict(EventType.objects.filter(program=program_id, code__in=codes).values_list("code", "name"))
    url = reverse("contracts:version_detail", args=[program_id, pk])
    context: dict[str, Any] = {
        "version": version,
        "template_terms": version.template_terms,
        "terms": terms,
        "of_terms": _of_terms(version),
        "texts": [(text, rendered(text.content)) for text in terms.special_terms],
        "tabs": [(f"{url}?event={code}", names.get(code, code)) for code in codes],
        "current": f"{url}?event={payout.event_type_code}" if payout else "",
        "earlier": _beside(version, "number__lt", "-number"),
        "later": _beside(version, "number__gt", "number"),
        "standing": TermsVersion.objects.with_status(now).only("pk").get(pk=version.pk),
        "active_contracts": Contract.objects.active(now).filter(terms_version=version).count(),
    }
    if payout is not None:
        context["event_name"] = names.get(payout.event_type_code, payout.event_type_code)
        context |= _sections(payout, terms.currency, request.GET.get("page"))
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
    """This version, or the one that is asked for (`of`, a version’s number), beside another one of the same terms
    (`with`; else the one before): what differs, or the whole of both (`show=all`).
    """
    version = terms_version_for_view(request.principal, program_id, pk)
    versions = version.template_terms.versions.select_related("template_terms", "published_by")
    if (asked := number_of(request, "of")) is not None:
        version = get_object_or_404(versions, number=asked)
    number = number_of(request, "with")
    if number is not None:
        other = get_object_or_404(versions, number=number)
    elif (found := versions.filter(number__lt=version.number).order_by("-number").first()) is not None:
        other = found
    else:
        return redirect("contracts:version_detail", program_id, version.pk)
    whole = request.GET.get("show") == "all"
    first, second = sorted((version, other), key=lambda each: each.number)
    numbers = versions.order_by("-number").values_list("number", flat=True)
    differing = f"?of={version.number}&with={other.number}"
    every = f"{differing}&show=all"
    context = {
        "version": version,
        "template_terms": version.template_terms,
        "other": other,
        "first": first,
        "second": second,
        "first_words": f"Version {first.number}",
        "second_words": f"Version {second.number}",
        "options": [(each, f"Version {each}") for each in numbers],
        "changes": changes_between(version_terms(first.pk), version_terms(second.pk), program_id, whole=whole),
        "whole": whole,
        "views": [(differing, "What differs"), (every, "Side by side")],
        "view": every if whole else differing,
    }
    return render(request, "contracts/version_compare.html", context)


def _sections(payout: EventPayout, currency: str, number: str | None) -> dict[str, Any]:
    """The sections in words: a page of the payout groups with the default payout, the other lists, the sentences."""
    figure, per = DEFAULT_PAYOUT.figure(payout.default_payout, currency, PAGE)
    page = Paginator(payout.payout_groups, SIZE).get_page(number)
    rows: dict[str, Any] = {kind.section: getattr(payout, kind.section) for kind in KINDS.values()}
    rows["payout_groups"] = page
    words = {
        name: [
            RANKED[name].row_words(row, rank, payout.payout_level, currency, PAGE)
            for rank, row in RANKED[name].numbered(shown)
        ]
        for name, shown in rows.items()
    }
    sentences = [
        (panel.title, [SINGLE[each].words(getattr(payout, each), currency, PAGE) for each in panel.names])
        for panel in PANELS.values()
        if "default_payout" not in panel.names
    ]
    return {
        "default_figure": figure,
        "default_per": per,
        "page": page,
        "groups": words.pop("payout_groups"),
        "lists": [(RANKED[name].name, shown) for name, shown in words.items() if shown],
        "sentences": sentences,
    }


def _of_terms(version: TermsVersion) -> list[str]:
    """What applies to every event type, one sentence each, without what says nothing; resetting is told here alone."""
    terms = terms_of(version.pk)
    said = [(section, getattr(terms, name)) for name, section in OF_TERMS.items() if name != "special_terms"]
    return [section.words(value, terms.currency, PAGE) for section, value in said if value != section.absent]


def _beside(version: TermsVersion, where: str, order: str) -> TermsVersion | None:
    versions = version.template_terms.versions.defer("document")
    return versions.filter(**{where: version.number}).order_by(order).first()
