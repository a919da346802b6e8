"""What the list of clicks is narrowed by; all of it is in the address. Every question has a first and a last day: the
table has tens of millions of rows, in months, and is read in the order of time alone.
"""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.http import QueryDict
from django.utils import timezone

from common.web.filters import Chip, FilterField, chip_of, chips_of, without
from common.web.lists import text_in, texts_in
from program.models import Ad, Partner, Program
from tracking.actions.action_filters import Preset, presets
from tracking.models import Step

USUAL_DAYS = 7
MOST_DAYS = 31
COUNTED, LEFT_OUT = "yes", "no"
ANSWERS = [(COUNTED, "Counted"), (LEFT_OUT, "Not counted"), *Step.NotCounted.choices]


class StepFilters:
    """The filters in the address. What cannot be read is left out and reported in `errors`."""

    def __init__(self, program: Program, query: QueryDict) -> None:
        self.program, self.query = program, query
        self.errors: list[str] = []
        self.today = timezone.localdate(timezone=program.zone)
        self.start, self.end = self._days()
        kind, counted = text_in(query, "kind"), text_in(query, "counted")
        self.kind = kind if kind in Step.Kind.values else ""
        self.counted = counted if counted in dict(ANSWERS) else ""
        self.partners = self._rows("partner", "Partner", Partner.objects.filter(program=program))
        self.ads = self._rows("ad", "Ad", Ad.objects.filter(program=program))

    @property
    def condition(self) -> Q:
        """All that is asked for, with the moments at which the period begins and ends in the program's time zone."""
        zone = self.program.zone
        found = Q(
            program=self.program,
            at__gte=datetime.combine(self.start, time(), zone),
            at__lt=datetime.combine(self.end + timedelta(days=1), time(), zone),
        )
        if self.kind:
            found &= Q(kind=self.kind)
        if self.counted == LEFT_OUT:
            found &= ~Q(not_counted="")
        elif self.counted:
            found &= Q(not_counted="" if self.counted == COUNTED else self.counted)
        if self.partners:
            found &= Q(partner_id__in=map(int, self.partners))
        if self.ads:
            found &= Q(ad_id__in=map(int, self.ads))
        return found

    def fields(self) -> list[FilterField]:
        """What can be filtered by."""
        return [
            FilterField("partner", "Partner", "partner-number", value=", ".join(self.partners.values())),
            FilterField("ad", "Ad", "ad-number", value=", ".join(self.ads.values())),
            FilterField("kind", "Kind", options=Step.Kind.choices, value=self.kind),
            FilterField("counted", "Counted", options=ANSWERS, value=self.counted),
        ]

    def chips(self) -> Iterator[Chip]:
        """One for each value in force; the days have a field of their own."""
        yield from chips_of(self.query, "partner", "Partner", self.partners)
        yield from chips_of(self.query, "ad", "Ad", self.ads)
        for field in self.fields()[2:]:
            yield from chip_of(self.query, field)

    def clear(self) -> str:
        """The address with the days alone."""
        left = self.query.copy()
        for name in ("partner", "ad", "kind"):
            left.pop(name, None)
        return without(left, "counted")

    def presets(self) -> list[Preset]:
        """The periods that are not longer than one list."""
        return [each for each in presets(self.today) if (each.end - each.start).days < MOST_DAYS]

    def _days(self) -> tuple[date, date]:
        """The days asked for, both included; the last seven where none are, or where they cannot be shown."""
        usual = self.today - timedelta(days=USUAL_DAYS - 1), self.today
        texts = [text_in(self.query, name) for name in ("start_date", "end_date")]
        start, end = (self._day(text) for text in texts)
        if self.errors or not (start or end):
            return usual
        start, end = start or _before(end or self.today), end or self.today
        if start > end:
            self.errors.append("The first day is after the last. Swap them.")
        elif (end - start).days >= MOST_DAYS:
            self.errors.append(f"One list holds {MOST_DAYS} days at most. Ask for a shorter period.")
        return usual if self.errors else (start, end)

    def _day(self, text: str) -> date | None:
        try:
            day = date.fromisoformat(text) if text else None
        except ValueError:
            day = date.min
        if day is None or 1900 <= day.year <= 9000:
            return day
        self.errors.append(f"“{text[:40]}” is not a valid date. Write it as 2026-11-21.")
        return None

    def _rows(self, name: str, label: str, rows: "QuerySet[Any]") -> dict[str, str]:
        """Rows of the program by their number, with their names."""
        asked = texts_in(self.query, name)
        numbers = [text for text in asked if text.isascii() and text.isdigit() and len(text) < 18]
        named = rows.filter(pk__in=numbers).values_list("pk", "name") if numbers else ()
        there = {str(pk): str(words) for pk, words in named}
        for text in asked:
            if text not in there:
                self.errors.append(f"{label}: “{text[:40]}” is not a known number.")
        return {text: there[text] for text in asked if text in there}


def _before(end: date) -> date:
    """The first day of the usual period with this last day."""
    return end - timedelta(days=USUAL_DAYS - 1)
