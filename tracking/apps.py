from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from django.apps import AppConfig

if TYPE_CHECKING:
    from program.models import EventType
    from program.uses import CodeMove


class TrackingConfig(AppConfig):
    name = "tracking"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from program.uses import answer_code_moves  # noqa: PLC0415 (it needs the models)

        answer_code_moves(_code_moves)


def _code_moves(event_type: "EventType", statuses: Mapping[str, Iterable[str]]) -> "list[CodeMove]":
    from tracking.services.code_moves import code_moves  # noqa: PLC0415 (not before somebody asks)

    return code_moves(event_type, statuses)
