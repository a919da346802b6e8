"""Ads: list, add, edit, delete."""

from typing import Any

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.team.roles import locked
from common.db.edits import Gone, Stale
from common.refusals import Refused
from common.web.edit_forms import status_of
from common.web.filters import FilterField, chip_of
from common.web.lists import page_of, sorted_by, text_of
from common.web.refusals import to_form
from program.access import ad_for_edit, ad_for_view, program_for_edit, program_for_view
from program.frame.recent_figures import recent_clicks
from program.frame.request import ProgramRequest
from program.models import Ad

from .forms import AdForm
from .links import allowed_address
from .services import ad_values, add_ad, change_ad, delete_ad

ACTIVE = [("yes", "Active"), ("no", "Not active")]
COLUMNS = {"name": "name", "id": "pk", "kind": "kind"}


@require_safe
def ad_list(request: ProgramRequest, program_id: int) -> HttpResponse:
    program = program_for_view(request.principal, program_id)
    chosen = {name: text_of(request, name) for name in ("q", "kind", "active")}
    ads, sort = sorted_by(request, _filtered(Ad.objects.filter(program=program), chosen), COLUMNS)
    fields = [
        FilterField("kind", "Kind", options=Ad.Kind.choices, value=chosen["kind"]),
        FilterField("active", "State", options=ACTIVE, value=chosen["active"]),
    ]
    paging = page_of(request, ads)
    shown = list(paging["page"])
    clicks = recent_clicks(program, "ad", [ad.pk for ad in shown])
    context = {
        **paging,
        "listed": [(ad, clicks.get(ad.pk)) for ad in shown],
        "sort": sort,
        "q": chosen["q"],
        "is_filtered": any(chosen.values()),
        "filter_fields": fields,
        "chips": [chip for field in fields for chip in chip_of(request.GET, field)],
        "domains": program.landing_domains,
    }
    return render(request, "program/ad_list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def ad_create(request: ProgramRequest, program_id: int) -> HttpResponse:
    program = program_for_edit(request.principal, program_id)
    form = AdForm(request.POST or None)
    del form.fields["is_active"]
    if request.method == "POST" and form.is_valid():
        try:
            ad = add_ad(program=program, **form.cleaned_data)
        except Refused as refused:
            to_form(form, refused)
        else:
            messages.success(request, f"{ad.name} is added. Now give partners links to it.")
            return redirect("program:ad_edit", program_id, ad.pk)
    context = {"form": form, "domains": program.landing_domains}
    return render(request, "program/ad_edit.html", context, status=status_of(request, form))


@require_http_methods(["GET", "HEAD", "POST"])
def ad_edit(request: ProgramRequest, program_id: int, pk: int) -> HttpResponse:
    fetch = ad_for_edit if request.method == "POST" else ad_for_view
    ad = fetch(request.principal, program_id, pk)
    ad.program = request.program
    form = locked(AdForm(request.POST or None, initial=ad_values(ad)), request.role)
    if request.method == "POST" and form.is_valid():
        try:
            change_ad(ad=ad, seen=form.seen, **form.cleaned_data)
        except Gone as gone:
            messages.error(request, str(gone.refusals[0].message))
            return redirect("program:ad_list", program_id)
        except Stale:
            form.contradict(ad_values(ad), page=request.path)
        except Refused as refused:
            to_form(form, refused)
        else:
            messages.success(request, f"{ad.name} is saved.")
            return redirect("program:ad_list", program_id)
    context: dict[str, Any] = {"form": form, "ad": ad, "domains": request.program.landing_domains}
    if request.method != "POST":
        context["astray"] = _astray(ad)
    return render(request, "program/ad_edit.html", context, status=status_of(request, form))


@require_POST
def ad_delete(request: ProgramRequest, program_id: int, pk: int) -> HttpResponse:
    ad = ad_for_edit(request.principal, program_id, pk)
    try:
        delete_ad(ad=ad)
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect("program:ad_edit", program_id, pk)
    messages.success(request, f"{ad.name} was deleted.")
    return redirect("program:ad_list", program_id)


def _astray(ad: Ad) -> str:
    """Why its links lead nowhere, where the domains are others now than when its landing page was saved."""
    try:
        allowed_address(ad.program, ad.landing_page)
    except Refused as refused:
        return str(refused)
    return ""


def _filtered(ads: "QuerySet[Ad]", chosen: dict[str, str]) -> "QuerySet[Ad]":
    if text := chosen["q"]:
        found = Q(name__icontains=text) | Q(landing_page__icontains=text) | Q(deal__icontains=text)
        found |= Q(sku__icontains=text)
        if text.isascii() and text.isdigit() and len(text) < 18:
            found |= Q(pk=int(text))
        ads = ads.filter(found)
    if chosen["kind"] in Ad.Kind.values:
        ads = ads.filter(kind=chosen["kind"])
    if chosen["active"] in ("yes", "no"):
        ads = ads.filter(is_active=chosen["active"] == "yes")
    return ads
