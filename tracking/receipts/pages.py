"""One action with its receipt, and every payout group that was tried for it."""

from datetime import date, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.team.roles import Act, may
from common.web.lists import number_of
from contracts.agreements.plans import terms_of
from contracts.editing.row_lists import SIZE
from contracts.engine.document.terms import EventPayout
from contracts.engine.orders.order import Order
from contracts.engine.pricing.schedule import add_months
from contracts.sections.panels import PAGE
from program.event_types.status_marks import status_marks
from program.frame.request import ProgramRequest
from program.templatetags.brandboard import day, money, number
from tracking.access import action_for_view, upload_of
from tracking.actions.action_filters import ActionFilters
from tracking.actions.explain_shown import explain_groups, explain_shown
from tracking.actions.locking import locks_at
from tracking.actions.paging import Counted, neighbours
from tracking.limits.approving import refusal_of
from tracking.models import Action
from tracking.pricing.priced_orders import order_of

from .journeys import credited_by, shown_journey
from .rule_words import told
from .sale_amount import sale_amount
from .units import arranged, group_title

LINES = 12  # of a long order that are shown at first
UNITS = 100  # lines of an order paid by item that one page explains where all are asked for
GROUPS = 100
UPDATES = 20
OWN = ("page", "lines", "updates")  # parameters of the page itself; the others are the list's that leads to it


@require_safe
def action_detail(request: ProgramRequest, program_id: int, pk: int) -> HttpResponse:
    action = action_for_view(request.principal, program_id, pk)
    order, is_whole = order_of(action), request.GET.get("lines") == "all"
    size, number = UNITS if is_whole else LINES, number_of(request, "page") or 1
    explanation = explain_shown(action, order, start=(number - 1) * size, stop=number * size, spelling=PAGE)
    if not explanation["Units"] and explanation["UnitsCount"]:
        raise Http404("The order has no such lines.")
    # Without the files' contents, which are columns of their rows.
    rows = action.updates.select_related("modification__upload", "user").defer("modification__upload__content")
    updates = list(rows.order_by("-number"))
    previous, following = neighbours(_list_of(request, action), action)
    context = {
        "action": action,
        "erased_on": day(action.conversion.erased_at, action.program.zone),
        **receipt(order, _event_payout(action), explanation, _categories(action), most=None if is_whole else LINES),
        "page": Counted(range(explanation["UnitsCount"]), size, explanation["UnitsCount"]).get_page(number),
        "mark": status_marks(action.program)[action.customer_status_category],
        "worked_out": _worked_out(action),
        "credited_by": credited_by(action),
        "journey": shown_journey(action.journey, event_type=action.event_type.code, by=action.referring_type),
        **_over_cap(request, action),
        "locks_at": locks_at(action),
        "period_ends": _period_ends(action),
        "now": timezone.now(),
        "today": timezone.localdate(timezone=action.program.zone),
        "updates": updates if request.GET.get("updates") == "all" else updates[:UPDATES],
        "updates_count": len(updates),
        "updates_sum": sum(update.delta_payout for update in updates),
        "upload": upload_of(action.conversion),
        "list_query": _list_query(request),
        "previous": previous,
        "following": following,
    }
    return render(request, "tracking/action_detail.html", context)


def receipt(
    order: Order,
    event_payout: EventPayout,
    explanation: dict[str, Any],
    categories: dict[int, str],
    *,
    most: int | None,
) -> dict[str, Any]:
    """What templates/tracking/_receipt.html takes beside the action, with the first `most` lines of the order."""
    payouts = {line["Index"]: Decimal(line["Payout"]) for line in explanation["Lines"]}
    units = [
        {**unit, "page": unit["place"] // SIZE + 1 if unit["won"] else None}  # of its group on the version's page
        for unit in arranged(event_payout, order, explanation)
    ]
    shown = sum((Decimal(unit["Payout"]) for unit in units), Decimal(0))
    return {
        "explanation": explanation,
        "currency": explanation["Currency"],
        "order": explanation["Order"],
        "sale": sale_amount(order, payouts, categories, most=most),
        "units": units,
        "by_item": bool(units) and units[0]["Line"] is not None,
        "limits": [_limit(step, order.currency) for step in explanation.get("Limits", ())],
        "other_units": explanation["UnitsCount"] - len(units),
        "other_payout": Decimal(explanation.get("BeforeLimits", explanation["Payout"])) - shown,
    }


def _limit(step: dict[str, Any], currency: str) -> dict[str, Any]:
    """A step of the explanation with its figures as pages write them."""
    money_of = {name: money(Decimal(step[name]), currency) for name in ("Before", "After")}
    if step["Held"] is None:
        return {**step, **money_of}
    spelled = number if step["IsCount"] else partial(money, currency=currency)
    return {**step, **money_of, **{name: spelled(Decimal(step[name])) for name in ("Held", "Left")}}


@require_safe
def action_groups(request: ProgramRequest, program_id: int, pk: int) -> HttpResponse:
    """Every payout group that was tried for the order, or for one line of it, with the rule that failed."""
    action = action_for_view(request.principal, program_id, pk)
    asked, number = number_of(request, "line"), number_of(request, "page") or 1
    index = None if asked is None else asked - 1
    try:
        explanation, count = explain_groups(action, line=index, start=(number - 1) * GROUPS, stop=number * GROUPS)
    except ValueError:
        raise Http404("The order has no such line.") from None
    (unit,) = explanation["Units"]
    context = {
        "action": action,
        "line": next((line for line in explanation["Lines"] if line["Index"] == index), None),
        "page": Counted(range(count), GROUPS, count).get_page(number),
        "groups": [
            {**told(group, explanation), "name": group_title(group["Rank"], group["Name"])} for group in unit["Groups"]
        ],
    }
    return render(request, "tracking/action_groups.html", context)


def _over_cap(request: ProgramRequest, action: Action) -> dict[str, Any]:
    """Of an action over its cap: what it would be paid, and whether this reader can approve it."""
    if not action.over_cap:
        return {}
    if refusal := refusal_of(action, timezone.now()):
        return {"over_cap_words": refusal}
    words = f"It would be paid {money(action.intended_payout, action.currency)} and can be approved until it locks."
    return {"over_cap_words": words, "can_approve": may(request.role, Act.SETTLE)}


def _event_payout(action: Action) -> EventPayout:
    return terms_of(action.terms_version_id).event_payout(action.event_type.code)


def _categories(action: Action) -> dict[int, str]:
    return dict(action.items.values_list("index", "category"))


def _worked_out(action: Action) -> str:
    """From what the customer status was worked out, where the order brought none."""
    if not action.status_is_worked_out:
        return ""
    number = int(action.profile["CustomerOrderNumber"])
    if number == 1:
        return "worked out: no earlier order"
    first = date.fromisoformat(action.profile["CustomerFirstOrderDate"])
    return f"worked out: order {number:,} since {day(first)}"


def _list_of(request: HttpRequest, action: Action) -> ActionFilters:
    """The list that leads here, whose filters and order are in the address."""
    filters = ActionFilters(request, action.program)
    filters.is_test = action.is_test
    return filters


def _list_query(request: HttpRequest) -> str:
    query = request.GET.copy()
    for name in OWN:
        query.pop(name, None)
    return f"?{query.urlencode()}" if query else ""


def _period_ends(action: Action) -> date | None:
    """The last day of the month in which the order was tracked, where locking counts from its end."""
    locking = _event_payout(action).locking
    if locking is None or locking.open_ended or locking.period != "MONTH":
        return None
    return add_months(action.day.replace(day=1), 1) - timedelta(days=1)
