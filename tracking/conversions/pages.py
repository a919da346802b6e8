"""Conversions that made no action, with their reasons; one conversion as it was sent."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from accounts.team.roles import Act, may
from common.web.filters import FilterField, chip_of
from common.web.lists import number_of, page_of, text_of
from contracts.engine.attribution.credit import Verdict
from program.access import program_for_view
from program.event_types.status_marks import status_marks
from program.frame.request import ProgramRequest
from program.models import Partner
from program.templatetags.brandboard import day
from tracking.access import conversion_for_view, upload_of
from tracking.actions.explain_shown import explain_shown
from tracking.exchange_rates.waiting import MissingRate, missing_rates
from tracking.intake.parameters import NOT_SENT, PARTNER_KEYS
from tracking.models import Action, BrowserReport, Conversion, RetryOfMany
from tracking.modifications.pages import modification_list
from tracking.pricing.attribution import Held
from tracking.pricing.priced_orders import Priced, order_of
from tracking.receipts.journeys import ShownJourney, shown_journey
from tracking.trying_again.preview import outcome_now

from .advice import advice_for
from .lists import filtered
from .reasons import by_reason, ready
from .tabs import INVALID, RATE, STUCK, Counts, counts_of, first_with_work, tabs_of

State = Conversion.State
NO_CONTRACT, NOT_COVERED = Verdict.NO_CONTRACT, Verdict.NOT_COVERED
REASONS = dict(Conversion.Reason.choices)
MOST_RATES = 10
SLOW = 10  # times a page polls, once a second, before it says that the worker may not be running


@require_safe
def conversion_list(request: ProgramRequest, program_id: int) -> HttpResponse:
    program = program_for_view(request.principal, program_id)
    if request.GET.get("tab") == "modifications":
        return modification_list(request, program)
    counts = counts_of(program)
    if not request.GET and (first := first_with_work(program, counts)) != INVALID:
        return redirect(f"{request.path}{first}")
    state = _state(request)
    reason, q = text_of(request, "reason")[:30], text_of(request, "q")[:64]
    is_test = request.GET.get("test") == "1"
    found = filtered(program, state, reason, q, is_test=is_test)
    page = page_of(request, found.select_related("event_type", "duplicate_of"))
    groups = [] if state else by_reason(program, found)
    rates = missing_rates(program) if state == RATE and not is_test else []
    found_any = page["page"].paginator.count > 0
    reasons = [] if is_test else _reason_options(counts, state)
    narrowed = FilterField("reason", "Reason", options=reasons, value=reason)
    context = {
        **page,
        "groups": groups,
        "rates": rates[:MOST_RATES],
        "more_rates": len(rates[MOST_RATES:]),
        "state": state,
        "reason": reason,
        "q": q,
        "is_test": is_test,
        "tabs": tabs_of(program, counts),
        "is_waiting": not (found_any or state or is_test)
        and filtered(program, State.WAITING, "", "", is_test=False).exists(),
        "current": f"?state={state}" if state else INVALID,
        "filter_fields": [narrowed] if narrowed.options else [],
        "chips": chip_of(request.GET, narrowed),
        "is_filtered": bool(reason or q),
        "retries": RetryOfMany.objects.filter(program=program).order_by("pk"),
        "can_retry": any(group.ready for group in groups),
        "refused_reports": 0 if state or is_test else BrowserReport.objects.refused().filter(program=program).count(),
    }
    return render(request, "tracking/conversion_list.html", context)


@require_safe
def conversion_detail(request: ProgramRequest, program_id: int, pk: int) -> HttpResponse:
    """One conversion as it was sent, and its result; polls until it is priced."""
    conversion = conversion_for_view(request.principal, program_id, pk)
    action = Action.objects.select_related("conversion", "event_type", "program", "partner").filter(
        conversion=conversion
    ).first()  # fmt: skip
    if conversion.is_test or action:
        request.stands_under = "tracking:action_list"
    waits = conversion.state == State.WAITING
    now = outcome_now(conversion) if conversion.state == State.HELD else None
    # What keeps it may be another thing than when it was last tried: what is shown is what is true now.
    reason, detail = (now.reason, now.detail) if isinstance(now, Held) else (conversion.reason, conversion.detail)
    has_changed = (reason, detail) != (conversion.reason, conversion.detail)
    asks = number_of(request, "asks") or 0
    context = {
        "conversion": conversion,
        "erased_on": day(conversion.erased_at, request.program.zone),
        "action": action,
        "mark": action and status_marks(action.program)[action.customer_status_category],
        "explanation": explain_shown(action, order_of(action), stop=10) if action else None,
        "reason": REASONS.get(reason, ""),
        "detail": detail,
        "has_changed": has_changed,
        "advice": advice_for(
            reason,
            program_id,
            [_partner_of(conversion, now)],
            _rate_of(request, conversion),
            first_day=conversion.event_date.astimezone(request.program.zone).date(),
        ),
        "can_retry": isinstance(now, Priced)
        or has_changed
        or ready(Conversion.objects.filter(pk=conversion.pk)).exists(),
        "would_be": now if isinstance(now, Priced) else None,
        "journey": _journey(conversion, now),
        "waits": waits,
        "asks": asks + 1,
        "is_slow": waits and asks >= SLOW,
        "order": [
            (name, value) for name, value in sorted(conversion.payload.items()) if name not in ("Items", NOT_SENT)
        ],
        "items": conversion.payload.get("Items", []),
        "upload": upload_of(conversion),
    }
    is_part = request.htmx and not request.htmx.boosted
    return render(request, "tracking/conversion_detail.html" + ("#outcome" if is_part else ""), context)


def _journey(conversion: Conversion, now: Priced | Held | None) -> ShownJourney:
    """How the customer of a held order came, as it stands now."""
    if now is None:
        return ShownJourney()
    journey = now.credited.journey if isinstance(now, Priced) else now.journey
    is_held = not isinstance(now, Priced)
    code = conversion.event_type.code
    return shown_journey(journey.written(), event_type=code, by=journey.referring_type, is_held=is_held)


def _rate_of(request: ProgramRequest, conversion: Conversion) -> MissingRate | None:
    """The rate that it waits for, where the reader may add it."""
    if not conversion.missing_rate or not may(request.role, Act.ADMINISTER):
        return None
    return next(iter(missing_rates(request.program, [conversion.pk])), None)


def _partner_of(conversion: Conversion, now: Priced | Held | None) -> str:
    """The partner id that was sent; else that of the latest step which would be credited, had the partner terms."""
    sent = conversion.payload
    named = next((str(sent[key]) for key in PARTNER_KEYS if sent.get(key)), "")
    if named or not isinstance(now, Held):
        return named
    lacking = [each.step.partner for each in now.journey.steps if each.verdict in (NO_CONTRACT, NOT_COVERED)]
    if not lacking:
        return ""
    partners = Partner.objects.filter(pk=lacking[-1] or 0, program=conversion.program_id)
    return partners.values_list("media_partner_id", flat=True).first() or ""


def _state(request: ProgramRequest) -> str:
    """WAITING, DUPLICATE or RATE; anything else is the list of what could not be priced."""
    asked = request.GET.get("state", "")
    if request.GET.get("reason") == Conversion.Reason.RATE_MISSING:
        return RATE
    return asked if asked in (State.WAITING, State.DUPLICATE, RATE) else ""


def _reason_options(counts: Counts, state: str) -> list[tuple[str, str]]:
    if state:
        return []
    found: dict[str, int] = {}
    for (of_state, reason), count in counts.items():
        if of_state in STUCK and reason != Conversion.Reason.RATE_MISSING:
            found[reason] = found.get(reason, 0) + count
    labels = dict(Conversion.Reason.choices)
    return [(reason, f"{labels.get(reason, reason)} ({count:,})") for reason, count in sorted(found.items())]
