"""What the program of the random orders knows: as the engine is told of it, and as the naive reading is."""

from datetime import date
from decimal import Decimal

from contracts.engine.document.load import load
from contracts.engine.orders.exchange import Rate
from contracts.engine.orders.order import Context
from tests.engine.naive.orders import World

ZONE = "Europe/Berlin"
DIGITS = {"GBP": 2, "USD": 2, "JPY": 0, "KWD": 3}
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


def context(currency="GBP"):
    return Context(
        currency=currency,
        default_currency="GBP",
        digits=DIGITS,
        time_zone=ZONE,
        statuses=STATUSES,
        lists=LISTS,
        catalog=CATALOG,
        rates=[Rate(*row) for row in RATES],
    )


def world(currency="GBP"):
    return World(currency, DIGITS, ZONE, STATUSES, LISTS, CATALOG, RATES)


def terms_of(payout, currency="GBP"):
    raw = {"Name": "T", "Currency": currency, "EventPayouts": [payout]}
    return load(raw, digits=DIGITS, lists=list(LISTS), is_strict=False)
