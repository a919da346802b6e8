"""Random terms and orders that meet each other often: small vocabularies, every variable, every operator.

They are drawn from one `Random` that hypothesis seeds: thousands of them cost seconds, and a failure prints its seed.
"""

from datetime import date
from decimal import Decimal
from random import Random

from contracts.engine.rules.fields import OPERATORS, VARIABLES

DIGITS = {"GBP": 2, "USD": 2, "JPY": 0, "KWD": 3}
TEXTS = ["Red", "red shoe", "BLUE", "blue*shoe", "Straße", "a", "shoe", "RED Shoes", "x*y", "New"]
# The same texts as other programs write them (payouts.md §4).
TEXTS += ["Red\u00a0 shoe", "re\u200bd", "Cafe\u0301", "CAF\u00c9 ", "women\u2019s", "„Red“"]
TYPED = [*TEXTS, "*", "r*", "*shoe*", "*e", "b*\\*s*e", "x\\*y", "red*shoe", " shoe", "STRASSE", "e", "Return", "xx"]
TYPED += ["red\u00a0*shoe", "women's", '"red"', "*\u00e9", "\u00a0shoe", "“*”", "\ufeffxx"]
COUNTRIES = ["GB", "gbr", "United Kingdom", "DE", "Germany", "Atlantis"]
DAYS = ["2026-01-31", "2026-02-01", "2026-02-02", "2026-03-29"]
MOMENTS = [*DAYS, "2026-01-31T23:30:00+00:00", "2026-02-01T00:30:00+02:00", "2026-03-28T23:59:59-05:00"]
NUMBERS = ["0", "1", "2", "2.5", "10", "10.00", "99.99"]
TAGS = ["vip", "VIP ", "v\u200bip", "staff", "Blogger", "my\u00a0 staff", "My Staff"]
CODES = [
    "new",
    "NEW",
    "fresh",
    "known",
    "vipcode",
    "existing",
    "odd",
    "Return",
    "Returning",
    "re\u200bturn",
    "vip\u00adcode",
]
LISTS = {
    "Winter": (("red", "EQ"), ("sho.*", "REGEX")),
    "Summer": (("BLUE", "EQ"), ("RED\u00a0.*s?", "REGEX"), ("a", "EQ"), ("red_a", "EQ")),
}
STATUSES = {"New": ("fresh",), "Existing": ("known",), "VIP": ("vipcode",)}
CATALOG = {
    "red": {"Manufacturer": "Red", "Category": "shoe"},
    "a": {"Subcategory": "BLUE", "OriginalFormatCategory": "a"},
}
RATES = [(date(2026, 1, 30), "USD", "GBP", Decimal("0.7441")), (date(2026, 1, 28), "USD", "GBP", Decimal("0.9"))]
RATES += [(date(2026, 1, 30), "GBP", "JPY", Decimal("211.37")), (date(2026, 1, 30), "USD", "JPY", Decimal("157.1"))]
EVENT_DATE = "2026-01-31T22:00:00+00:00"

# Numbered variables beyond the second are alike; the list stays short so that rules and orders meet.
KEYS = sorted(key for key in VARIABLES if not key[-1].isdigit() or (key[-1] in "12" and not key[-2].isdigit()))


AMOUNTS = ["0", "0.01", "1", "2.50", "3.333", "10", "33.335"]
POOLS = {
    "text": TYPED,
    "status": [*CODES, "New", "Existing", "VIP", "Returning", "v*"],
    "currency": ["GBP", "usd", "J*"],
    "country": [*COUNTRIES, "g*", "b"],
    "number": NUMBERS,
    "money": NUMBERS,
    "date": DAYS,
    "bool": ["true", "No", "1"],
    "list": ["Winter", "summer", "SUM\u200bMER"],
    "tags": TAGS,
}
SENT = {
    "text": TEXTS,
    "list": ["red", "shoes", "BLUE", "zzz", "re\u200bd", "red\u00a0shoes"],
    "status": CODES,
    "country": COUNTRIES,
    "number": NUMBERS,
    "money": NUMBERS,
    "date": MOMENTS,
    "bool": ["true", "no"],
}


def a_rule(random: Random, keys):
    variable = VARIABLES[random.choice(keys)]
    operator = random.choice(OPERATORS[variable.type])
    count = 0 if operator.most == 0 else operator.most or random.randint(1, 3)
    values = [random.choice(POOLS[variable.type]) for _ in range(count)]
    if operator.key == "BETWEEN":
        values.sort(key=str if variable.type == "date" else Decimal)
    return {"Variable": variable.key, "Operator": operator.key, "Values": values}


def an_event_payout(random: Random):
    """A raw event payout about a handful of variables, so that several rules meet on each."""
    keys = random.sample(KEYS, random.randint(1, 5))

    def some_rules(least=0):
        return [a_rule(random, keys) for _ in range(random.randint(least, 3))]

    groups = []
    for rank in random.sample(range(1, 40), random.randint(0, 8)):
        paying = random.choice(["Payout", "PayoutRate"])
        group = {"Rank": rank, "Name": f"g{rank}", "Rules": some_rules(), paying: random.choice(AMOUNTS)}
        if random.random() < 0.4:
            group["Limits"] = [{"Type": "PAYABLE_ITEMS", "Value": str(random.randint(1, 4))}]
        groups.append(group)
    adjustments = [
        {
            "Rules": some_rules(),
            "Direction": random.choice(["INCREASE", "DECREASE"]),
            random.choice(["Rate", "Amount"]): random.choice(AMOUNTS),
        }
        for _ in range(random.randint(0, 3))
    ]
    restrictions = [
        {"Rules": some_rules(least=1), "ZeroPayoutHideReport": random.random() < 0.5}
        for _ in range(random.choice([0, 0, 1, 2]))
    ]
    return {
        "EventTypeCode": "SALE",
        "PayoutLevel": random.choice(["ORDER", "ITEM"]),
        random.choice(["DefaultPayout", "DefaultPayoutRate"]): random.choice(AMOUNTS),
        "PayoutGroups": groups,
        "PayoutAdjustments": adjustments,
        "PayoutRestrictions": restrictions,
    }


def parameters(random: Random, level, keys):
    """Values under the parameters of these variables, as intake would leave them; a quarter is not sent."""
    found = {}
    for key in keys:
        variable = VARIABLES[key]
        if variable.level != level or not variable.parameter or random.random() < 0.25:
            continue
        if variable.type == "tags":
            found[variable.parameter] = random.sample(TAGS, random.randint(1, 2))
        elif variable.type != "currency":
            found[variable.parameter] = random.choice(SENT[variable.type])
    return found


def an_item(random: Random, keys):
    item = parameters(random, "item", keys)
    for name in ("ItemPrice", "ItemSubTotal", "ItemDiscount", "ItemDiscountRate", "ItemQuantity"):
        item.pop(name, None)
    if random.random() < 0.5:
        item["ItemPrice"] = random.choice(["10.00", "2.555", "0", "99.99"])
    else:
        item["ItemSubTotal"] = random.choice(["10.00", "7.01", "0.335"])
    if random.random() < 0.6:
        item["ItemQuantity"] = str(random.randint(0, 4))
    discount = random.choice([None, None, "ItemDiscount", "ItemDiscountRate", "ItemTotalDiscount"])
    if discount:
        item[discount] = random.choice(["0.5", "2", "33.3"])
    return item


def a_payload(random: Random, payout):
    """A canonical payload that speaks about the variables of the payout's rules."""
    parts = [*payout["PayoutGroups"], *payout["PayoutAdjustments"], *payout["PayoutRestrictions"]]
    keys = sorted({rule["Variable"] for part in parts for rule in part["Rules"]})
    payload = parameters(random, "order", keys)
    for name in ("OrderDiscount", "OrderDiscountRate"):
        payload.pop(name, None)
    payload |= {"OrderId": "A1", "EventDate": EVENT_DATE, "CurrencyCode": random.choice(["GBP", "GBP", "USD"])}
    if random.random() < 0.8:
        payload["Items"] = [an_item(random, keys) for _ in range(random.randint(1, 4))]
    else:
        payload[random.choice(["Amount", "OrderSubTotalPostDiscount"])] = random.choice(["100.00", "9.995", "0"])
    discount = random.choice([None, None, None, "OrderDiscount", "OrderDiscountRate"])
    if discount:
        payload[discount] = random.choice(["5", "1.005", "77.7"] + ["1000"] * (discount == "OrderDiscount"))
    return payload
