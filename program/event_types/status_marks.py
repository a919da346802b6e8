"""The mark of each customer status, which is the name of its colour: the same on every page."""

from collections.abc import Iterable
from zlib import crc32

from common.db.statements import fetch
from program.models import Program
from program.templatetags.brandboard import slug_of

KNOWN_STATUSES = ("New", "Existing", "Re-Engaged")
OTHER = "Other"
OWN_MARKS = 6  # colours for statuses of the brand's own, in css/tokens.css
_MAPPED = "SELECT DISTINCT category FROM program_customerstatusmapping WHERE program_id = %s"


class Marks(dict[str, str]):
    """Status → the name of its colour; one that only past orders have gets its colour by its name."""

    def __missing__(self, status: str) -> str:
        return f"own{crc32(status.encode()) % OWN_MARKS + 1}"


def status_marks(program: Program, typed: Iterable[str] = ()) -> Marks:
    """The brand's own statuses take theirs by their place in its mappings, which neither a filter nor the orders of a
    page change; `typed` are those of a mapping that is not saved yet.
    """
    mapped = {*typed, *(category for (category,) in fetch(_MAPPED, (program.pk,)))}
    own = sorted(mapped - {*KNOWN_STATUSES, OTHER, ""})
    marks = {status: slug_of(status) for status in (*KNOWN_STATUSES, OTHER, "")}
    return Marks(marks | {status: f"own{place % OWN_MARKS + 1}" for place, status in enumerate(own)})
