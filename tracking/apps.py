from typing import TYPE_CHECKING

from django.apps import AppConfig

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from datetime import date

    from contracts.sections.lists.orders_won import Published
    from program.models import Program
    from program.search.sources import Found


class TrackingConfig(AppConfig):
    name = "tracking"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from common.jobs import kinds  # noqa: PLC0415
        from contracts.agreements import waiting  # noqa: PLC0415 (services need the models)
        from contracts.sections.lists import orders_won  # noqa: PLC0415 (it needs the models)
        from program.ads import uses as ad_uses  # noqa: PLC0415 (it needs the models)
        from program.event_types.received_codes import answer_held_codes  # noqa: PLC0415
        from program.exchange_rates.waiting import answer_price_waiting  # noqa: PLC0415
        from program.frame.attention import answer_attention  # noqa: PLC0415 (it needs the models)
        from program.frame.unfilled import answer_unfilled  # noqa: PLC0415
        from program.media_sources import visits  # noqa: PLC0415 (it needs the models)
        from program.promo_codes import orders as code_orders  # noqa: PLC0415 (it needs the models)
        from program.search import sources  # noqa: PLC0415
        from program.tags import orders  # noqa: PLC0415 (it needs the models)
        from program.uses import answer_first_order_day, answer_has_orders  # noqa: PLC0415
        from tracking.ads import received  # noqa: PLC0415
        from tracking.conversions import attention  # noqa: PLC0415
        from tracking.customer_tags import orders as tagged  # noqa: PLC0415
        from tracking.erasing.customer_files import CUSTOMER_FILES  # noqa: PLC0415
        from tracking.erasing.services import ERASURES  # noqa: PLC0415
        from tracking.exchange_rates.waiting import price_with_rates  # noqa: PLC0415
        from tracking.imports.uploads import UPLOADS  # noqa: PLC0415
        from tracking.status_check.checks import CHECKS  # noqa: PLC0415
        from tracking.trying_again import joined_partners as waiting_orders  # noqa: PLC0415
        from tracking.visitors.regions import unfilled_variables  # noqa: PLC0415

        for kind in (UPLOADS, CHECKS, ERASURES, CUSTOMER_FILES):
            kinds.register(kind)
        sources.register("orders", _found)
        sources.register("clicks", _found_clicks)
        answer_has_orders(_has_orders)
        answer_price_waiting(price_with_rates)
        ad_uses.answer(received.use_of_ad)
        code_orders.answer(received.orders_with_code)
        visits.answer(received.visits_by_source)
        orders.answer(tagged.priced_orders, tagged.tag_figures)
        orders_won.answer(_orders_won)
        answer_unfilled(unfilled_variables)
        answer_first_order_day(_first_order_day)
        answer_attention(attention.stuck_orders, attention.refused_changes)
        answer_held_codes(attention.held_codes)
        waiting.register(
            waiting.WaitingOrders(find=waiting_orders.count_for_contracts, price=waiting_orders.price_for_contracts)
        )


def _has_orders(program: "Program") -> bool:
    from tracking.models import Conversion  # noqa: PLC0415 (not before somebody asks)

    return Conversion.objects.filter(program=program).exists()


def _first_order_day(program: "Program") -> "date | None":
    from tracking.models import Action  # noqa: PLC0415 (not before somebody asks)

    actions = Action.objects.real().filter(program=program).order_by("event_date", "id")
    return actions.values_list("day", flat=True).first()


def _orders_won(event_type: int, groups: "Collection[Published]", since: "date") -> "Mapping[Published, int]":
    from django.db.models import Count  # noqa: PLC0415

    from tracking.models import Action  # noqa: PLC0415 (not before somebody asks)

    versions, ranks = {version for version, _ in groups}, {rank for _, rank in groups}
    actions = Action.objects.real().exclude(state=Action.State.REVERSED).filter(day__gte=since, event_type=event_type)
    actions = actions.filter(terms_version__in=versions, group_rank__in=ranks).order_by()
    counted = actions.values_list("terms_version", "group_rank").annotate(orders=Count("*"))
    return {(version, rank): count for version, rank, count in counted}


def _found(program: "Program", text: str) -> "Found":
    from tracking.search import orders  # noqa: PLC0415 (not before somebody asks)

    return orders(program, text)


def _found_clicks(program: "Program", text: str) -> "Found":
    from tracking.steps.search import clicks  # noqa: PLC0415 (not before somebody asks)

    return clicks(program, text)
