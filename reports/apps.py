from typing import TYPE_CHECKING

from django.apps import AppConfig

if TYPE_CHECKING:
    from program.choices.kinds import Choice
    from program.models import Program


class ReportsConfig(AppConfig):
    name = "reports"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from common.jobs.kinds import register  # noqa: PLC0415
        from program.ads import uses as ad_uses  # noqa: PLC0415 (it needs the models)
        from program.choices import kinds as choices  # noqa: PLC0415
        from program.frame import recent_figures  # noqa: PLC0415 (it needs the models)
        from reports.exports.services import EXPORTS  # noqa: PLC0415
        from reports.queries import recent  # noqa: PLC0415
        from reports.rollups import clicks  # noqa: PLC0415 (it needs the models)

        register(EXPORTS)
        ad_uses.answer(clicks.counted_use_of_ad)
        choices.register("status-code", _status_codes)
        recent_figures.answer(recent.recent_figures, recent.in_order, recent.last_orders, recent.recent_clicks)


def _status_codes(program: "Program", text: str, start: int) -> "list[Choice]":
    from reports.queries.status_codes import codes_to_choose  # noqa: PLC0415 (not before somebody asks)

    return codes_to_choose(program, text, start)
