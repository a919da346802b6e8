"""Figures of the engine's explanation, which are text: exact, and marked … where a division never ends."""

from decimal import Decimal

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from program.templatetags.brandboard import amount, hung

register = template.Library()
CUT = "…"


@register.filter
def exact(figure: str | Decimal, currency: str) -> SafeString:
    """For a receipt's .amount: the digits below the currency's smallest unit follow the others."""
    text = str(figure)
    told = hung(Decimal(text.removesuffix(CUT)), currency)
    return format_html("{}<i>{}</i>", told, CUT) if text.endswith(CUT) and "<i>" not in told else told


@register.filter
def figure(value: str | Decimal, currency: str) -> str:
    """For a column whose head names the currency."""
    text = str(value)
    return amount(Decimal(text.removesuffix(CUT)), currency) + (CUT if text.endswith(CUT) else "")


@register.filter
def minus(figure: str | Decimal) -> Decimal:
    """What is taken off."""
    return -Decimal(str(figure).removesuffix(CUT))
