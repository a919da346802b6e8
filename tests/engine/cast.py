"""What the engine's tests share: a program's context, and short ways to write terms and orders."""

from datetime import date
from decimal import Decimal

from contracts.engine.document.load import load
from contracts.engine.orders.exchange import Rate
from contracts.engine.orders.order import Context
from contracts.engine.pricing.plan import compile_plan
from contracts.engine.rules.facts import read_together

DIGITS = {"GBP": 2, "USD": 2, "EUR": 2, "JPY": 0, "KWD": 3}
CONTEXT = Context(
    currency="GBP",
    default_currency="GBP",
    digits=DIGITS,
    time_zone="Europe/London",
    statuses={"New": ("new", "fresh"), "Existing": ("repeat", "known"), "Re-Engaged": ("lapsed",)},
    lists={
        "Winter": (("WINTER10", "EQ"), ("SKU-1", "EQ"), ("ski", "EQ"), ("shoes_boots", "EQ")),
        "Patterns": (("WIN.*", "REGEX"),),
    },
    catalog={
        "SKU-1": {
            "Manufacturer": "ACME",
            "Category": "Anvils",
            "Subcategory": "Small",
            "OriginalFormatCategory": "Tools > Anvils",
        }
    },
    rates=[Rate(date(2026, 2, 27), "USD", "GBP", Decimal("0.7441"))],
)


def rule(variable, operator, *values):
    return {"Variable": variable, "Operator": operator, "Values": list(values)}


def group(rank, *rules, payout=None, rate=None, payable_items=None):
    paying = {"Payout": payout} if payout else {"PayoutRate": rate or "50"}
    limits = [{"Type": "PAYABLE_ITEMS", "Value": payable_items}] if payable_items else []
    return {"Rank": rank, "Name": f"group {rank}", "Rules": list(rules), "Limits": limits, **paying}


def restriction(*rules, hide=False):
    return {"Rules": list(rules), "ZeroPayoutHideReport": hide}


def adjustment(direction, *rules, rate=None, amount=None):
    return {"Rules": list(rules), "Direction": direction, **({"Rate": rate} if rate else {"Amount": amount})}


def document(*groups, level="ORDER", rate=None, payout=None, adjustments=(), restrictions=(), currency="GBP", **parts):
    return {
        "Name": "Terms",
        "Currency": currency,
        "EventPayouts": [
            {
                "EventTypeCode": "SALE",
                "PayoutLevel": level,
                **({"DefaultPayout": payout} if payout else {"DefaultPayoutRate": rate or "10"}),
                "PayoutGroups": list(groups),
                "PayoutAdjustments": list(adjustments),
                "PayoutRestrictions": list(restrictions),
                **parts,
            }
        ],
    }


def terms(*groups, **parts):
    return load(document(*groups, **parts), digits=DIGITS, lists=list(CONTEXT.lists), is_strict=False)


def order(context=CONTEXT, state=None, **parameters):
    return read_together({"OrderId": "A1", "EventDate": "2026-02-28T10:00:00+00:00", **parameters}, context, state)


def price(terms, an_order):
    return compile_plan(terms, "SALE").price(an_order)


def item(price="10.00", quantity="1", **parameters):
    return {"ItemPrice": price, "ItemQuantity": quantity, **parameters}
