"""What the list of actions is filtered, sorted and summed by; all of it is in the address.

Every filter of the reports is one of them, so that a figure of a report leads to exactly its orders.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import cached_property

from common.web.lists import SIZES, text_of
from program.models import EventType, Partner, Program
from program.models.event_type import CustomerStatusMapping
from tracking.models import Action

from .filter_rows import MOST_PARTNERS, NOT_REVERSED, OTHER, STATES, STATUSES, Narrowed, narrowings, texts_of

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
        self.event_types = list(EventType.objects.filter(program=program))
        self.partners = list(Partner.objects.filter(program=program).order_by("name")[: MOST_PARTNERS + 1])
        self.start, self.end = self._days()
        self.narrowed: list[Narrowed] = [
            found
            for narrowing in narrowings(program, self.partners, self.event_types)
            if (found := narrowing.read(request, self._tell))
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

    def actions(self, *, of_any_state: bool = False) -> "QuerySet[Action]":
        """The actions that the filters leave; `of_any_state` leaves the filter by state out."""
        actions = Action.objects.filter(program=self.program, is_test=self.is_test)
        if self.start:
            actions = actions.filter(day__gte=self.start)
        if self.end:
            actions = actions.filter(day__lte=self.end)
        for narrowed in self.narrowed:
            actions = actions.filter(narrowed.condition)
        if self.state and not of_any_state:
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
        """What each filter offers, and `kept`: the names and values that the form sends along without a control."""
        chosen = {narrowed.name: narrowed.values for narrowed in self.narrowed}
        offered = {
            "event_type": [(str(row.pk), row.name) for row in self.event_types] if len(self.event_types) > 1 else [],
            "partner": [(str(row.pk), row.name) for row in self.partners] if self.lists_partners else [],
        }
        kept = [
            (narrowed.name, value)
            for narrowed in self.narrowed
            for value in narrowed.values
            if not offered.get(narrowed.name)
        ]
        kept += [("status", status) for status in self.statuses if not self.status]
        kept += [("status_not", status) for status in self.other_than]
        kept += [("reported", "1")] if self.is_reported else []
        return {
            "partner_options": _ticked(offered["partner"], chosen.get("partner", {})),
            "event_type_options": _ticked(offered["event_type"], chosen.get("event_type", {})),
            "state_options": STATES,
            "status_options": [(name, name) for name in (*STATUSES, *self.own_statuses)] + [(OTHER, "Other")],
            "presets": presets(timezone.localdate(timezone=self.program.zone)),
            "kept": kept,
            # Typed values stay in the fields, also refused ones.
            "typed_start": text_of(self.request, "start_date")[:40],
            "typed_end": text_of(self.request, "end_date")[:40],
        }

    @property
    def lists_partners(self) -> bool:
        return len(self.partners) <= MOST_PARTNERS

    def chips(self) -> Iterator[tuple[str, str, str]]:
        """Each value of each filter in force: the filter's name, the value in words, and the address without it."""
        if self.q:
            yield "Search", self.q, self._without("q")
        if self.start:
            yield "From", _written(self.start), self._without("start_date")
        if self.end:
            yield "Until", _written(self.end), self._without("end_date")
        for narrowed in self.narrowed:
            for value, words in narrowed.values.items():
                yield narrowed.label, words, self._without(narrowed.name, value)
        if self.state:
            yield "State", dict(STATES)[self.state], self._without("state")
        for status in self.statuses:
            yield "Customer status", _in_words(status), self._without("status", status)
        if self.other_than:
            yield (
                "Customer status",
                f"none of {', '.join(map(_in_words, self.other_than))}",
                self._without("status_not"),
            )
        if self.is_reported:
            yield "Counted in reports", "Yes", self._without("reported")

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
        for text in texts_of(self.request, name):
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

    def _without(self, name: str, value: str = "") -> str:
        query = self.request.GET.copy()
        left = [each for each in query.getlist(name) if value and each.strip().casefold() != value.casefold()]
        query.setlist(name, left)
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


def _ticked(offered: Iterable[tuple[str, str]], chosen: Iterable[str]) -> list[tuple[str, str, bool]]:
    """What components/filter_menu.html takes, the chosen first."""
    wanted = set(chosen)
    return sorted(((value, words, value in wanted) for value, words in offered), key=lambda option: not option[2])


def _category(status: str) -> str:
    return "" if status == OTHER else status


def _in_words(status: str) -> str:
    return "Other" if status == OTHER else status


def _written(day: date) -> str:
    return f"{day.day} {day:%b %Y}"
