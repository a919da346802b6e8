"""Pages of the list of clicks. Each begins behind the last row of the one before, which its address names, so that a
page far back is read like the first: from its place in the index of moments.
"""

from datetime import datetime
from typing import NamedTuple

from django.db.models import Q

from common.web.lists import read_moment, text_in
from tracking.models import Step

from .filters import StepFilters

COUNTED = 10_000  # steps, above which a count reads “10,000+”


class Place(NamedTuple):
    """A row's place: its moment, and its number among those of one moment."""

    at: datetime
    number: int


class Page(NamedTuple):
    """The steps of a page, the newest first, and the places from which the pages before and after it are read."""

    steps: list[Step]
    before: str
    after: str


def page_of(filters: StepFilters, size: int) -> Page:
    """The page that ?after= or ?before= names, else the first."""
    after, before = (_place(text_in(filters.query, name)) for name in ("after", "before"))
    is_back = before is not None and after is None
    place = before if is_back else after
    steps = Step.objects.filter(filters.condition).order_by(*(("at", "number") if is_back else ("-at", "-number")))
    if place:
        steps = steps.filter(_beyond(place, "gt" if is_back else "lt"))
    rows = list(steps[: size + 1])
    has_more, rows = len(rows) > size, rows[:size]
    if is_back:
        rows.reverse()
    has_before, has_after = (has_more, True) if is_back else (place is not None, has_more)
    return Page(
        rows,
        _named(rows[0]) if rows and has_before else "",
        _named(rows[-1]) if rows and has_after else "",
    )


def counted(filters: StepFilters) -> int:
    """How many there are in all; one more than 10,000 where there are more."""
    return Step.objects.filter(filters.condition).order_by().values("number")[: COUNTED + 1].count()


def _beyond(place: Place, way: str) -> Q:
    """What lies behind the place; by the first condition the index is read from there on."""
    behind = Q(**{f"at__{way}": place.at}) | Q(at=place.at, **{f"number__{way}": place.number})
    return Q(**{f"at__{way}e": place.at}) & behind


def _named(step: Step) -> str:
    return f"{step.at.isoformat()}~{step.number}"


def _place(text: str) -> Place | None:
    """The place that an address names; None where it names none."""
    moment, _, number = text.rpartition("~")
    if not (number.isascii() and number.isdigit() and len(number) < 18):
        return None
    try:
        return Place(read_moment(moment), int(number))
    except ValueError:
        return None
