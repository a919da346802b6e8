"""Random terms, orders and changes that meet each other often: small vocabularies, every variable, every operator.

Every choice is hypothesis's own and the plainest comes first, so that an example which fails becomes small.
"""

from decimal import Decimal
from fractions import Fraction

from hypothesis import strategies as st

from contracts.engine.rules.fields import OPERATORS, VARIABLES
from tests.engine.naive.orders import Standing
from tests.engine.random_world import EVENT_DATE

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


def _value_lists(values, least, most):
    """The lists of so many values: all of none, one and two, and of three those of neighbours."""
    yield from [[]] * (least == 0)
    yield from [[value] for value in values] * (least <= 1 <= most)
    yield from [[one, other] for one in values for other in values] * (most >= 2)
    yield from [[*neighbours] for neighbours in zip(values, values[1:], values[2:], strict=False)] * (most >= 3)


def _rules(variable, operator):
    """The rules of one variable with one operator, the short ones first."""
    most = 3 if operator.most is None else operator.most
    for values in _value_lists(POOLS[variable.type], operator.least, most):
        if operator.key == "BETWEEN":
            values.sort(key=str if variable.type == "date" else Decimal)
        yield {"Variable": variable.key, "Operator": operator.key, "Values": values}


RULES = {
    key: st.one_of(
        [st.sampled_from(list(_rules(VARIABLES[key], operator))) for operator in OPERATORS[VARIABLES[key].type]]
    )
    for key in KEYS
}


def _pairs(names, values):
    return st.sampled_from([(name, value) for name in names for value in values])


PAYING = _pairs(["PayoutRate", "Payout"], AMOUNTS)
DEFAULTS = _pairs(["DefaultPayoutRate", "DefaultPayout"], AMOUNTS)
ADJUSTING = _pairs(["Rate", "Amount"], AMOUNTS)
LIMITS = st.sampled_from(["", "", "1", "2", "3", "4"])


LEVELS = st.sampled_from(["ORDER", "ITEM"])
DIRECTIONS = st.sampled_from(["INCREASE", "DECREASE"])
# What terms and orders are about, drawn before either, so that one shrinks without the other.
SUBJECTS = st.lists(st.sampled_from(KEYS), min_size=1, max_size=5, unique=True)
# With one at least that changes of an order bear on.
CHANGING = st.sampled_from(["ITEM_QUANTITY", "ITEM_SUBTOTAL", "ORDER_TOTAL", "CUSTOMER_STATUS"])
CHANGING_SUBJECTS = st.builds(
    lambda one, others: [*dict.fromkeys([one, *others])], CHANGING, st.lists(st.sampled_from(KEYS), max_size=1)
)


@st.composite
def _groups(draw, rules):
    group = {"Rank": draw(st.integers(1, 39)), "Rules": draw(rules), **dict([draw(PAYING)])}
    if limit := draw(LIMITS):
        group["Limits"] = [{"Type": "PAYABLE_ITEMS", "Value": limit}]
    return group | {"Name": f"g{group['Rank']}"}


@st.composite
def _adjustments(draw, rules):
    return {"Rules": draw(rules), "Direction": draw(DIRECTIONS), **dict([draw(ADJUSTING)])}


@st.composite
def _restrictions(draw, rules):
    return {"Rules": draw(rules), "ZeroPayoutHideReport": draw(st.booleans())}


@st.composite
def event_payouts(draw, subjects):
    """A raw event payout whose rules are about these variables, so that several meet on each."""
    rule = st.one_of([RULES[key] for key in subjects])
    rules = st.lists(rule, max_size=3)
    return {
        "EventTypeCode": "SALE",
        "PayoutLevel": draw(LEVELS),
        "PayoutGroups": draw(st.lists(_groups(rules), max_size=8, unique_by=lambda group: group["Rank"])),
        "PayoutAdjustments": draw(st.lists(_adjustments(rules), max_size=3)),
        "PayoutRestrictions": draw(
            st.just([]) | st.lists(_restrictions(st.lists(rule, min_size=1, max_size=3)), max_size=2)
        ),
        **dict([draw(DEFAULTS)]),
    }


def _said(values):
    """One of these values; nothing in a quarter of the draws, and in the plainest."""
    return st.sampled_from([None] * (len(values) // 3 + 1) + values)


VALUES = {type_: _said(values) for type_, values in SENT.items()}
VALUES["tags"] = _said([[tag] for tag in TAGS] + [[one, other] for one in TAGS for other in TAGS if one != other])
PRICES = st.sampled_from(
    [("ItemPrice", price) for price in ("10.00", "2.555", "0", "99.99")]
    + [("ItemSubTotal", subtotal) for subtotal in ("10.00", "7.01", "0.335", "10.00")]
)
QUANTITIES = st.sampled_from(["", "", "1", "2", "3", "4", "0"])
LINE_DISCOUNTS = st.sampled_from(
    [(name, value) for name in ("", "ItemDiscount", "ItemDiscountRate", "ItemTotalDiscount", "") for value in
     ("2", "0.5", "33.3")]
)  # fmt: skip
ORDER_AMOUNTS = _pairs(["Amount", "OrderSubTotalPostDiscount"], ["100.00", "9.995", "0"])
ORDER_DISCOUNTS = st.sampled_from(
    [("", "")] * 5
    + [("OrderDiscount", value) for value in ("5", "1.005", "77.7", "1000")]
    + [("OrderDiscountRate", value) for value in ("5", "1.005", "77.7")]
)
CURRENCIES = st.sampled_from(["GBP", "GBP", "USD"])
TERMS_CURRENCIES = st.sampled_from(["GBP", "GBP", "JPY"])
SELDOM = st.sampled_from([False, False, False, False, True])


def _parameters(draw, level, keys):
    """Values under the parameters of these variables, as intake would leave them."""
    found = {}
    for key in keys:
        variable = VARIABLES[key]
        if variable.level == level and variable.parameter and variable.type != "currency":
            found[variable.parameter] = draw(VALUES[variable.type])
    return {name: value for name, value in found.items() if value is not None}


@st.composite
def _items(draw, subjects):
    item = _parameters(draw, "item", subjects)
    for name in ("ItemPrice", "ItemSubTotal", "ItemDiscount", "ItemDiscountRate", "ItemQuantity"):
        item.pop(name, None)
    item |= dict([draw(PRICES), ("ItemQuantity", draw(QUANTITIES)), draw(LINE_DISCOUNTS)])
    return {name: value for name, value in item.items() if name and value}


@st.composite
def payloads(draw, subjects):
    """A canonical payload that speaks about these variables."""
    payload = _parameters(draw, "order", subjects)
    for name in ("OrderDiscount", "OrderDiscountRate"):
        payload.pop(name, None)
    payload |= {"OrderId": "A1", "EventDate": EVENT_DATE, "CurrencyCode": draw(CURRENCIES)}
    name, discount = draw(ORDER_DISCOUNTS)
    payload |= {name: discount} if name else {}
    if draw(SELDOM):
        return payload | dict([draw(ORDER_AMOUNTS)])
    return payload | {"Items": draw(st.lists(_items(subjects), min_size=1, max_size=4))}


QUANTITIES_NOW = st.sampled_from([None] * 3 + [*range(6)])


@st.composite
def cases(draw, subjects=SUBJECTS):
    """(event payout, payload, the terms' currency)."""
    about = draw(subjects)
    return draw(event_payouts(about)), draw(payloads(about)), draw(TERMS_CURRENCIES)


@st.composite
def standings(draw, payload):
    """What changes may have made of the order: new quantities, or a new amount; a status code; all taken back."""
    items = payload.get("Items", [])
    some = [index for index, item in enumerate(items) if item.get("ItemQuantity") != "0"]
    quantities = {index: now for index in some if (now := draw(QUANTITIES_NOW)) is not None}
    amount = None
    if not items or draw(SELDOM):
        amount = draw(st.sampled_from([None, "0", *([] if items else ["40", "0.005", "99.995"])]))
    return Standing(
        quantities=quantities,
        amount=Fraction(amount) if amount else None,
        status=draw(st.sampled_from([None, None, *CODES])),
        is_reversed=draw(SELDOM),
    )


@st.composite
def changed_cases(draw):
    """What `cases` draws, and a standing of the order that its rules may see."""
    payout, payload, currency = draw(cases(CHANGING_SUBJECTS))
    return payout, payload, currency, draw(standings(payload))
