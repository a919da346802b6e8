from django.apps import AppConfig


class ProgramConfig(AppConfig):
    name = "program"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from common.jobs import kinds  # noqa: PLC0415
        from program.tags.assigning.acts import TAG_ACTS  # noqa: PLC0415 (it needs the models)
        from program.tags.deleting import TAG_DELETIONS  # noqa: PLC0415

        kinds.register(TAG_ACTS)
        kinds.register(TAG_DELETIONS)
