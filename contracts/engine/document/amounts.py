"""What is paid, as an amount or a percentage: read and written the same way in every section."""

from decimal import Decimal

from contracts.engine.document.reading import Node
from contracts.engine.orders.money import written

HUNDRED = Decimal(100)


def read_amount(node: Node, fixed_key: str, rate_key: str) -> tuple[Decimal | None, Decimal | None]:
    """(fixed amount, percentage), of which a document gives exactly one."""
    given = [key for key in (fixed_key, rate_key) if node.raw.get(key) is not None]
    fixed, rate = node.decimal(fixed_key), node.decimal(rate_key)
    if len(given) != 1:
        node.error(fixed_key, f"give either {fixed_key} or {rate_key}" + (", not both" if given else ""))
    return fixed, rate


def write_amount(fixed_key: str, fixed: Decimal | None, rate_key: str, rate: Decimal | None) -> dict[str, str]:
    """The one that is given; both where both are, which reading then refuses."""
    pairs = ((fixed_key, fixed), (rate_key, rate))
    return {key: written(value) for key, value in pairs if value is not None}


def rate_doubt(rate: Decimal | None) -> str:
    """Why a payout rate in percent of the sale amount should be checked; nothing up to 100 %."""
    return f"{plain(rate)}% is more than the whole sale amount" if rate is not None and rate > HUNDRED else ""


def plain(number: Decimal) -> str:
    """A number as one would type it: no exponent, no zeros at the end."""
    text = written(number)
    return (text.rstrip("0").rstrip(".") or "0") if "." in text else text
