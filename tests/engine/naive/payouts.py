"""What an order earns: the first group that holds for a unit, and the adjustments that do."""

from fractions import Fraction

from .orders import AS_SENT, sale_lines
from .rules import all_hold
from .values import half_up, share_out


def unit_payout(payout, payload, world, lines, unit_lines):
    """(exact payout, winner's rank or None, restricted) of one unit."""
    for restriction in payout.get("PayoutRestrictions") or []:
        if all_hold(restriction["Rules"], payload, world, lines, unit_lines):
            return Fraction(0), None, True
    winner = None
    for group in sorted(payout.get("PayoutGroups") or [], key=lambda group: group["Rank"]):
        if all_hold(group["Rules"], payload, world, lines, unit_lines):
            winner = group
            break
    paying = winner or {"Payout": payout.get("DefaultPayout"), "PayoutRate": payout.get("DefaultPayoutRate")}
    limits = (winner or {}).get("Limits") or []
    left = int(limits[0]["Value"]) if limits else 10**9
    base, units = Fraction(0), 0
    for line in unit_lines:
        if not line.quantity:
            continue
        taken = min(line.quantity, left)
        left -= taken
        base += line.amount * taken / line.quantity
        units += taken
    if paying.get("PayoutRate") is not None:
        amount = base * Fraction(paying["PayoutRate"]) / 100
    else:
        amount = Fraction(paying["Payout"]) * (units if payout["PayoutLevel"] == "ITEM" else 1)
    for adjustment in payout.get("PayoutAdjustments") or []:
        if all_hold(adjustment["Rules"], payload, world, lines, unit_lines):
            sign = 1 if adjustment["Direction"] == "INCREASE" else -1
            if adjustment.get("Rate") is not None:
                amount *= 1 + sign * Fraction(adjustment["Rate"]) / 100
            else:
                amount += sign * Fraction(adjustment["Amount"])
            amount = max(amount, Fraction(0))
    return amount, winner and winner["Rank"], False


def price(payout, payload, world, standing=AS_SENT):
    """(sale amounts by line, payouts by line, payout, ranks by unit, restricted by unit)."""
    digits = world.digits[world.currency]
    if standing.status is not None:
        payload = {**payload, "CustomerStatus": standing.status}
    lines = sale_lines(payload, world, standing)
    amounts = [line.amount for line in lines]
    if standing.is_changed and not any(line.quantity for line in lines):
        return amounts, [Fraction(0)] * len(lines), Fraction(0), [], []
    if payout["PayoutLevel"] == "ORDER" or lines[0].item is None:
        exact, rank, restricted = unit_payout(payout, payload, world, lines, lines)
        total = half_up(exact, digits)
        live = [i for i, line in enumerate(lines) if line.quantity] or list(range(len(lines)))
        parts = dict(zip(live, share_out(total, [amounts[i] for i in live], digits), strict=True))
        return amounts, [parts.get(i, Fraction(0)) for i in range(len(lines))], total, [rank], [restricted]
    payouts, ranks, restrictions = [], [], []
    for line in lines:
        if not line.quantity:
            payouts.append(Fraction(0))
            continue
        exact, rank, restricted = unit_payout(payout, payload, world, lines, [line])
        payouts.append(half_up(exact, digits))
        ranks.append(rank)
        restrictions.append(restricted)
    return amounts, payouts, sum(payouts, Fraction(0)), ranks, restrictions
