"""The explanation as sentences, for those who read it in a file or an answer of the API."""

from typing import Any


def in_sentences(explanation: dict[str, Any]) -> list[str]:
    """One sentence a step, from the order's lines to its payout."""
    order, currency = explanation["Order"], explanation["Currency"]
    trace = [_line(line, order) for line in explanation["Lines"]] if order["HasItems"] else []
    if _is_set(order["DiscountNotTaken"]):
        trace.append(f"{order['DiscountNotTaken']} of the order discount could not be taken off")
    if rate := order["ExchangeRate"]:
        trace.append(_rate(rate))
    trace.append(f"sale amount {explanation['SaleAmount']} {currency}")
    if order["CustomerStatus"]["WorkedOut"]:
        status = order["CustomerStatus"]["Category"]
        trace.append(f"customer status {status}, worked out from the customer's earlier orders")
    if explanation["Returned"]:
        trace.append(explanation["Returned"])
    for unit in explanation["Units"]:
        trace += _unit(unit)
    return [*trace, f"payout {explanation['Payout']} {currency}"]


def _is_set(amount: str) -> bool:
    """Whether a written amount is anything but zero."""
    return bool(amount.strip("0."))


def _rate(rate: dict[str, Any]) -> str:
    """`1 USD = 0.744091 GBP on 2026-03-02, crossed over the euro: 1 EUR = 0.83 GBP (ECB), 1 EUR = 1.115 USD (ECB)`."""
    over = ", ".join(f"{_known(each)}{_origin(each)}" for each in rate["Over"])
    words = f"{_known(rate)} on {rate['Date']}{_origin(rate)}"
    return f"{words}, crossed over the euro: {over}" if over else words


def _known(rate: dict[str, Any]) -> str:
    return f"1 {rate['From']} = {rate['Rate']} {rate['To']}"


def _origin(rate: dict[str, Any]) -> str:
    return f" ({rate['Source']})" if rate["Source"] else ""


def _line(line: dict[str, Any], order: dict[str, Any]) -> str:
    steps = [f"{line['Quantity']} × {line['Sku'] or 'item'}: {line['Gross']} {order['Currency']}"]
    if _is_set(line["ItemDiscount"]):
        steps.append(f"− {line['ItemDiscount']} item discount")
    if _is_set(line["NotTaken"]):
        steps.append(f"({line['NotTaken']} of it could not be taken off)")
    if _is_set(line["OrderDiscountShare"]):
        steps.append(f"− {line['OrderDiscountShare']} of the order discount")
    return f"line {line['Index'] + 1}: {' '.join(steps)} = {line['Amount']}"


def _unit(unit: dict[str, Any]) -> list[str]:
    prefix = "" if unit["Line"] is None else f"line {unit['Line'] + 1}: "
    trace = [
        f"{prefix}group {group['Rank']} {group['Name']} does not hold: {_failing(group)}".replace("  ", " ")
        for group in unit["Groups"]
        if not group["Holds"]
    ]
    trace.append(f"{prefix}{unit['Reason']}")
    if not unit["Restricted"]:
        trace.append(f"{prefix}{unit['Earned']} of {unit['SaleAmount']}")
        trace += [
            f"{prefix}adjustment {step['Index'] + 1} {step['Change']}: {step['Before']} becomes {step['After']}"
            f"{_stop(step)}"
            for step in unit["Adjustments"]
            if step["Holds"]
        ]
        trace.append(f"{prefix}{unit['Exact']} is rounded to {unit['Payout']}")
    return trace


def _stop(step: dict[str, Any]) -> str:
    return ", as no payout goes below 0" if step["StopsAtZero"] else ""


def _failing(group: dict[str, Any]) -> str:
    rule = next(rule for rule in group["Rules"] if not rule["Holds"])
    actual = rule["Actual"]
    if rule.get("Erased"):
        said = "was erased"
    elif actual is None or actual == []:
        said = "is missing"
    else:
        said = f"is {', '.join(actual) if isinstance(actual, list) else actual}"
    return f"{rule['Text']}, but {rule['Label']} {said}"
