from django.apps import AppConfig


class ReportsConfig(AppConfig):
    name = "reports"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from common.jobs.kinds import register  # noqa: PLC0415
        from reports.exports.services import EXPORTS  # noqa: PLC0415 (it needs the models)

        register(EXPORTS)
