from celery import shared_task

from reports.services.rollup import fill_touched_days


@shared_task
def fill(program_id: int | None = None) -> None:
    """Recompute the touched days. Rung after pricing, and by the clock for what no bell was heard for."""
    fill_touched_days(program_id=program_id)
