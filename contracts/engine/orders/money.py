"""The one place where money is rounded and shared."""

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Context, Decimal
from fractions import Fraction

# Wide enough that no product of amounts and rates is ever cut: the only rounding is `rounded`.
EXACT = Context(prec=10_000, rounding=ROUND_HALF_UP)

ZERO = Decimal(0)
_QUANTA = [Decimal(1).scaleb(-digits) for digits in range(9)]


def rounded(value: Decimal, digits: int, divisor: int = 1) -> Decimal:
    """`value / divisor`, rounded half up to that many decimal digits (payouts.md §5).

    The divisor is apart so that a third of an amount is never cut before it is rounded.
    """
    if divisor == 1:
        return value.quantize(_QUANTA[digits], ROUND_HALF_UP, EXACT)
    units = (Fraction(value) * 10**digits) / divisor
    return Decimal((2 * units.numerator + units.denominator) // (2 * units.denominator)).scaleb(-digits, EXACT)


def shared(total: Decimal, weights: Sequence[Decimal], digits: int) -> list[Decimal]:
    """Split a rounded amount in proportion to rounded weights so that the parts add up exactly.

    Largest remainder; ties go to the earlier part. Where all weights are 0 the parts are as equal as can be.
    """
    if len(weights) == 1:
        return [total]
    if not total:
        return [_QUANTA[digits] * 0] * len(weights)
    parts = [int(weight.scaleb(digits, EXACT)) for weight in weights]
    whole = sum(parts)
    if not whole:
        parts, whole = [1] * len(weights), len(weights)
    units = int(total.scaleb(digits, EXACT))
    shares = [units * part // whole for part in parts]
    left = units - sum(shares)
    if left:
        by_remainder = sorted(range(len(parts)), key=lambda index: -(units * parts[index] % whole))
        for index in by_remainder[:left]:
            shares[index] += 1
    return [Decimal(share).scaleb(-digits, EXACT) for share in shares]


def percent(rate: Decimal) -> Decimal:
    """A rate in percent as a factor, exactly."""
    return rate.scaleb(-2, EXACT)


def written(value: Decimal) -> str:
    """A decimal in plain notation: never an exponent."""
    return format(value, "f")


def shown(value: Decimal, divisor: int = 1, *, digits: int = 0) -> str:
    """An exact value for people, with at least that many digits; cut and marked … where the division never ends."""
    quotient = cut(value, divisor)
    mark = "" if Fraction(quotient) * divisor == Fraction(value) else "…"
    plain = EXACT.normalize(quotient)
    if int(plain.as_tuple().exponent) > -digits:
        plain = rounded(plain, digits)
    return written(plain) + mark


def cut(value: Decimal, divisor: int) -> Decimal:
    """The quotient, cut after 12 decimals where it never ends."""
    if divisor == 1:
        return value
    units = Fraction(value) / divisor * 10**12
    return EXACT.normalize(Decimal(units.numerator // units.denominator).scaleb(-12, EXACT))
