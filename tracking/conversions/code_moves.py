"""What another customer status mapping would change, registered with `program.uses`."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import timedelta

from django.db.models import Count
from django.utils import timezone

from contracts.engine.orders.context import Context
from program.models import EventType
from program.uses import CodeMove
from tracking.models import Action

DAYS = 30
OTHER = "Other"


def code_moves(event_type: EventType, statuses: Mapping[str, Iterable[str]]) -> list[CodeMove]:
    """Each code that would mean another category than it does, with the orders of the last 30 days that sent it.

    Looks at the codes of these orders and at those of both mappings. Unmapped codes are reported as Other.
    """
    before = _context(event_type, event_type.statuses())
    after = _context(event_type, statuses)
    sent = _sent(event_type)
    codes: dict[str, str] = {}
    for code in [*sent, *_codes(event_type.statuses()), *_codes(statuses)]:
        codes.setdefault(code.strip().casefold(), code)
    counts: Counter[str] = Counter()
    for code, count in sent.items():
        counts[code.strip().casefold()] += count
    moves = [
        CodeMove(code, before.category(code) or OTHER, after.category(code) or OTHER, counts[key])
        for key, code in codes.items()
        if before.category(code) != after.category(code)
    ]
    return sorted(moves, key=lambda move: (-move.orders, move.code))


def _sent(event_type: EventType) -> dict[str, int]:
    since = timezone.localdate(timezone=event_type.program.zone) - timedelta(days=DAYS - 1)
    actions = Action.objects.real().filter(program=event_type.program_id, event_type=event_type, day__gte=since)
    counted = actions.exclude(customer_status="").values_list("customer_status").annotate(count=Count("pk"))
    return dict(counted.order_by("-count"))


def _codes(statuses: Mapping[str, Iterable[str]]) -> list[str]:
    return [code for codes in statuses.values() for code in codes]


def _context(event_type: EventType, statuses: Mapping[str, Iterable[str]]) -> Context:
    currency = event_type.program.currency
    codes = {category: tuple(codes) for category, codes in statuses.items()}
    return Context(currency=currency, default_currency=currency, digits={}, statuses=codes)
