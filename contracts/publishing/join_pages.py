"""Have partners work under the newest version of terms."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db.models import Case, When
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from common.refusals import Refused
from common.requests.form_limits import takes_rows
from common.web.lists import page_of, text_of, texts_in, ticked_of
from common.web.refusals import to_form
from contracts.access import template_terms_for_edit
from contracts.agreements.forms import StartForm
from contracts.agreements.in_force import partners_on
from contracts.drafts.unpublished import newest_version
from contracts.editing.forms import FIELDS
from contracts.models import Contract, Publishing, TemplateTerms
from contracts.publishing.effects import Effects
from contracts.publishing.services import effects_of_joining, join_partners
from program.frame.request import ProgramRequest
from program.models import Partner
from program.models.partner import PartnerQuerySet

from .confirmed.asking import ask_and_do
from .confirmed.jobs import Wanted, latest_undone
from .confirmed.said import say
from .effect_words import lasting_words


@takes_rows
@require_http_methods(["GET", "HEAD", "POST"])
def terms_join(request: ProgramRequest, program_id: int, pk: int) -> HttpResponse:
    """Search those who are not on the version, tick some or all that were found, join them. Those that the address
    names are ticked already and come first, also where their time on the version began after their orders.
    """
    template_terms = template_terms_for_edit(request.principal, program_id, pk)
    newest = newest_version(template_terms)
    query = text_of(request, "q")
    active = Partner.objects.filter(program=program_id, is_active=True)
    there = active.filter(pk__in=partners_on(newest, timezone.now())) if newest else active.none()
    named = texts_in(request.GET, "join")
    found = active.exclude(pk__in=there.exclude(media_partner_id__in=named).values("pk"))
    found = found.matching(query) if query else found
    chosen = _chosen(request, found) if request.method == "POST" else named
    form = StartForm(_sent(request, chosen), initial={"start": _day(request)})
    is_back = "back" in request.POST
    if request.method == "POST" and not is_back and form.is_valid():
        try:
            done = _join(request, template_terms, {"join": chosen, "start": form.cleaned_data["start"]})
        except Refused as refused:
            to_form(form, refused, FIELDS)
        else:
            return done
    first = Case(When(media_partner_id__in=named, then=0), default=1)
    paging = page_of(request, found.order_by(first, "name", "pk") if named else found.order_by("name", "pk"))
    context = {
        "template_terms": template_terms,
        "newest": newest,
        "publishing": latest_undone(template_terms),
        "today": timezone.localdate(timezone=request.program.zone),
        "there": there.count(),
        "form": form,
        "query": query,
        "named": named,
        "ticked": chosen,
        "is_every": "every" in request.POST,
        **paging,
        "listed": _with_contracts(paging["page"], template_terms),
    }
    status = 422 if request.method == "POST" and not is_back else 200
    return render(request, "contracts/terms_join.html", context, status=status)


def _join(request: ProgramRequest, template_terms: TemplateTerms, join: dict[str, Any]) -> HttpResponse:
    """Ask, or do what was confirmed. Raises Refused."""

    def effects() -> Effects:
        return effects_of_joining(template_terms=template_terms, **join)

    def join_them(shown: str) -> Any:
        return join_partners(template_terms=template_terms, shown=shown, **join)

    wanted = Wanted(Publishing.Kind.JOIN, **join)
    done = ask_and_do(request, template_terms, wanted, effects, join_them, {"joining": len(join["join"])})
    if isinstance(done, HttpResponse):
        return done
    say(request, template_terms, done)
    list_url = reverse("contracts:contract_list", args=[template_terms.program_id])
    return redirect(f"{list_url}?terms={template_terms.pk}")


def _chosen(request: ProgramRequest, found: PartnerQuerySet) -> list[str]:
    """Ids of the partners that were ticked; with `every`, of all that the search found, on whatever page."""
    if "every" in request.POST:
        return list(found.order_by("pk").values_list("media_partner_id", flat=True))
    return ticked_of(request, "row")


def _day(request: ProgramRequest) -> str:
    """The start date that the address proposes: the day of the first order that waits for the contracts."""
    try:
        return date.fromisoformat(text_of(request, "start")).isoformat()
    except ValueError:
        return ""


def _sent(request: ProgramRequest, chosen: Sequence[str]) -> dict[str, str] | None:
    """What the form is about: the start date, and whether anybody was chosen. Who it was, the services check."""
    if request.method != "POST":
        return None
    return {"start": request.POST.get("start", ""), "join": StartForm.ALL if chosen else StartForm.CHOSEN}


def _with_contracts(
    partners: Any, template_terms: TemplateTerms
) -> list[tuple[Partner, list[tuple[Contract, str, str]]]]:
    """Each partner with the contracts that are in force or still to come: status, and how long."""
    now = timezone.now()
    partners = list(partners)
    contracts = Contract.objects.filter(partner__in=partners).filter(
        period__endswith__gt=now
    ) | Contract.objects.filter(partner__in=partners, period__endswith__isnull=True, period__isempty=False)
    contracts = contracts.select_related("terms_version__template_terms").defer("terms_version__document")
    held: dict[int, list[tuple[Contract, str, str]]] = {}
    for contract in contracts.order_by("period__startswith", "pk"):
        words = lasting_words(contract, template_terms.program)
        held.setdefault(contract.partner_id, []).append((contract, contract.status(now), words))
    return [(partner, held.get(partner.pk, [])) for partner in partners]
