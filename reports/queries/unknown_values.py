"""Checks that the values of a report's filters exist: an empty report could be mistaken for an answer."""

from collections.abc import Callable, Iterable, Mapping

from django.db.models import Q

from contracts.engine.orders.countries import country_code
from program.models import EventType, Partner, PartnerGroup, Program
from program.models.event_type import CustomerStatusMapping
from reports.models import DailyTotal

Texts = Iterable[str]
UNMAPPED = {"new", "existing", "return", "returning"}  # codes that are recognised without any mapping


def unknown_values(program: Program, asked: Mapping[str, Texts]) -> dict[str, str]:
    """Messages for each parameter with a value unknown in this program. Empty parameters cost no query."""
    errors = {}
    for parameter, (strays, words) in _CHECKS.items():
        texts = list(asked.get(parameter, ()))
        if texts and (found := strays(program, texts)):
            errors[parameter] = words.format(text=found[0], program=program.pk)
    return errors


def _partners(program: Program, texts: list[str]) -> list[str]:
    rows = Partner.objects.filter(program=program, media_partner_id__in=texts)
    return _without(texts, rows.values_list("media_partner_id", flat=True))


def _groups(program: Program, texts: list[str]) -> list[str]:
    return _without(texts, PartnerGroup.objects.filter(program=program, name__in=texts).values_list("name", flat=True))


def _event_types(program: Program, texts: list[str]) -> list[str]:
    return _without(texts, EventType.objects.filter(program=program, code__in=texts).values_list("code", flat=True))


def _countries(program: Program, texts: list[str]) -> list[str]:
    """A country without partners has an empty report; another text only where a partner has it as country."""
    strays = [text for text in texts if country_code(text) != text]
    if not strays:
        return []
    return _without(
        strays, Partner.objects.filter(program=program, country__in=strays).values_list("country", flat=True)
    )


def _status_codes(program: Program, texts: list[str]) -> list[str]:
    """A code is known when an order sent it, when the mapping has it, or by itself; in any letter case."""
    mapped = CustomerStatusMapping.objects.filter(program=program).values_list("code", flat=True)
    known = UNMAPPED | {code.casefold() for code in mapped}
    strays = [text for text in texts if text.casefold() not in known]
    if not strays:
        return []
    sent = Q(pk__in=[])
    for text in strays:
        sent |= Q(customer_status__iexact=text)
    rows = DailyTotal.objects.filter(sent, program=program).values_list("customer_status", flat=True).distinct()
    received = {code.casefold() for code in rows.order_by()}
    return [text for text in strays if text.casefold() not in received]


def _without(texts: Texts, known: Texts) -> list[str]:
    return sorted(set(texts) - set(known))


_CHECKS: dict[str, tuple[Callable[[Program, list[str]], list[str]], str]] = {
    "partner": (_partners, "“{text}” is not a known partner of program {program}."),
    "partner_country": (_countries, "“{text}” is not a valid country; use two letters, such as GB."),
    "partner_group": (_groups, "“{text}” is not a known partner group of program {program}."),
    "event_type": (_event_types, "“{text}” is not a known event type of program {program}."),
    "customer_status": (_status_codes, "“{text}” is not a known status code: no order and no mapping has it."),
}
