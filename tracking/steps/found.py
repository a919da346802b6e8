"""One step by the id that addresses and orders name it by."""

from datetime import timedelta

from program.models import Program
from tracking.journeys.click_ids import moment_of, read_click_id
from tracking.models import Step


def step_of(program: Program, click_id: str) -> Step | None:
    """That step of the program, looked for in the one month that its id names; no query where it cannot be an id."""
    click = read_click_id(click_id)
    if click is None:
        return None
    made = moment_of(click)
    steps = Step.objects.filter(program=program, id=click, at__gte=made, at__lte=made + timedelta(milliseconds=2))
    return steps.order_by().first()
