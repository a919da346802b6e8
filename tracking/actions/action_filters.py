"""What the list of actions is filtered, sorted and summed by; all of it is in the address.

Every filter of the reports is one of them, so that a figure of a report leads to exactly its orders.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Q
from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import cached_property

from common.web.filters import Chip, FilterField, chips_of, without
from common.web.lists import SIZES, text_of, texts_in
from program.models import Program
from program.models.event_type import CustomerStatusMapping
from tracking.models import Action
from tracking.models.action import ActionQuerySet

from .filter_rows import FIELDS, NOT_REVERSED, OTHER, OVER_CAP, STATES, STATUSES, Narrowed, narrowings

SORTS = {"event_date": "event_date", "amount": "amount", "payout": "payout", "locks": "locking_date"}


@dataclass(frozen=True, slots=True)
class Preset:
    label: str
    start: date
    end: date


class ActionFilters:
    """The filters in the address. Unknown values are left out and reported in `errors`, by the filter's name."""

    def __init__(self, request: HttpRequest, program: Program) -> None:
        self.request, self.program = request, program
        self.errors: list[str] = []
        self.q = text_of(request, "q")[:200]
        self.start, self.end = self._days()
        self.narrowed: list[Narrowed] = [
            found for narrowing in narrowings(program) if (found := narrowing.read(request, self._tell))
        ]
        self.state = self._state()
        self.statuses = self._statuses("status")
        self.other_than = self._statuses("status_not")
        self.is_reported = request.GET.get("reported") == "1"
        self.is_test = request.GET.get("test") == "1"
        sort = request.GET.get("sort", "")
        self.sort = sort if sort.removeprefix("-") in SORTS else "-event_date"
        asked = request.GET.get("page_size", "")
        self.size = int(asked) if asked in map(str, SIZES) else SIZES[1]

    @property
    def status(self) -> str:
        """The one customer status that is asked for."""
        return self.statuses[0] if len(self.statuses) == 1 else ""

    def actions(self, *, of_any_state: bool = False) -> ActionQuerySet:
        """The actions that the filters leave; `of_any_state` leaves the filter by state out."""
        actions = Action.objects.filter(program=self.program, is_test=self.is_test)
        if self.start:
            actions = actions.filter(day__gte=self.start)
        if self.end:
            actions = actions.filter(day__lte=self.end)
        for narrowed in self.narrowed:
            actions = actions.filter(narrowed.condition)
        if self.state == OVER_CAP and not of_any_state:
            actions = actions.over_cap()
        elif self.state and not of_any_state:
            actions = actions.filter(state__in=self.states)
        if self.statuses:
            actions = actions.filter(customer_status_category__in=map(_category, self.statuses))
        if self.other_than:
            actions = actions.exclude(customer_status_category__in=map(_category, self.other_than))
        if self.is_reported:
            actions = actions.filter(is_hidden=False)
        return actions.filter(matching(self.q)) if self.q else actions

    @property
    def states(self) -> tuple[str, ...]:
        """The states that are asked for; all where none is."""
        if self.state == NOT_REVERSED:
            return Action.State.PENDING, Action.State.APPROVED
        return (self.state,) if self.state else tuple(Action.State.values)

    def options(self) -> dict[str, Any]:
        """What the filter bar shows beside the chips: fields to add a filter, and the dates."""
        return {
            "filter_fields": [FilterField(name, label, kind) for name, label, kind in FIELDS],
            "is_filtered": bool(self.q or self.start or self.end or self.state or list(self.chips())),
            "clear_url": "?test=1" if self.is_test else "?",
            "presets": presets(timezone.localdate(timezone=self.program.zone)),
            # Typed values stay in the fields, also refused ones.
            "typed_start": text_of(self.request, "start_date")[:40],
            "typed_end": text_of(self.request, "end_date")[:40],
        }

    def chips(self) -> Iterator[Chip]:
        """One for each value in force; the search and the dates have fields of their own, which show them."""
        query = self.request.GET
        for narrowed in self.narrowed:
            yield from chips_of(query, narrowed.name, narrowed.label, narrowed.values)
        if self.state == NOT_REVERSED:  # a single state is a tab
            yield Chip("State", dict(STATES)[self.state], without(query, "state"), "state", [self.state])
        yield from chips_of(query, "status", "Customer status", {each: _in_words(each) for each in self.statuses})
        if self.other_than:
            none_of = f"none of {', '.join(map(_in_words, self.other_than))}"
            yield Chip("Customer status", none_of, without(query, "status_not"), "status_not", self.other_than)
        if self.is_reported:
            yield Chip("Counted in reports", "Yes", without(query, "reported"), "reported", ["1"])

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
        self._tell(label, f"“{text[:40]}” is not a valid date. Write it as 2026-11-21.")
        return None

    def _state(self) -> str:
        text = text_of(self.request, "state")
        if text in ("", *dict(STATES)):
            return text
        self._tell("State", f"“{text[:40]}” is not a valid state; use {', '.join(Action.State.values)}.")
        return ""

    def _statuses(self, name: str) -> list[str]:
        """All categories; actions may have one that is no longer in the mapping."""
        found = []
        for text in texts_in(self.request.GET, name):
            if (
                text in (OTHER, *STATUSES, *self.own_statuses)
                or Action.objects.filter(program=self.program, customer_status_category=text).exists()
            ):
                found.append(text)
            else:
                self._tell(
                    "Customer status", f"“{text[:40]}” is not a known customer status: no order and no mapping has it."
                )
        return found

    def _tell(self, label: str, words: str) -> None:
        self.errors.append(f"{label}: {words}")


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


def _category(status: str) -> str:
    return "" if status == OTHER else status


def _in_words(status: str) -> str:
    return "Other" if status == OTHER else status
