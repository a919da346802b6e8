"""The actions of a partner or an event type that happened last."""

from program.event_types.status_marks import Marks
from program.models import EventType, Partner, Program
from tracking.models import Action

MOST = 6


def last_actions(program: Program, marks: Marks, **row: Partner | EventType) -> list[tuple[Action, str]]:
    """Of one `partner` or `event_type`, each with the mark of its customer status; test orders are left out."""
    actions = Action.objects.real().filter(program=program, **row)
    rows = actions.select_related("partner", "event_type").order_by("-event_date", "-id")[:MOST]
    return [(action, marks[action.customer_status_category]) for action in rows]
