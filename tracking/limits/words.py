"""What limits did to a payout, in words."""

from contracts.engine.orders.money import written
from contracts.engine.pricing.limits.settle import Settled
from tracking.models import OverCap


def limited_words(reason: str, settled: Settled, currency: str) -> str:
    """Why an action is paid as it is: the reason of its terms, and what limits left of that."""
    if settled.over_cap:
        return f"{OverCap(settled.over_cap).label}: {reason}, {written(settled.intended)} {currency} if it is approved"
    if settled.counts and settled.payout < settled.due:
        return f"{reason}, limited to {written(settled.payout)} {currency}"
    return reason
