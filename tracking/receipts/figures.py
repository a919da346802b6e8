"""Exact figures of a receipt as text: amounts that never end in decimals are cut and marked …"""

from decimal import Decimal
from fractions import Fraction

from contracts.engine.orders.money import shown
from program.templatetags.brandboard import money

CUT = "…"


def written_exactly(value: Fraction, digits: int) -> str:
    """A figure with at least that many digits, as the filters of `receipt_figures` take it."""
    text = shown(Decimal(abs(value.numerator)), value.denominator, digits=digits)
    return f"-{text}" if value < 0 else text


def exact_money(value: Fraction, currency: str, digits: int) -> str:
    """A figure in running text, with its currency."""
    text = written_exactly(value, digits)
    told = money(Decimal(text.removesuffix(CUT)), currency)
    return told + (CUT if text.endswith(CUT) else "")
