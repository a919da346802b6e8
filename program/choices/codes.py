"""Countries and currencies to choose from, by code or name."""

from functools import lru_cache

from common.currencies import CURRENCY_DIGITS, CURRENCY_NAMES
from program.models import Partner, Program
from program.partners.countries import NAMES_BY_CODE, country_name

from .kinds import Choice, matching

type Listed = list[tuple[Choice, list[str]]]


def countries(program: Program, text: str, start: int) -> list[Choice]:
    return matching(_every_country(), text, start)


def partner_countries(program: Program, text: str, start: int) -> list[Choice]:
    """Those of the program's partners; also a text that ISO 3166-1 does not know."""
    rows = Partner.objects.filter(program=program).exclude(country="")
    borne = set(rows.order_by().values_list("country", flat=True).distinct())
    return matching(_of(borne), text, start)


def currencies(program: Program, text: str, start: int) -> list[Choice]:
    """The program's own first."""
    listed = _every_currency()
    own = [each for each in listed if each[0].value == program.currency]
    return matching(own + [each for each in listed if each not in own], text, start)


@lru_cache(maxsize=1)
def _every_country() -> Listed:
    return _of(set(NAMES_BY_CODE))


def _of(codes: set[str]) -> Listed:
    choices = [(Choice(code, country_name(code), code), NAMES_BY_CODE.get(code, [])) for code in codes]
    return sorted(choices, key=lambda each: each[0].words)


@lru_cache(maxsize=1)
def _every_currency() -> Listed:
    names: dict[str, list[str]] = {code: [] for code in sorted(CURRENCY_DIGITS)}
    for name, code in CURRENCY_NAMES.items():
        names[code].append(name)
    return [(Choice(code, code, known[0] if known else ""), known) for code, known in names.items()]
