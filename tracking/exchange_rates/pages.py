"""Exchange rates: the pairs that are in use, all rates by day, and the brand's own, which administrators change."""

from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.db.models import Max, Q, QuerySet
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from common.db.edits import Gone, Stale
from common.refusals import Refused
from common.web.edit_forms import status_of
from common.web.lists import page_of, text_of
from common.web.refusals import to_form
from contracts.engine.orders.exchange import RATE_MAY_BE_OLD
from program.access import exchange_rate_for_administration, program_for_administration, program_for_view
from program.exchange_rates.services import (
    add_exchange_rate,
    change_exchange_rate,
    delete_exchange_rate,
    exchange_rate_values,
)
from program.frame.request import ProgramRequest
from program.models import ExchangeRate, Program, RateFetch, ReferenceRate
from program.templatetags.brandboard import day, number

from .forms import ExchangeRateForm, RateEditForm, today_of
from .in_use import PairInUse, pairs_in_use

OWN = "?source=own"
SETTINGS = "program:settings_index"  # under which the pages stand in the navigation
LATE = timedelta(days=5)  # after the last rate: longer than any run of holidays of the European Central Bank


@require_safe
def exchange_rate_list(request: ProgramRequest, program_id: int) -> HttpResponse:
    program = program_for_view(request.principal, program_id)
    request.stands_under = SETTINGS
    is_own = request.GET.get("source") == "own"
    currency, asked = text_of(request, "currency")[:3].upper(), text_of(request, "day")[:10]
    pairs = pairs_in_use(program)
    context = {
        **page_of(request, _filtered(program, currency, _day(asked), is_own=is_own)),
        **_ends(program, pairs),
        "pairs": pairs,
        "is_own": is_own,
        "currency": currency,
        "day": asked,
        "is_filtered": bool(currency or asked),
        "tabs": [("?", "European Central Bank"), (OWN, f"Own rates ({number(_own(program).count())})")],
        "current": OWN if is_own else "?",
    }
    return render(request, "tracking/exchange_rate_list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def exchange_rate_create(request: ProgramRequest, program_id: int) -> HttpResponse:
    """Add one rate; from an order that waits for it the form comes filled in, and leads back there."""
    program = program_for_administration(request.principal, program_id)
    request.stands_under = SETTINGS
    form = ExchangeRateForm(request.POST or None, initial=_asked(request.GET), program=program)
    is_from_held = request.GET.get("back") == "held-orders"
    back = reverse("tracking:conversion_list", args=[program_id]) if is_from_held else _own_rates(program_id)
    if request.method == "POST" and form.is_valid():
        try:
            row, orders = add_exchange_rate(program=program, rate=form.quoted())
        except Refused as refused:
            to_form(form, refused)
        else:
            messages.success(request, f"The rate {_words(row)} is saved.{_priced(orders)}")
            return redirect(back)
    context = {"form": form, "back": back}
    return render(request, "tracking/exchange_rate_create.html", context, status=status_of(request, form))


@require_http_methods(["GET", "HEAD", "POST"])
def exchange_rate_edit(request: ProgramRequest, program_id: int, pk: int) -> HttpResponse:
    row = exchange_rate_for_administration(request.principal, program_id, pk)
    request.stands_under = SETTINGS
    form = RateEditForm(request.POST or None, initial=exchange_rate_values(row))
    if request.method == "POST" and form.is_valid():
        try:
            change_exchange_rate(row=row, rate=form.cleaned_data["rate"], seen=form.seen)
        except Gone:
            messages.error(request, f"The rate {_words(row)} was deleted meanwhile.")
        except Stale:
            form.contradict(exchange_rate_values(row), page=request.path)
            return _edit(request, row, form)
        else:
            messages.success(
                request, f"The rate {_words(row)} is saved. It counts for orders that are priced from now on."
            )
        return redirect(_own_rates(program_id))
    return _edit(request, row, form)


@require_POST
def exchange_rate_delete(request: ProgramRequest, program_id: int, pk: int) -> HttpResponse:
    row = exchange_rate_for_administration(request.principal, program_id, pk)
    words = _words(row)
    delete_exchange_rate(row=row)
    messages.success(request, f"The rate {words} was deleted. What is priced keeps it.")
    return redirect(_own_rates(program_id))


def _edit(request: ProgramRequest, row: ExchangeRate, form: RateEditForm) -> HttpResponse:
    context = {"row": row, "form": form}
    return render(request, "tracking/exchange_rate_edit.html", context, status=status_of(request, form))


def _words(row: ExchangeRate) -> str:
    return f"{row.source} → {row.target}, {day(row.date)}"


def _own_rates(program_id: int) -> str:
    return reverse("tracking:exchange_rate_list", args=[program_id]) + OWN


def _own(program: Program) -> QuerySet[ExchangeRate]:
    return ExchangeRate.objects.filter(program=program)


def _filtered(program: Program, currency: str, on: date | None, *, is_own: bool) -> "QuerySet[Any]":
    rows: QuerySet[Any] = _own(program) if is_own else ReferenceRate.objects.all()
    if currency and is_own:
        rows = rows.filter(Q(source=currency) | Q(target=currency))
    elif currency:
        rows = rows.filter(currency=currency)
    return rows.filter(date=on) if on else rows


def _ends(program: Program, pairs: list[PairInUse]) -> dict[str, Any]:
    """Up to which day there are rates, from which on orders wait, unless own rates cover their pair, and how the last
    fetch went.
    """
    until = ReferenceRate.objects.aggregate(until=Max("date"))["until"]
    today = today_of(program)
    are_over = bool(until and today > until + RATE_MAY_BE_OLD)
    since = today - (RATE_MAY_BE_OLD if are_over else LATE)
    covered = [pair for pair in pairs if pair.rate and pair.rate.date >= since]
    return {
        "until": until,
        "waits_after": until and until + RATE_MAY_BE_OLD,
        "are_over": are_over,
        "covered": covered,
        "some_wait": len(covered) < len(pairs),
        "are_late": bool(until and today > until + LATE),
        "is_fetched": bool(settings.EXCHANGE_RATES_URL),
        "last_fetch": RateFetch.objects.filter(pk=RateFetch.ONLY).first() if settings.EXCHANGE_RATES_URL else None,
    }


def _asked(query: QueryDict) -> dict[str, str]:
    """What an order waits for, as its address says it."""
    found = {"source": query.get("from", ""), "target": query.get("to", ""), "date": query.get("day", "")}
    return {name: value[:10].replace("\x00", "") for name, value in found.items()}


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _priced(orders: int) -> str:
    if not orders:
        return ""
    one = "1 order that waited for it is" if orders == 1 else f"{number(orders)} orders that waited for it are"
    return f" {one} being priced."
