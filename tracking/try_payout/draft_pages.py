"""Try an order beside a draft: what it would earn as the draft stands, and what it earns now. Nothing is stored."""

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from common.refusals import Refused
from common.web.lists import number_of, text_of
from common.web.refusals import sentence
from contracts.access import event_payout_for_view
from contracts.engine.rules.fields import VARIABLES
from contracts.models import EventPayout
from contracts.rule_builder.used import used_variables
from program.frame.request import ProgramRequest
from program.templatetags.brandboard import SIGNS
from tracking.models import Action

from .draft_fields import AMOUNT, TryField, fields_for, order_of_fields, parameter_of, values_of
from .draft_orders import Tried, stored_order, try_order, typed_order

RECENT = 8
FIRST_AMOUNT = "100.00"


@require_safe
def draft_try(request: ProgramRequest, program_id: int, pk: int) -> HttpResponse:
    """The panel; with ?part=result only what the order earns, with ?order= an order that was received."""
    event_payout = event_payout_for_view(request.principal, program_id, pk)
    stored = _recent(event_payout).filter(pk=number_of(request, "order") or 0).first()
    fields = fields_for(
        used_variables(event_payout, acting=True),
        values_of(stored.conversion.payload, stored.profile, stored.journey.get("Values", {}))
        if stored
        else {name: text_of(request, name) for name in request.GET},
    )
    amount = format(stored.amount.normalize(), "f") if stored else text_of(request, AMOUNT) or FIRST_AMOUNT
    amount_field = TryField(AMOUNT, "Sale amount", VARIABLES["MONEY1"], amount)
    tried = _tried(event_payout, stored, amount_field, fields)
    context = {
        "event_payout": event_payout,
        "template_terms": event_payout.template_terms,
        "fields": fields,
        "amount": amount_field,
        "sign": SIGNS.get(event_payout.template_terms.currency, event_payout.template_terms.currency),
        "tried": tried,
        "stored": stored,
        "recent": [] if _is_result(request) else list(_recent(event_payout)[:RECENT]),
    }
    part = "#try-result" if _is_result(request) else "#try" if request.htmx else ""
    return render(request, f"tracking/draft_try.html{part}", context)


def _is_result(request: ProgramRequest) -> bool:
    return bool(request.htmx) and request.GET.get("part") == "result"


def _tried(event_payout: EventPayout, stored: Action | None, amount: TryField, fields: list[TryField]) -> Tried | None:
    """What it earns, or None with all errors in place."""
    terms = event_payout.template_terms
    try:
        if stored:
            return try_order(event_payout, stored_order(stored))
        params = order_of_fields(fields, amount.value, terms.currency)
        return try_order(event_payout, typed_order(params, terms.program.time_zone))
    except Refused as refused:
        by_parameter = {each.parameter: each for each in (amount, *fields)}
        for each in refused:
            field = by_parameter.get(parameter_of(each.path), amount)
            field.error = field.error or sentence(each.message)
    return None


def _recent(event_payout: EventPayout) -> "QuerySet[Action]":
    """Orders of the event type whose contents are still kept, the latest first."""
    actions = Action.objects.real().filter(program=event_payout.program_id, event_type=event_payout.event_type_id)
    kept = actions.filter(conversion__erased_at=None).select_related("conversion", "partner")
    return kept.order_by("-event_date", "-pk")
