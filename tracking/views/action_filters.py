"""What the list of actions is filtered, sorted and summed by; all of it is in the address."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Count, Q, QuerySet, Sum
from django.http import HttpRequest
from django.utils import timezone

from program.models import EventType, Partner, Program
from program.models.event_type import CustomerStatusMapping
from program.views.shared import SIZES, number_of, text_of
from tracking.models import Action

MOST_PARTNERS = 300  # to choose from in a list; beyond that a partner is found by the search
OTHER = "OTHER"
STATUSES = ("New", "Existing", "Re-Engaged")
SORTS = {"event_date": "event_date", "amount": "amount", "payout": "payout", "locks": "locking_date"}
FIGURES = ("amount", "payout")


@dataclass(frozen=True, slots=True)
class Preset:
    label: str
    start: date
    end: date


@dataclass(frozen=True, slots=True)
class Sums:
    """What the filtered actions come to, in one currency: terms may pay in several."""

    currency: str
    count: int
    amount: Decimal
    payout: Decimal


class Counted(Paginator):
    """Pages of rows whose number is known from their sums."""

    def __init__(self, rows: Any, size: int, count: int) -> None:
        super().__init__(rows, size)
        self.count = count


class ActionFilters:
    """The filters in the address, read leniently: what cannot be meant is as if it were not there."""

    def __init__(self, request: HttpRequest, program: Program) -> None:
        self.request, self.program = request, program
        self.q = text_of(request, "q")[:200]
        self.start, self.end = _day(request, "start_date"), _day(request, "end_date")
        self.partner = number_of(request, "partner")
        self.event_type = number_of(request, "event_type")
        self.state = _one_of(request, "state", Action.State.values)
        self.status = text_of(request, "status")[:40]
        self.is_test = request.GET.get("test") == "1"
        sort = request.GET.get("sort", "")
        self.sort = sort if sort.removeprefix("-") in SORTS else "-event_date"
        asked = request.GET.get("page_size", "")
        self.size = int(asked) if asked in map(str, SIZES) else SIZES[1]
        self.event_types = list(EventType.objects.filter(program=program))
        self.partners = list(Partner.objects.filter(program=program).order_by("name")[: MOST_PARTNERS + 1])

    def actions(self) -> "QuerySet[Action]":
        actions = Action.objects.filter(program=self.program, is_test=self.is_test)
        if self.start:
            actions = actions.filter(day__gte=self.start)
        if self.end:
            actions = actions.filter(day__lte=self.end)
        if self.partner:
            actions = actions.filter(partner=self.partner)
        if self.event_type:
            actions = actions.filter(event_type=self.event_type)
        if self.state:
            actions = actions.filter(state=self.state)
        if self.status:
            actions = actions.filter(customer_status_category="" if self.status == OTHER else self.status)
        return actions.filter(matching(self.q)) if self.q else actions

    def sums(self) -> list[Sums]:
        """Count and figures of all filtered actions, by currency, in one query."""
        rows = self.actions().order_by("currency").values_list("currency")
        totals = rows.annotate(count=Count("pk"), amounts=Sum("amount"), payouts=Sum("payout"))
        return [Sums(*row) for row in totals]

    def page(self, count: int) -> dict[str, Any]:
        """What components/pagination.html takes; newest first unless sorted otherwise, ties by the newer row."""
        minus = "-" if self.sort.startswith("-") else ""
        field = SORTS[self.sort.removeprefix("-")]
        rows = self.actions().select_related("partner", "customer", "event_type").defer("context", "order_state")
        rows = rows.order_by(f"{minus}{field}", f"{minus}id")
        return {
            "page": Counted(rows, self.size, count).get_page(self.request.GET.get("page")),
            "sizes": SIZES,
            "size": self.size,
        }

    def options(self) -> dict[str, Any]:
        """What each filter offers."""
        codes = CustomerStatusMapping.objects.filter(program=self.program).values_list("category", flat=True)
        own = sorted(set(codes) - set(STATUSES))
        listed = len(self.partners) <= MOST_PARTNERS
        return {
            "partner_options": [(row.pk, row.name) for row in self.partners] if listed else [],
            "event_type_options": [(row.pk, row.name) for row in self.event_types],
            "state_options": Action.State.choices,
            "status_options": [(name, name) for name in (*STATUSES, *own)] + [(OTHER, "Other")],
            "presets": presets(timezone.localdate(timezone=self.program.zone)),
        }

    def chips(self) -> Iterator[tuple[str, str, str]]:
        """Each filter in force: its name, its value in words, and the address without it."""
        if self.q:
            yield "Search", self.q, self._without("q")
        if self.start:
            yield "From", _written(self.start), self._without("start_date")
        if self.end:
            yield "Until", _written(self.end), self._without("end_date")
        if self.partner:
            yield "Partner", self._partner_name(self.partner), self._without("partner")
        if self.event_type:
            names = {str(row.pk): row.name for row in self.event_types}
            yield "Event type", names.get(str(self.event_type), str(self.event_type)), self._without("event_type")
        if self.state:
            yield "State", Action.State(self.state).label, self._without("state")
        if self.status:
            yield "Customer status", "Other" if self.status == OTHER else self.status, self._without("status")

    def _partner_name(self, pk: int) -> str:
        known = next((row for row in self.partners if row.pk == pk), None)
        known = known or Partner.objects.filter(program=self.program, pk=pk).first()
        return known.name if known else f"number {pk}, which is not there"

    def _without(self, name: str) -> str:
        query = self.request.GET.copy()
        query.pop(name, None)
        query.pop("page", None)
        return f"?{query.urlencode()}"


def matching(text: str) -> Q:
    """Orders, customers, partners, promo codes and action ids that contain the text, in any letter case."""
    found = (
        Q(order_id__icontains=text)
        | Q(promo_code__icontains=text)
        | Q(customer__customer_id__icontains=text)
        | Q(partner__name__icontains=text)
        | Q(partner__media_partner_id__icontains=text)
    )
    number = text.rpartition(".")[2]
    if text.count(".") in (0, 2) and number.isascii() and number.isdigit() and len(number) <= 18:
        found |= Q(pk=int(number))
    return found


def presets(today: date) -> list[Preset]:
    month = today.replace(day=1)
    last_month_end = month - timedelta(days=1)
    return [
        Preset("Today", today, today),
        Preset("7 days", today - timedelta(days=6), today),
        Preset("30 days", today - timedelta(days=29), today),
        Preset("This month", month, today),
        Preset("Last month", last_month_end.replace(day=1), last_month_end),
        Preset("This year", today.replace(month=1, day=1), today),
    ]


def _day(request: HttpRequest, name: str) -> date | None:
    try:
        day = datetime.fromisoformat(request.GET.get(name, "")).date()
    except ValueError:
        return None
    return day if 1900 <= day.year <= 9000 else None


def _one_of(request: HttpRequest, name: str, known: list[str]) -> str:
    value = request.GET.get(name, "")
    return value if value in known else ""


def _written(day: date) -> str:
    return f"{day.day} {day:%b %Y}"
