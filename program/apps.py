from django.apps import AppConfig
from django.db.backends.signals import connection_created


class ProgramConfig(AppConfig):
    name = "program"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from celery.signals import task_postrun, task_prerun  # noqa: PLC0415

        from program import acting, sign_in_log  # noqa: PLC0415 (it needs the models)

        connection_created.connect(_announce_actors, dispatch_uid="announce_actors")
        sign_in_log.listen()
        task_prerun.connect(acting.task_begins, dispatch_uid="task_begins")
        task_postrun.connect(acting.task_ends, dispatch_uid="task_ends")


def _announce_actors(connection: object, **_: object) -> None:
    from program.acting import announce  # noqa: PLC0415

    wrappers = connection.execute_wrappers  # type: ignore[attr-defined]
    if announce not in wrappers:  # a connection that is made anew keeps its wrappers
        wrappers.append(announce)
