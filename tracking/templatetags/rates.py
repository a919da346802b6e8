"""Exchange rates on pages."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal

from django import template

from contracts.engine.orders.exchange import Rate
from contracts.engine.orders.money import written
from program.templatetags.brandboard import day
from tracking.exchange_rates.known import ORIGINS

register = template.Library()


@register.filter
def rate(value: Decimal) -> str:
    """A rate with the digits that it has."""
    return written(value.normalize())


@register.filter
def origin(value: Rate) -> str:
    """Whose rate it is: `European Central Bank, crossed over the euro`."""
    names = dict.fromkeys(ORIGINS.get(each.origin, each.origin) for each in value.over or (value,))
    whose = " and ".join(name for name in names if name)
    return f"{whose}, crossed over the euro" if value.over else whose[:1].upper() + whose[1:]


@register.filter
def whose(origin: str) -> str:
    """The words for an origin, as actions keep it."""
    return ORIGINS.get(origin, origin)


@register.filter
def iso_day(text: str) -> str:
    """A day as an explanation holds it, in the words of pages."""
    return day(date.fromisoformat(text))


@register.filter
def euros(over: Sequence[Mapping[str, str]]) -> str:
    """The euro's rates that one was worked out from: `1 EUR = 0.8338 GBP = 1.1172 USD (European Central Bank)`."""
    amounts = [f"{each['Rate']} {each['To']}" for each in over]
    origins = [whose(each["Source"]) for each in over]
    if len(set(origins)) == 1:
        return f"1 EUR = {' = '.join(amounts)} ({origins[0]})"
    return ", ".join(f"1 EUR = {amount} ({origin})" for amount, origin in zip(amounts, origins, strict=True))
