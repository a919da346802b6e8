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
        from common.jobs.kinds import register  # noqa: PLC0415
        from contracts.agreements import waiting  # noqa: PLC0415 (services need the models)
        from program.uses import answer_code_moves  # noqa: PLC0415 (it needs the models)
        from tracking.conversions import held_orders as waiting_orders  # noqa: PLC0415
        from tracking.imports.uploads import UPLOADS  # noqa: PLC0415

        register(UPLOADS)
        answer_code_moves(_code_moves)
        waiting.register(
            waiting.WaitingOrders(find=waiting_orders.count_for_contracts, price=waiting_orders.price_for_contracts)
        )


def _code_moves(event_type: "EventType", statuses: Mapping[str, Iterable[str]]) -> "list[CodeMove]":
    from tracking.conversions.code_moves import code_moves  # noqa: PLC0415 (not before somebody asks)

    return code_moves(event_type, statuses)
