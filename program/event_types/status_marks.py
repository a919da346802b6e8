"""The mark of each customer status, which is the name of its colour: the same on every page."""

from collections.abc import Iterable

from common.db.statements import fetch
from program.models import Program
from program.templatetags.brandboard import slug_of

KNOWN_STATUSES = ("New", "Existing", "Re-Engaged")
OTHER = "Other"
OWN_MARKS = 6  # colours for statuses of the brand's own, in css/tokens.css
_MAPPED = "SELECT DISTINCT category FROM program_customerstatusmapping WHERE program_id = %s"


def own_statuses(program: Program, met: Iterable[str]) -> list[str]:
    """The brand's own: those of the mapping, whose places no filter changes, then others that orders have."""
    given = {*KNOWN_STATUSES, OTHER, ""}
    mapped = {category for (category,) in fetch(_MAPPED, (program.pk,))} - given
    return [*sorted(mapped), *sorted(set(met) - mapped - given)]


def marks_in(own: Iterable[str]) -> dict[str, str]:
    """Status → the name of its colour; the brand's own take theirs in this order."""
    marks = {status: slug_of(status) for status in (*KNOWN_STATUSES, OTHER, "")}
    return marks | {status: f"own{place % OWN_MARKS + 1}" for place, status in enumerate(own)}


def status_marks(program: Program, met: Iterable[str]) -> dict[str, str]:
    """The marks for a page: of the mapping's statuses, and of those that its orders have."""
    return marks_in(own_statuses(program, met))
