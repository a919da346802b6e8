"""Whether rules hold, asked one at a time of an order and its lines."""

import re
from datetime import date
from fractions import Fraction

from .fields import FIELDS, country_code
from .values import day_of, fraction, half_up, plain


def value_of(key, payload, line, world, lines):
    """The value that a rule on this variable sees: None is missing."""
    variable = FIELDS[key]
    goal = world.digits[world.currency]
    source = payload if variable.level == "order" else line.item
    raw = source.get(variable.parameter)
    code = payload.get("CurrencyCode") or world.currency

    def money(value):
        on = day_of(payload.get("EventDate"), world.zone)
        return half_up(Fraction(value) * world.rate(code, on), goal)

    if key == "CURRENCY":
        return code
    if key == "ORDER_TOTAL":
        return sum((each.amount for each in lines), Fraction(0)) + money(payload.get("OrderTax", "0"))
    if key == "ITEM_SUBTOTAL":
        return line.gross
    if key == "ITEM_QUANTITY" and line.quantity != line.was:
        return Fraction(line.quantity)
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
        return world.catalog.get(line.item.get("ItemSku"), {}).get(field)
    if variable.type == "tags":
        return {plain(tag).strip() for tag in raw or ()}
    if key == "LIST_ITEM_SUPER_CATEGORY":
        parts = [line.item.get("ItemCategory"), line.item.get("ItemSubCategory")]
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
    type_ = FIELDS[rule["Variable"]].type
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
    order = [rule for rule in rules if FIELDS[rule["Variable"]].level == "order"]
    item = [rule for rule in rules if FIELDS[rule["Variable"]].level == "item"]

    def met(rule, line):
        return holds_for_value(rule, value_of(rule["Variable"], payload, line, world, lines))

    if not all(met(rule, None) for rule in order):
        return False
    if not item:
        return True
    return any(all(met(rule, line) for rule in item) for line in unit_lines if line.item is not None and line.quantity)
