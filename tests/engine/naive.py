"""A second, slow reading of a terms document: straight from the raw rules, in fractions, sharing no logic.

It knows the table of variables and countries, and nothing else of the engine. One rule at a time, one group at a time.
"""

import re
import unicodedata
from datetime import date, datetime
from fractions import Fraction
from zoneinfo import ZoneInfo

from contracts.engine.orders.countries import country_code
from contracts.engine.rules.fields import VARIABLES


def half_up(value, digits):
    scaled = value * 10**digits
    return Fraction((scaled.numerator * 2 + scaled.denominator) // (2 * scaled.denominator), 10**digits)


def plain(text):
    """The text as it is compared, the space at its ends kept."""
    for zero_width in "\u00ad\u200b\u200c\u200d\u2060\ufeff":
        text = text.replace(zero_width, "")
    for quotes, mark in (("„“”‟«»", '"'), ("‚‘’‛‹›", "'")):
        for quote in quotes:
            text = text.replace(quote, mark)
    text = re.sub(r"\s+", " ", text)
    return unicodedata.normalize("NFC", unicodedata.normalize("NFD", text).casefold())


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


class World:
    """Context as plain values: what `Context` is to the engine."""

    def __init__(self, currency, digits, zone="UTC", statuses=(), lists=(), catalog=(), rates=()):
        self.currency, self.digits, self.zone = currency, digits, zone
        self.statuses, self.lists, self.catalog = dict(statuses), dict(lists), dict(catalog)
        self.rates = list(rates)

    def rate(self, code, day):
        if code == self.currency:
            return Fraction(1)
        known = [(d, r) for d, a, b, r in self.rates if (a, b) == (code, self.currency) and 0 <= (day - d).days <= 7]
        return Fraction(max(known)[1])


def fraction(value):
    return Fraction(value.strip()) if value and value.strip() else None


def day_of(value, zone):
    if not value:
        return None
    if len(value) == 10:
        return date.fromisoformat(value)
    moment = datetime.fromisoformat(value)
    return (moment.astimezone(ZoneInfo(zone)) if moment.tzinfo else moment).date()


def sale_lines(payload, world):
    """[(item, quantity, gross, sale amount)], all converted; one line without item where there are none."""
    code = payload.get("CurrencyCode") or world.currency
    digits, goal = world.digits[code], world.digits[world.currency]
    rate = world.rate(code, day_of(payload.get("EventDate"), world.zone))
    rows = []
    for item in payload.get("Items") or [None]:
        if item is None:
            gross = fraction(payload.get("Amount") or payload.get("OrderSubTotalPostDiscount"))
            rows.append([None, 1, gross, half_up(gross, digits)])
            continue
        quantity = int(item.get("ItemQuantity", "1"))
        gross = fraction(item.get("ItemSubTotal")) if "ItemSubTotal" in item else fraction(item["ItemPrice"]) * quantity
        if "ItemDiscountRate" in item:
            net = gross * (1 - fraction(item["ItemDiscountRate"]) / 100)
        else:
            each, total = fraction(item.get("ItemDiscount")) or 0, fraction(item.get("ItemTotalDiscount")) or 0
            net = gross - quantity * each - total
        rows.append([item, quantity, gross, half_up(max(net, Fraction(0)), digits)])
    live = [row for row in rows if row[1] > 0]
    whole = sum((row[3] for row in live), Fraction(0))
    if "Items" in payload or "Amount" in payload:
        if "OrderDiscountRate" in payload:
            discount = whole * fraction(payload["OrderDiscountRate"]) / 100
        else:
            discount = fraction(payload.get("OrderDiscount")) or Fraction(0)
        discount = min(half_up(discount, digits), whole)
        if discount:
            for row, part in zip(live, share_out(discount, [row[3] for row in live], digits), strict=True):
                row[3] -= part
    return [
        (item, quantity, half_up(gross * rate, goal), half_up(net * rate, goal) if quantity else Fraction(0))
        for item, quantity, gross, net in rows
    ]


def value_of(key, payload, line, world, lines):
    """The value that a rule on this variable sees: None is missing."""
    variable = VARIABLES[key]
    goal = world.digits[world.currency]
    source = payload if variable.level == "order" else line[0]
    raw = source.get(variable.parameter)
    code = payload.get("CurrencyCode") or world.currency

    def money(value):
        on = day_of(payload.get("EventDate"), world.zone)
        return half_up(Fraction(value) * world.rate(code, on), goal)

    if key == "CURRENCY":
        return code
    if key == "ORDER_TOTAL":
        return sum((row[3] for row in lines), Fraction(0)) + money(payload.get("OrderTax", "0"))
    if key == "ITEM_SUBTOTAL":
        return line[2]
    if key == "CUSTOMER_STATUS":
        if not raw:
            return None
        for category, codes in world.statuses.items():
            if plain(raw).strip() in [plain(known).strip() for known in codes]:
                return category
        known = {"new": "New", "existing": "Existing", "return": "Existing", "returning": "Existing"}
        return known.get(plain(raw).strip(), raw)
    if key.startswith("ITEM_CATALOG_"):
        field = {
            "MANUFACTURER": "Manufacturer",
            "CATEGORY": "Category",
            "SUBCATEGORY": "Subcategory",
            "ORIGINAL_FORMAT_CATEGORY": "OriginalFormatCategory",
        }[key.removeprefix("ITEM_CATALOG_")]
        return world.catalog.get(line[0].get("ItemSku"), {}).get(field)
    if variable.type == "tags":
        return {plain(tag).strip() for tag in raw or ()}
    if key == "LIST_ITEM_SUPER_CATEGORY":
        parts = [line[0].get("ItemCategory"), line[0].get("ItemSubCategory")]
        raw = "_".join(parts) if all(parts) else None
    if raw is None or not raw.strip():
        return None
    match variable.type:
        case "money":
            return money(raw)
        case "number":
            return fraction(raw)
        case "date":
            return day_of(raw, world.zone)
        case "bool":
            return raw.casefold() in ("true", "yes", "1")
        case "country":
            return country_code(raw) or raw
        case "list":
            return {
                plain(name)
                for name, entries in world.lists.items()
                for entry, mode in entries
                if (
                    plain(raw).strip() == plain(entry).strip()
                    if mode == "EQ"
                    else re.fullmatch(entry.replace("\u00a0", " "), plain(raw).strip(), re.IGNORECASE)
                )
            }
        case _:
            return raw


def holds_for_value(rule, value):
    type_ = VARIABLES[rule["Variable"]].type
    operator, values = rule["Operator"], rule.get("Values") or []
    if type_ == "tags":
        mine = {plain(wanted).strip() for wanted in values}
        return {
            "IS_PRESENT": bool(value),
            "IS_NOT_PRESENT": not value,
            "BELONGS_TO": bool(mine & value),
            "NOT_BELONGS_TO": not mine & value,
        }[operator]
    if operator == "IS_NOT_PRESENT":
        return value is None
    if value is None:
        return False
    if operator == "IS_PRESENT":
        return True
    if type_ == "list":
        return bool({plain(wanted).strip() for wanted in values} & value) == (operator == "IN_LIST")
    if type_ == "bool":
        return value in [wanted.casefold() in ("true", "yes", "1") for wanted in values]
    if type_ in ("number", "money", "date"):
        bounds = [date.fromisoformat(b.strip()) if type_ == "date" else Fraction(b.strip()) for b in values]
        low, high = bounds[0], bounds[-1]
        return {
            "IS": value in bounds,
            "EQ": value == low,
            "NE": value != low,
            "GT": value > low,
            "GTE": value >= low,
            "ON_OR_AFTER": value >= low,
            "LT": value < low,
            "BEFORE": value < low,
            "LTE": value <= low,
            "BETWEEN": low <= value < high if type_ == "date" else low <= value <= high,
        }[operator]
    text = plain(value).strip()
    found = any(text_matches(operator, text, wanted, type_) for wanted in values)
    return found != (operator in ("IS_NOT", "NOT_CONTAINS"))


def text_matches(operator, text, wanted, type_):
    if type_ == "status" and plain(wanted).strip() in ("return", "returning"):
        wanted = "Existing"
    if operator in ("IS", "IS_NOT"):
        if type_ == "country":
            wanted = country_code(wanted) or wanted
        pattern = "".join(
            ".*" if part == "*" else re.escape("*" if part == "\\*" else part)
            for part in re.findall(r"\\\*|\*|[^*\\]+|\\", plain(wanted).strip())
        )
        return re.fullmatch(pattern, text, re.DOTALL) is not None
    wanted = plain(wanted)
    if operator in ("CONTAINS", "NOT_CONTAINS"):
        return wanted in text
    return text.startswith(wanted) if operator == "STARTS_WITH" else text.endswith(wanted)


def all_hold(rules, payload, world, lines, unit_lines):
    """Whether a set of rules holds for a unit made of these lines: one line must meet all item rules."""
    order = [rule for rule in rules if VARIABLES[rule["Variable"]].level == "order"]
    item = [rule for rule in rules if VARIABLES[rule["Variable"]].level == "item"]

    def met(rule, line):
        return holds_for_value(rule, value_of(rule["Variable"], payload, line, world, lines))

    if not all(met(rule, None) for rule in order):
        return False
    if not item:
        return True
    return any(all(met(rule, line) for rule in item) for line in unit_lines if line[0] is not None and line[1] > 0)


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
    for _, quantity, _, amount in unit_lines:
        if not quantity:
            continue
        taken = min(quantity, left)
        left -= taken
        base += amount * taken / quantity
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


def price(payout, payload, world):
    """(sale amounts by line, payouts by line, payout, ranks by unit, restricted by unit)."""
    digits = world.digits[world.currency]
    lines = sale_lines(payload, world)
    amounts = [line[3] for line in lines]
    if payout["PayoutLevel"] == "ORDER" or lines[0][0] is None:
        exact, rank, restricted = unit_payout(payout, payload, world, lines, lines)
        total = half_up(exact, digits)
        live = [i for i, line in enumerate(lines) if line[1]] or list(range(len(lines)))
        parts = dict(zip(live, share_out(total, [amounts[i] for i in live], digits), strict=True))
        return amounts, [parts.get(i, Fraction(0)) for i in range(len(lines))], total, [rank], [restricted]
    payouts, ranks, restrictions = [], [], []
    for line in lines:
        if not line[1]:
            payouts.append(Fraction(0))
            continue
        exact, rank, restricted = unit_payout(payout, payload, world, lines, [line])
        payouts.append(half_up(exact, digits))
        ranks.append(rank)
        restrictions.append(restricted)
    return amounts, payouts, sum(payouts, Fraction(0)), ranks, restrictions
