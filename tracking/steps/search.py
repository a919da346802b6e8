"""A click by its id, for search."""

from django.urls import reverse

from program.models import Program
from program.search.sources import Found, Hit
from program.templatetags.brandboard import moment
from tracking.journeys.click_ids import written_click_id

from .found import step_of
from .rows import listed


def clicks(program: Program, text: str) -> Found:
    """The click, impression or visit of just that id; any other text costs no query."""
    step = step_of(program, text)
    if step is None:
        return Found("Clicks")
    (row,) = listed(program, [step])
    whose = row.partner.name if row.partner else step.source
    detail = ", ".join(filter(None, [step.get_kind_display(), whose, moment(step.at, program.time_zone)]))
    address = reverse("tracking:click_detail", args=[program.pk, row.click_id])
    return Found("Clicks", [Hit(written_click_id(step.id), address, detail=detail, icon="click", is_exact=True)])
