"""Partners: list, add, edit."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.team.roles import locked
from common.db.edits import Stale
from common.refusals import Refused
from common.requests.form_limits import takes_rows
from common.web.edit_forms import status_of
from common.web.filters import FilterField, chip_of, chips_of, chosen_rows
from common.web.lists import back_to_list, numbers_of, page_of, text_of, texts_in
from common.web.refusals import to_form
from program.access import partner_for_edit, partner_for_view, program_for_edit, program_for_view
from program.frame.recent_figures import RecentFigures, last_orders, recent_figures, sorted_with_figures
from program.frame.request import ProgramRequest
from program.models import Channel, Partner, PartnerGroup, Program
from program.models.partner import PartnerQuerySet
from program.partners.countries import country_name
from program.partners.forms import PartnerForm
from program.partners.group_services import add_group_members
from program.partners.services import add_partner, change_partner, deactivate_partner, partner_values
from program.partners.terms_in_force import InForce, terms_in_force

ACTIVE = [("yes", "Active"), ("no", "Not active")]
COLUMNS = {"name": "name", "id": "media_partner_id", "country": "country"}


@require_safe
def partner_list(request: ProgramRequest, program_id: int) -> HttpResponse:
    program = program_for_view(request.principal, program_id)
    groups = PartnerGroup.objects.filter(program=program)
    chosen: dict[str, Any] = {
        "q": text_of(request, "q"),
        "country": {text: country_name(text) for text in texts_in(request.GET, "country")},
        "group": chosen_rows(request.GET, "group", groups),
        "channel": text_of(request, "channel"),
        "active": request.GET.get("active", ""),
    }
    filtered = _filtered(Partner.objects.filter(program=program), chosen).prefetch_related("groups")
    partners, sort = sorted_with_figures(request, filtered, COLUMNS, program, "partner")
    channel = FilterField("channel", "Channel", options=Channel.choices, value=chosen["channel"])
    active = FilterField("active", "State", options=ACTIVE, value=chosen["active"])
    paging = page_of(request, partners)
    context = {
        **paging,
        "listed": _with_figures(program, list(paging["page"])),
        "sort": sort,
        "chosen": chosen,
        "is_filtered": any(chosen.values()),
        "has_groups": groups.exists(),
        "filter_fields": [
            FilterField("group", "Group", "partner-group-number"),
            FilterField("country", "Country", "partner-country"),
            channel,
            active,
        ],
        "chips": chips_of(request.GET, "group", "Group", chosen["group"])
        + chips_of(request.GET, "country", "Country", chosen["country"])
        + chip_of(request.GET, channel)
        + chip_of(request.GET, active),
    }
    return render(request, "program/partner_list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def partner_create(request: ProgramRequest, program_id: int) -> HttpResponse:
    program = program_for_edit(request.principal, program_id)
    form = PartnerForm(request.POST or None, initial={"media_partner_id": text_of(request, "media_partner_id")[:64]})
    del form.fields["is_active"]
    if request.method == "POST" and form.is_valid():
        values = dict(form.cleaned_data)
        try:
            partner = add_partner(program=program, partner_id=values.pop("media_partner_id"), **values)
        except Refused as refused:
            to_form(form, refused)
        else:
            messages.success(request, f"{partner.name} is added.")
            if request.GET.get("from") == "held-orders":
                return redirect(reverse("tracking:conversion_list", args=[program_id]) + "?state=INVALID")
            return redirect("reports:partner_detail", program_id, partner.pk)
    return render(request, "program/partner_edit.html", {"form": form}, status=status_of(request, form))


@require_http_methods(["GET", "HEAD", "POST"])
def partner_edit(request: ProgramRequest, program_id: int, pk: int) -> HttpResponse:
    fetch = partner_for_edit if request.method == "POST" else partner_for_view
    partner = fetch(request.principal, program_id, pk)
    form = locked(PartnerForm(request.POST or None, initial=partner_values(partner)), request.role)
    form.fields["media_partner_id"].disabled = True
    form.fields["media_partner_id"].help_text = "Files and stored conversions name it, so it stays."
    if request.method == "POST" and form.is_valid():
        values = {name: value for name, value in form.cleaned_data.items() if name != "media_partner_id"}
        try:
            change_partner(partner=partner, seen=form.seen, **values)
        except Stale:
            form.contradict(partner_values(partner), page=request.path)
        except Refused as refused:
            to_form(form, refused)
        else:
            messages.success(request, f"{partner.name} is saved.")
            return redirect("reports:partner_detail", program_id, pk)
    context = {"form": form, "partner": partner}
    return render(request, "program/partner_edit.html", context, status=status_of(request, form))


@require_POST
def partner_deactivate(request: ProgramRequest, program_id: int, pk: int) -> HttpResponse:
    partner = partner_for_edit(request.principal, program_id, pk)
    if deactivate_partner(partner=partner):
        messages.success(request, f"{partner.name} is no longer active.")
    return redirect("reports:partner_detail", program_id, pk)


@takes_rows
@require_POST
def partner_assign(request: ProgramRequest, program_id: int) -> HttpResponse:
    """Put the ticked partners into a group."""
    program = program_for_edit(request.principal, program_id)
    partners = list(Partner.objects.filter(program=program, pk__in=numbers_of(request, "row")))
    group = PartnerGroup.objects.filter(program=program, pk__in=numbers_of(request, "group")).first()
    if not partners or group is None:
        messages.error(request, "Tick partners and choose a group; nothing was changed.")
    else:
        count = add_group_members(group=group, partners=partners)
        present = len(partners) - count
        if not present:
            words = f"{count} added to {group.name}."
        elif present == 1:
            words = f"{count} added to {group.name}; 1 was already in it."
        else:
            words = f"{count} added to {group.name}; {present} were already in it."
        messages.success(request, words)
    return back_to_list(request, "program:partner_list", program_id)


@dataclass(frozen=True, slots=True)
class ListedPartner:
    """A row of the list: a partner, what it works under, and what came of it in the last 30 days."""

    partner: Partner
    terms: Sequence[InForce]
    figures: Sequence[RecentFigures]
    last_order: date | None


def _with_figures(program: Program, partners: Sequence[Partner]) -> list[ListedPartner]:
    ids = [partner.pk for partner in partners]
    terms, figures = terms_in_force(program, ids), recent_figures(program, "partner", ids)
    last = last_orders(program, ids)
    return [
        ListedPartner(partner, terms.get(partner.pk, ()), figures.get(partner.pk, ()), last.get(partner.pk))
        for partner in partners
    ]


def _filtered(partners: PartnerQuerySet, chosen: dict[str, Any]) -> PartnerQuerySet:
    if chosen["q"]:
        partners = partners.matching(chosen["q"])
    if chosen["country"]:
        partners = partners.filter(country__in=chosen["country"])
    if chosen["group"]:
        partners = partners.in_groups([int(pk) for pk in chosen["group"]])
    if chosen["channel"] in Channel.values:
        partners = partners.filter(channel=chosen["channel"])
    if chosen["active"] in ("yes", "no"):
        partners = partners.filter(is_active=chosen["active"] == "yes")
    return partners
