"""The unpaid sources that visitors came from lately: asked here, answered by the app that has the visits, which
registers the answer when it is loaded.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import NamedTuple

from program.models import Program

DAYS = 30
MOST = 200  # sources, those with the most visits


class Visits(NamedTuple):
    """The visits of the last 30 days from a source, with the channel that the latest address spoke of."""

    source: str
    visits: int
    last: datetime
    channel: str


type VisitsOf = Callable[[Program], Sequence[Visits]]

_visits_of: list[VisitsOf] = []


def answer(visits: VisitsOf) -> None:
    """Called once by the app that has the visits, when it is loaded."""
    _visits_of[:] = [visits]


def recent_visits(program: Program) -> Sequence[Visits]:
    """By source, most visits first."""
    return next((visits(program) for visits in _visits_of), ())
