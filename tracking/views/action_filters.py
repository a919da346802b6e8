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
from django.utils.functional import cached_property

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
    """The filters in the address. What names nothing is left out and told in `errors`, by the filter's name."""

    def __init__(self, request: HttpRequest, program: Program) -> None:
        self.request, self.program = request, program
        self.errors: list[str] = []
        self.q = text_of(request, "q")[:200]
        self.event_types = list(EventType.objects.filter(program=program))
        self.partners = list(Partner.objects.filter(program=program).order_by("name")[: MOST_PARTNERS + 1])
        self.start, self.end = self._days()
        self.partner = self._partner()
        self.event_type = self._event_type()
        self.state = self._state()
        self.status = self._status()
        self.is_test = request.GET.get("test") == "1"
        sort = request.GET.get("sort", "")
        self.sort = sort if sort.removeprefix("-") in SORTS else "-event_date"
        asked = request.GET.get("page_size", "")
        self.size = int(asked) if asked in map(str, SIZES) else SIZES[1]

    def actions(self) -> "QuerySet[Action]":
        actions = Action.objects.filter(program=self.program, is_test=self.is_test)
        if self.start:
            actions = actions.filter(day__gte=self.start)
        if self.end:
            actions = actions.filter(day__lte=self.end)
        if self.partner:
            actions = actions.filter(partner=self.partner.pk)
        if self.event_type:
            actions = actions.filter(event_type=self.event_type.pk)
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
        listed = len(self.partners) <= MOST_PARTNERS
        return {
            "partner_options": [(row.pk, row.name) for row in self.partners] if listed else [],
            "event_type_options": [(row.pk, row.name) for row in self.event_types],
            "state_options": Action.State.choices,
            "status_options": [(name, name) for name in (*STATUSES, *self.own_statuses)] + [(OTHER, "Other")],
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
            yield "Partner", self.partner.name, self._without("partner")
        if self.event_type:
            yield "Event type", self.event_type.name, self._without("event_type")
        if self.state:
            yield "State", Action.State(self.state).label, self._without("state")
        if self.status:
            yield "Customer status", "Other" if self.status == OTHER else self.status, self._without("status")

    @cached_property
    def own_statuses(self) -> list[str]:
        """The categories that the brand added to New, Existing and Re-Engaged."""
        mapped = CustomerStatusMapping.objects.filter(program=self.program).values_list("category", flat=True)
        return sorted(set(mapped) - set(STATUSES))

    def _days(self) -> tuple[date | None, date | None]:
        start, end = self._day("start_date", "From"), self._day("end_date", "Until")
        if start and end and start > end:
            self._tell("From", "The first day is after the last. Swap them.")
            return None, None
        return start, end

    def _day(self, name: str, label: str) -> date | None:
        text = text_of(self.request, name)
        try:
            day = datetime.fromisoformat(text).date() if text else None
        except ValueError:
            day = date.min
        if day is None or 1900 <= day.year <= 9000:
            return day
        self._tell(label, f"“{text[:40]}” is no day. Write it as 2026-11-21.")
        return None

    def _partner(self) -> Partner | None:
        text, pk = text_of(self.request, "partner"), number_of(self.request, "partner")
        known = next((row for row in self.partners if row.pk == pk), None)
        if text and known is None:
            known = Partner.objects.filter(program=self.program, pk=pk or 0).first()
        if text and known is None:
            self._tell("Partner", f"There is no partner of the number “{text[:40]}”.")
        return known

    def _event_type(self) -> EventType | None:
        text, pk = text_of(self.request, "event_type"), number_of(self.request, "event_type")
        known = next((row for row in self.event_types if row.pk == pk), None)
        if text and known is None:
            self._tell("Event type", f"There is no event type of the number “{text[:40]}”.")
        return known

    def _state(self) -> str:
        text = text_of(self.request, "state")
        if text in ("", *Action.State.values):
            return text
        self._tell("State", f"“{text[:40]}” is none of {', '.join(Action.State.values)}.")
        return ""

    def _status(self) -> str:
        """One of the categories there are; actions may bear one that the mapping does not have any more."""
        text = text_of(self.request, "status")[:40]
        if text in ("", OTHER, *STATUSES, *self.own_statuses):
            return text
        if Action.objects.filter(program=self.program, customer_status_category=text).exists():
            return text
        self._tell("Customer status", f"No order has the status “{text}”, and no mapping gives it.")
        return ""

    def _tell(self, label: str, words: str) -> None:
        self.errors.append(f"{label}: {words}")

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


def _written(day: date) -> str:
    return f"{day.day} {day:%b %Y}"
