from django.apps import AppConfig
from django.db.backends.signals import connection_created


class AccountsConfig(AppConfig):
    name = "accounts"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from celery.signals import task_postrun, task_prerun  # noqa: PLC0415

        from accounts.audit import actor  # noqa: PLC0415 (it needs the models)
        from accounts.sign_in import log  # noqa: PLC0415

        connection_created.connect(_announce_actors, dispatch_uid="announce_actors")
        log.listen()
        task_prerun.connect(actor.task_begins, dispatch_uid="task_begins")
        task_postrun.connect(actor.task_ends, dispatch_uid="task_ends")


def _announce_actors(connection: object, **_: object) -> None:
    from accounts.audit.actor import announce  # noqa: PLC0415

    wrappers = connection.execute_wrappers  # type: ignore[attr-defined]
    if announce not in wrappers:  # a reopened connection keeps its wrappers
        wrappers.append(announce)
