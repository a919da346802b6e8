"""Promo codes: list, add, edit, delete."""

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from accounts.team.roles import locked
from common.db.edits import Gone, Stale
from common.formats.comparison import compared
from common.refusals import Refused
from common.web.edit_forms import status_of
from common.web.filters import FilterField, chip_of, chips_of, chosen_rows
from common.web.lists import page_of, sorted_by, text_of
from common.web.refusals import to_form
from program.access import program_for_edit, program_for_view, promo_code_for_edit, promo_code_for_view
from program.frame.request import ProgramRequest
from program.models import Partner, PartnerGroup, PromoCode

from .forms import PromoCodeForm
from .orders import orders_with
from .services import add_promo_code, change_promo_code, delete_promo_code, promo_code_values, whose

COLUMNS = {"code": "code", "use": "use", "partner": "partner__name"}


@require_safe
def promo_code_list(request: ProgramRequest, program_id: int) -> HttpResponse:
    program = program_for_view(request.principal, program_id)
    chosen: dict[str, Any] = {
        "q": text_of(request, "q"),
        "use": text_of(request, "use"),
        "partner": chosen_rows(request.GET, "partner", Partner.objects.filter(program=program)),
        "group": chosen_rows(request.GET, "group", PartnerGroup.objects.filter(program=program)),
    }
    codes = PromoCode.objects.filter(program=program).select_related("partner", "group")
    codes, sort = sorted_by(request, _filtered(codes, chosen), COLUMNS)
    use = FilterField("use", "What it does", options=PromoCode.Use.choices, value=chosen["use"])
    context = {
        **page_of(request, codes),
        "sort": sort,
        "q": chosen["q"],
        "is_filtered": any(chosen.values()),
        "filter_fields": [
            FilterField("partner", "Partner", "partner-number"),
            FilterField("group", "Group", "partner-group-number"),
            use,
        ],
        "chips": chips_of(request.GET, "partner", "Partner", chosen["partner"])
        + chips_of(request.GET, "group", "Group", chosen["group"])
        + chip_of(request.GET, use),
    }
    return render(request, "program/promo_code_list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def promo_code_create(request: ProgramRequest, program_id: int) -> HttpResponse:
    program = program_for_edit(request.principal, program_id)
    asked = text_of(request, "partner")[:64]
    partner = Partner.objects.filter(program=program, media_partner_id=asked).first() if asked else None
    initial = {"use": PromoCode.Use.CREDIT, "partner": partner.media_partner_id if partner else ""}
    form = PromoCodeForm(request.POST or None, initial=initial, partner_name=partner.name if partner else "")
    if request.method == "POST" and form.is_valid():
        try:
            code = add_promo_code(program=program, **form.cleaned_data)
        except Refused as refused:
            to_form(form, refused)
        else:
            messages.success(request, f"{code.code} is added: it {whose(code)}.")
            return redirect("program:promo_code_list", program_id)
    return render(request, "program/promo_code_edit.html", {"form": form}, status=status_of(request, form))


@require_http_methods(["GET", "HEAD", "POST"])
def promo_code_edit(request: ProgramRequest, program_id: int, pk: int) -> HttpResponse:
    fetch = promo_code_for_edit if request.method == "POST" else promo_code_for_view
    code = fetch(request.principal, program_id, pk)
    name = code.partner.name if code.partner else ""
    form = locked(PromoCodeForm(request.POST or None, initial=promo_code_values(code), partner_name=name), request.role)
    if request.method == "POST" and form.is_valid():
        try:
            change_promo_code(promo_code=code, seen=form.seen, **form.cleaned_data)
        except Gone:
            messages.error(request, f"{code.code} was deleted meanwhile.")
            return redirect("program:promo_code_list", program_id)
        except Stale:
            form.contradict(promo_code_values(code), page=request.path)
        except Refused as refused:
            to_form(form, refused)
        else:
            messages.success(request, f"{code.code} is saved. It counts for orders that are priced from now on.")
            return redirect("program:promo_code_list", program_id)
    context: dict[str, Any] = {"form": form, "code": code}
    if request.method != "POST":
        context["carried"] = orders_with(code)
    return render(request, "program/promo_code_edit.html", context, status=status_of(request, form))


@require_http_methods(["GET", "HEAD", "POST"])
def promo_code_delete(request: ProgramRequest, program_id: int, pk: int) -> HttpResponse:
    """Delete a code, after showing which orders of the last 30 days carried it."""
    code = promo_code_for_edit(request.principal, program_id, pk)
    if request.method != "POST":
        context = {"code": code, "whose": whose(code), "carried": orders_with(code)}
        return render(request, "program/promo_code_delete.html", context)
    delete_promo_code(code=code)
    messages.success(request, f"{code.code} was deleted. What it credited stays.")
    return redirect("program:promo_code_list", program_id)


def _filtered(codes: "QuerySet[PromoCode]", chosen: dict[str, Any]) -> "QuerySet[PromoCode]":
    if chosen["q"]:
        codes = codes.filter(code_key__contains=compared(chosen["q"]))
    if chosen["use"] in PromoCode.Use.values:
        codes = codes.filter(use=chosen["use"])
    if chosen["partner"]:
        codes = codes.filter(partner__in=[int(pk) for pk in chosen["partner"]])
    if chosen["group"]:
        codes = codes.filter(group__in=[int(pk) for pk in chosen["group"]])
    return codes
