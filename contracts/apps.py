from collections.abc import Collection
from typing import TYPE_CHECKING

from django.apps import AppConfig

if TYPE_CHECKING:
    from program.models import EventType, Program
    from program.uses import Named, TermsUse


class ContractsConfig(AppConfig):
    name = "contracts"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from common.jobs.kinds import register  # noqa: PLC0415
        from contracts.engine.orders.countries import know_countries  # noqa: PLC0415 (not before Django starts)
        from contracts.group_files.jobs import GROUP_EXPORTS, GROUP_IMPORTS  # noqa: PLC0415 (they need the models)
        from program.partners.countries import COUNTRY_CODES  # noqa: PLC0415
        from program.uses import answer_terms_using  # noqa: PLC0415 (it needs the models)

        know_countries(COUNTRY_CODES)
        answer_terms_using(_terms_using)
        register(GROUP_EXPORTS)
        register(GROUP_IMPORTS)


def _terms_using(
    program: "Program", named: "Named", names: Collection[str], event_type: "EventType | None"
) -> "list[TermsUse]":
    from contracts.publishing.uses import terms_using  # noqa: PLC0415 (not before somebody asks)

    return terms_using(program, named, names, event_type)
