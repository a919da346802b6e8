"""Terms of any size and the orders that meet them: the same for all contenders.

Twelve variables, one to three rules a group, every family of operators, one rule in five about items. A group has one
rule that few orders meet (a code, a tag, a SKU, a range) and up to two that most do; five groups in a row share the
former, so that the others decide between them. Orders are drawn so that winners are spread evenly over the ranks.
"""

import random
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

Document = dict[str, Any]
Payload = dict[str, Any]

FIRST_DAY = date(1990, 1, 1)
STATUSES = {"New": ["new"], "Existing": ["repeat", "known"], "Re-Engaged": ["lapsed"]}
COUNTRIES = ["GB", "DE", "FR", "IE", "US", "JP"]

_ORDER_KEYS = ("is", "tag", "wildcard", "between", "contains", "starts", "date", "equal", "ends")
_ITEM_KEYS = ("sku", "list", "sku_starts")
_ITEM_BLOCKS = (1, 5, 8)  # of every ten blocks of groups, these are about items


def rule(variable: str, operator: str, *values: str) -> Document:
    return {"Variable": variable, "Operator": operator, "Values": list(values)}


def block_size(groups: int) -> int:
    """How many groups in a row share their key; where there are few groups, each has its own."""
    return 5 if groups >= 100 else 1


def key_kind(block: int) -> str:
    tens, place = divmod(block, 10)
    if place in _ITEM_BLOCKS:
        return _ITEM_KEYS[(tens * 3 + _ITEM_BLOCKS.index(place)) % 3]
    return _ORDER_KEYS[(tens * 7 + place - sum(place > other for other in _ITEM_BLOCKS)) % 9]


def terms(groups: int, seed: int = 1) -> Document:
    """A terms document with that many payout groups, at ORDER level, in GBP."""
    draw = random.Random(seed)
    ranked = []
    for index in range(groups):
        block = index // block_size(groups)
        kind = key_kind(block)
        rules = [_key_rule(kind, block)]
        if kind in _ITEM_KEYS and index % 5 < 2:
            rules.append(rule("ITEM_SKU", "NOT_CONTAINS", f"refurbished-{index % 7}"))
        # The most particular come first, or the others would never win.
        while len(rules) < (3, 3, 2, 2, 1)[index % 5]:
            rules.append(_wide_rule(draw))
        ranked.append({"Rank": index + 1, "Name": f"Group {index + 1}", "Rules": rules, "PayoutRate": "12"})
    return {
        "Name": f"{groups} groups",
        "Currency": "GBP",
        "EventPayouts": [
            {"EventTypeCode": "SALE", "PayoutLevel": "ORDER", "DefaultPayoutRate": "5", "PayoutGroups": ranked}
        ],
    }


def lists(groups: int) -> dict[str, tuple[tuple[str, str], ...]]:
    """The exception lists that the terms name: each holds one category."""
    blocks = range(groups // block_size(groups))
    return {f"List {block}": ((f"cat-{block}", "EQ"),) for block in blocks if key_kind(block) == "list"}


def _key_rule(kind: str, key: int) -> Document:
    day = FIRST_DAY + timedelta(days=key)
    return {
        "is": rule("TEXT1", "IS", f"Code-{key}", f"Alias-{key}"),
        "wildcard": rule("TEXT1", "IS", f"w{key}-*-end"),
        "starts": rule("ORDER_PROMO_CODE", "STARTS_WITH", f"P{key:05d}-"),
        "ends": rule("ORDER_PROMO_CODE", "ENDS_WITH", f"-S{key:05d}"),
        "contains": rule("REFERRAL_URL", "CONTAINS", f"/K{key}/"),
        "equal": rule("NUMERIC1", "EQ", str(key * 10 + 7)),
        "between": rule("NUMERIC1", "BETWEEN", str(key * 10), str(key * 10 + 5)),
        "date": rule("DATE1", "BETWEEN", day.isoformat(), (day + timedelta(days=1)).isoformat()),
        "tag": rule("CUSTOMER_TAG", "BELONGS_TO", f"Tag {key}"),
        "sku": rule("ITEM_SKU", "IS", f"SKU-{key}"),
        "sku_starts": rule("ITEM_SKU", "STARTS_WITH", f"Z{key}-"),
        "list": rule("LIST_ITEM_CATEGORY", "IN_LIST", f"List {key}"),
    }[kind]


def _wide_rule(draw: random.Random) -> Document:
    """A rule that half of all orders meet, or most."""
    makers: list[Callable[[], Document]] = [
        lambda: rule("CUSTOMER_STATUS", "IS", draw.choice(["New", "Existing"]), "Re-Engaged"),
        lambda: rule("CUSTOMER_STATUS", "IS_NOT", draw.choice(list(STATUSES))),
        lambda: rule("CUSTOMER_COUNTRY", "IS_NOT", draw.choice(COUNTRIES)),
        lambda: rule("CUSTOMER_COUNTRY", "IS", *draw.sample(COUNTRIES, 4)),
        lambda: rule("ORDER_TOTAL", draw.choice(["GTE", "GT"]), str(draw.randrange(10, 60))),
        lambda: rule("ORDER_TOTAL", draw.choice(["LT", "LTE"]), str(draw.randrange(150, 300))),
        lambda: rule("GIFT_PURCHASE", "IS", draw.choice(["yes", "no"])),
        lambda: rule("GIFT_PURCHASE", "IS_PRESENT"),
        lambda: rule("REFERRAL_URL", "NOT_CONTAINS", f"blocked-{draw.randrange(50)}"),
        lambda: rule("TEXT1", "IS_NOT", f"Test-{draw.randrange(50)}"),
        lambda: rule("CUSTOMER_TAG", "NOT_BELONGS_TO", f"Staff {draw.randrange(50)}"),
        lambda: rule("NUMERIC1", "NE", str(-draw.randrange(1, 50))),
        lambda: rule("DATE1", "ON_OR_AFTER", f"19{draw.randrange(70, 89)}-01-01"),
    ]
    return draw.choice(makers)()


def order(draw: random.Random, groups: int, aim: int, number: int) -> Payload:
    """An order that has the key of the group at index `aim`, and other keys only of groups after it."""
    key, blocks = aim // block_size(groups), groups // block_size(groups)
    kind = key_kind(key) if key < blocks else "none"

    def later() -> int:
        return draw.randrange(min(key, blocks) + 1, blocks + 2)

    def chosen(*kinds: str) -> int:
        return key if kind in kinds else later()

    text = f"w{chosen('wildcard')}-{number}-end" if kind == "wildcard" else f"code-{chosen('is')}"
    moment = datetime.combine(FIRST_DAY, datetime.min.time(), UTC) + timedelta(days=chosen("date"), hours=number % 24)
    payload: Payload = {
        "CampaignId": "1000", "EventTypeCode": "SALE", "OrderId": f"O-{number}", "MediaPartnerId": "P-1",
        "EventDate": "2026-11-20T10:00:00+00:00", "CurrencyCode": "GBP",
        "CustomerStatus": draw.choice(["new", "repeat", "known", "lapsed"]),
        "CustomerCountry": draw.choice(COUNTRIES),
        "OrderTax": f"{draw.randrange(0, 1500) / 100:.2f}",
        "Text1": text,
        "OrderPromoCode": f"P{chosen('starts'):05d}-{number}-S{chosen('ends'):05d}",
        "ReferralUrl": f"https://shop{number}.example/k{chosen('contains')}/page?session={number * 7919}",
        "Numeric1": str(chosen("equal", "between") * 10 + {"equal": 7, "between": number % 6}.get(kind, 9)),
        "Date1": moment.isoformat(),
        "CustomerTags": [f"tag {chosen('tag')}", f"since {number % 30}"],
    }  # fmt: skip
    if draw.random() < 0.7:
        payload["GiftPurchase"] = draw.choice(["true", "false", "yes", "no"])
    if draw.random() < 0.2 and kind not in ("starts", "ends"):
        del payload["OrderPromoCode"]
    skus = [f"sku-{chosen('sku')}", f"z{chosen('sku_starts')}-{number}", f"plain-{number % 997}"]
    payload["Items"] = [
        {"ItemSku": sku, "ItemCategory": f"cat-{chosen('list')}", "ItemQuantity": str(draw.randrange(1, 4)),
         "ItemPrice": str(Decimal(draw.randrange(100, 5000)) / 100)}
        for sku in skus
    ]  # fmt: skip
    return payload


def orders(
    groups: int, count: int, winner: Callable[[Payload], int], seed: int = 2, tries: int = 5
) -> Iterator[Payload]:
    """Yield that many different orders, aimed at ranks spread evenly; one in fifty is aimed at no group at all.

    An order that the group aimed at does not win is drawn again, as `winner` (the rank, 0 for none) says; where no
    draw will do, because the groups before that one leave nothing for it, the last one stands.
    """
    draw = random.Random(seed)
    for number in range(count):
        aim = number * groups // count if number % 50 else groups
        for _ in range(tries):
            payload = order(draw, groups, aim, number)
            if winner(payload) == (aim + 1 if aim < groups else 0):
                break
        yield payload
