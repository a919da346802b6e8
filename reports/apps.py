from django.apps import AppConfig


class ReportsConfig(AppConfig):
    name = "reports"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from common.jobs.kinds import register  # noqa: PLC0415
        from program.frame import recent_figures  # noqa: PLC0415 (it needs the models)
        from reports.exports.services import EXPORTS  # noqa: PLC0415
        from reports.queries import recent  # noqa: PLC0415

        register(EXPORTS)
        recent_figures.answer(recent.recent_figures, recent.last_orders)
