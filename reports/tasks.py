"""Doorbells of this room. What waits is in the rows; a task may run twice, or never: nothing is lost or doubled."""

from celery import shared_task

from config.bell import ring
from reports.services import exports
from reports.services.rollup import fill_touched_days


@shared_task
def fill(program_id: int | None = None) -> None:
    """Recompute the touched days. Rung after pricing, and by the clock for what no bell was heard for."""
    fill_touched_days(program_id=program_id)


@shared_task
def render_export(export_id: int) -> None:
    exports.render_export(export_id)


@shared_task
def sweep() -> None:
    """Ring for every export that waits, or whose worker fell silent."""
    for export_id in exports.exports_to_resume():
        ring(render_export, export_id)


@shared_task
def drop_old_exports() -> None:
    exports.drop_old_exports()
