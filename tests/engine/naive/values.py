"""Single values, as they are read, rounded, shared and compared."""

import re
import unicodedata
from datetime import date, datetime
from fractions import Fraction
from zoneinfo import ZoneInfo


def half_up(value, digits):
    scaled = value * 10**digits
    return Fraction((scaled.numerator * 2 + scaled.denominator) // (2 * scaled.denominator), 10**digits)


def share_out(total, weights, digits):
    if sum(weights) == 0:
        weights = [Fraction(1)] * len(weights)
    exact = [total * weight / sum(weights) for weight in weights]
    unit = Fraction(1, 10**digits)
    parts = [(value // unit) * unit for value in exact]
    by_rest = sorted(range(len(parts)), key=lambda i: (-(exact[i] - parts[i]), i))
    for i in by_rest[: int((total - sum(parts)) / unit)]:
        parts[i] += unit
    return parts


def plain(text):
    """The text as it is compared, the space at its ends kept."""
    for zero_width in "\u00ad\u200b\u200c\u200d\u2060\ufeff":
        text = text.replace(zero_width, "")
    for quotes, mark in (("„“”‟«»", '"'), ("‚‘’‛‹›", "'")):
        for quote in quotes:
            text = text.replace(quote, mark)
    text = re.sub(r"\s+", " ", text)
    return unicodedata.normalize("NFC", unicodedata.normalize("NFD", text).casefold())


def fraction(value):
    return Fraction(value.strip()) if value and value.strip() else None


def day_of(value, zone):
    if not value:
        return None
    if len(value) == 10:
        return date.fromisoformat(value)
    moment = datetime.fromisoformat(value)
    return (moment.astimezone(ZoneInfo(zone)) if moment.tzinfo else moment).date()
