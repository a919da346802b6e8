"""Contracts: which partner works under which version of which terms, and when; ending and withdrawing them."""

from collections.abc import Collection
from typing import Any

from django.contrib import messages
from django.db.models import BooleanField, F, Func
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe
from django_htmx.http import HttpResponseClientRefresh

from accounts.team.roles import Act
from common.db.edits import Stale
from common.refusals import Refused
from common.web.filters import FilterField, chip_of, chips_of, chosen_rows
from common.web.lists import page_of, text_of
from common.web.refusals import to_form
from contracts.access import contract_for_edit
from contracts.agreements.ends import (
    effects_of_withdrawing,
    end_contract,
    following_contracts,
    state_of_contracts,
    withdraw_contract,
)
from contracts.agreements.forms import EndForm
from contracts.editing.forms import FIELDS
from contracts.models import Contract, Status, TemplateTerms
from contracts.publishing.effect_words import back_words, lasting_words
from program.access import program_for_view
from program.frame.recent_figures import recent_figures, sorted_with_figures
from program.frame.request import ProgramRequest
from program.models import Program

COLUMNS = {
    "-made": "created_at",
    "made": "created_at",
    "partner": "partner__name",
    "terms": "terms_version__template_terms__name",
    "start": "period__startswith",
    "end": "period__endswith",
}
KINDS = {Status.ACTIVE: "ok", Status.UPCOMING: "info", Status.EXPIRED: ""}
OFFERED = 12  # terms in a menu; for more, the list of terms has them all
CHANGED = "This partner’s contracts have changed since you opened this. Nothing was done; this is how it is now."


class HasLimits(Func):
    """Whether a published document limits anything that is counted over several orders."""

    template = """jsonb_path_exists(%(expressions)s, '$ ? (exists(@.ActionLimit.Value) || exists(@.SpendLimit.Value) ||
        exists(@.EventPayouts[*].Limits[*] ? (@.LimitBy != "ORDER" && @.LimitBy != "ITEM")))')"""
    output_field = BooleanField()


@require_safe
def contract_list(request: ProgramRequest, program_id: int) -> HttpResponse:
    program = program_for_view(request.principal, program_id)
    now = timezone.now()
    contracts = Contract.objects.filter(program=program)
    chosen: dict[str, Any] = {
        "q": text_of(request, "q"),
        "terms": chosen_rows(request.GET, "terms", TemplateTerms.objects.filter(program=program)),
        "status": request.GET.get("status", ""),
    }
    if chosen["q"]:
        contracts = contracts.filter(partner__name__icontains=chosen["q"]) | contracts.filter(
            partner__media_partner_id__iexact=chosen["q"]
        )
    if chosen["terms"]:
        contracts = contracts.filter(terms_version__template_terms__in=chosen["terms"])
    by_status = {
        "ACTIVE": Contract.objects.active,
        "UPCOMING": Contract.objects.upcoming,
        "EXPIRED": Contract.objects.expired,
    }
    if chosen["status"] in by_status:
        contracts = contracts & by_status[chosen["status"]](now)
    status = FilterField("status", "Status", options=Status.choices, value=chosen["status"])
    contracts = contracts.annotate(has_limits=HasLimits(F("terms_version__document")))
    contracts = contracts.select_related("partner", "terms_version__template_terms").defer("terms_version__document")
    rows, sort = sorted_with_figures(request, contracts, COLUMNS, program, "contract")
    paging = page_of(request, rows)
    shown = list(paging["page"])
    figures = recent_figures(program, "contract", [contract.pk for contract in shown])
    listed = [
        (contract, contract.status(now), KINDS[contract.status(now)], figures.get(contract.pk, ()))
        for contract in shown
    ]
    context = {
        **paging,
        "listed": listed,
        "sort": sort,
        "chosen": chosen,
        "is_filtered": any(chosen.values()),
        "joinable": _joinable(request, program, chosen["terms"]),
        "filter_fields": [FilterField("terms", "Terms", "terms"), status],
        "chips": chips_of(request.GET, "terms", "Terms", chosen["terms"]) + chip_of(request.GET, status),
    }
    return render(request, "contracts/contract_list.html", context)


def _joinable(request: ProgramRequest, program: Program, chosen: Collection[str]) -> list[TemplateTerms]:
    """The terms that the button to join partners offers: published ones, or those that the list is limited to."""
    if not request.principal.may(Act.EDIT):
        return []
    published = TemplateTerms.objects.filter(program=program, published_revision__isnull=False)
    return list((published.filter(pk__in=chosen) if chosen else published)[:OFFERED])


@require_http_methods(["GET", "HEAD", "POST"])
def contract_end(request: ProgramRequest, program_id: int, pk: int) -> HttpResponse:
    """End a contract now or on a later day, after showing what follows."""
    contract = contract_for_edit(request.principal, program_id, pk)
    form = EndForm(request.POST if request.method == "POST" else None)
    status = 200
    if request.method == "POST":
        status = 422
        try:
            if form.is_valid():
                on, shown = form.cleaned_data["end"], request.POST.get("shown", "")
                ended = end_contract(contract=contract, on=on, shown=shown)
                return _done(request, f"The contract of {contract.partner} ends {_when(ended)}.")
        except Stale:
            status = 409
        except Refused as refused:
            to_form(form, refused, FIELDS)
    contract.refresh_from_db(fields=["period"])
    context = {
        "form": form,
        "today": timezone.localdate(timezone=request.program.zone),
        "problem": CHANGED if status == 409 else "",
        "refusal": "This contract is already over." if contract.status(timezone.now()) == Status.EXPIRED else "",
        "shown": state_of_contracts(contract=contract),
        "following": _named(following_contracts(contract=contract), contract),
    }
    return _ask(request, "contracts/contract_end.html", contract, context, status)


@require_http_methods(["GET", "HEAD", "POST"])
def contract_withdraw(request: ProgramRequest, program_id: int, pk: int) -> HttpResponse:
    """Withdraw a contract that has not begun, after showing which others get their time back."""
    contract = contract_for_edit(request.principal, program_id, pk)
    context: dict[str, Any] = {}
    status = 200
    if request.method == "POST":
        try:
            withdraw_contract(contract=contract, shown=request.POST.get("shown", ""))
        except Stale:
            status, context["problem"] = 409, CHANGED
        except Refused:
            status = 422
        else:
            return _done(request, f"The contract of {contract.partner} is withdrawn.")
    contract.refresh_from_db(fields=["period"])
    try:
        ending = effects_of_withdrawing(contract=contract)
    except Refused as refused:
        context["refusal"] = str(refused)
    else:
        context |= {
            "shown": ending.fingerprint,
            "back": back_words(ending.back, contract.program),
            "following": _named(ending.following, contract),
        }
    return _ask(request, "contracts/contract_withdraw.html", contract, context, status)


def _ask(
    request: ProgramRequest, template: str, contract: Contract, context: dict[str, Any], status: int
) -> HttpResponse:
    context |= {"contract": contract, "lasts": lasting_words(contract, contract.program)}
    part = "#dialog" if request.htmx else ""
    return render(request, template + part, context, status=status)


def _done(request: ProgramRequest, words: str) -> HttpResponse:
    """Back to the list, which keeps its filters where the question was asked above it."""
    messages.success(request, words)
    if request.htmx:
        return HttpResponseClientRefresh()
    return redirect("contracts:contract_list", request.program.pk)


def _when(contract: Contract) -> str:
    now = timezone.now()
    return (
        "now"
        if contract.status(now) == Status.EXPIRED
        else lasting_words(contract, contract.program).split("until ")[-1]
    )


def _named(following: Any, contract: Contract) -> list[str]:
    return [
        f"{each.terms_version.template_terms.name}, version {each.terms_version.number}, "
        f"{lasting_words(each, contract.program)}"
        for each in following
    ]
