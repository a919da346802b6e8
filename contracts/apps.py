from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from django.apps import AppConfig

if TYPE_CHECKING:
    from program.choices.kinds import Choice
    from program.models import EventType, Program
    from program.partners.terms_in_force import InForce
    from program.search.sources import Found
    from program.uses import Named, TermsUse


class ContractsConfig(AppConfig):
    name = "contracts"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from common.jobs import kinds  # noqa: PLC0415
        from contracts.engine.orders.countries import know_countries  # noqa: PLC0415 (not before Django starts)
        from contracts.group_files.jobs import GROUP_EXPORTS, GROUP_IMPORTS  # noqa: PLC0415 (they need the models)
        from contracts.publishing.confirmed.jobs import PUBLISHINGS  # noqa: PLC0415
        from contracts.publishing.review.jobs import REVIEWS  # noqa: PLC0415
        from program.choices import kinds as choices  # noqa: PLC0415
        from program.partners import terms_in_force  # noqa: PLC0415
        from program.partners.countries import COUNTRY_CODES  # noqa: PLC0415
        from program.search import sources  # noqa: PLC0415
        from program.uses import answer_statuses_of, answer_terms_using  # noqa: PLC0415

        know_countries(COUNTRY_CODES)
        answer_terms_using(_terms_using, _terms_using_each, _follow_names)
        terms_in_force.answer(_terms_in_force)
        answer_statuses_of(_statuses_of)
        kinds.register(GROUP_EXPORTS)
        kinds.register(GROUP_IMPORTS)
        kinds.register(REVIEWS)
        kinds.register(PUBLISHINGS)
        sources.register("terms", _found)
        choices.register("terms", _choices)


def _terms_using(
    program: "Program", named: "Named", names: Collection[str], event_type: "EventType | None", since: datetime | None
) -> "list[TermsUse]":
    from contracts.uses.terms_using import terms_using  # noqa: PLC0415 (not before somebody asks)

    return terms_using(program, named, names, event_type, since)


def _terms_using_each(
    program: "Program", named: "Named", asked: Mapping[int, Collection[str]]
) -> "Mapping[int, list[TermsUse]]":
    from contracts.uses.terms_using import terms_using_each  # noqa: PLC0415 (not before somebody asks)

    return terms_using_each(program, named, asked)


def _follow_names(program: "Program", named: "Named", names: Collection[str], present: str) -> None:
    from contracts.uses.renamed import follow_names  # noqa: PLC0415 (not before somebody asks)

    follow_names(program, named, names, present)


def _terms_in_force(program: "Program", partners: Collection[int]) -> "Mapping[int, Sequence[InForce]]":
    from contracts.agreements.in_force import terms_in_force  # noqa: PLC0415 (not before somebody asks)

    return terms_in_force(program, partners)


def _statuses_of(statuses: Mapping[str, Iterable[str]], codes: Iterable[str]) -> dict[str, str]:
    from contracts.uses.terms_using import statuses_of  # noqa: PLC0415 (not before somebody asks)

    return statuses_of(statuses, codes)


def _found(program: "Program", text: str) -> "Found":
    from contracts.search import template_terms  # noqa: PLC0415 (not before somebody asks)

    return template_terms(program, text)


def _choices(program: "Program", text: str, start: int) -> "list[Choice]":
    from contracts.search import terms_to_choose  # noqa: PLC0415 (not before somebody asks)

    return terms_to_choose(program, text, start)
