"""Each variable that an order's journey or catalog fills: from the step to the group that wins by it."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from contracts.engine.attribution.credit import Agreement, Step, credit
from contracts.engine.attribution.path import journey_values
from contracts.engine.document.load import document, load
from contracts.engine.document.sections.referral_window import ValidReferral
from contracts.engine.orders.order import read_order
from contracts.engine.pricing.plan import compile_plan
from tests.engine.cast import CONTEXT, DIGITS, group, item, rule, terms
from tests.engine.naive.fields import FIELDS

ORDERED = datetime(2026, 2, 28, 10, tzinfo=UTC)
ALBA, BRAVA, CIELO = 1, 2, 3
CLICKS = Agreement("LAST_REFERRER", (ValidReferral("CLICKS", 30, "DAY"),))
PARTS = {"INTRODUCING": "Introducing", "PARTICIPATING": "Participating", "CLOSING": "Closing"}
FAMILIES = {family: [key for key, field in FIELDS.items() if field.family == family] for family in
            ("derived", "referral", "path", "catalog")}  # fmt: skip
# Where a text is not just a text: what a rule asks for, what meets it and what does not.
COUNTRY = ("United Kingdom", "GB", "DE")
TEXTS = {
    "REFERRAL_URL": ("*facebook*", "https://m.facebook.com/story", "https://blog.example/"),
    "REFERRAL_AD": ("Spring sale (*)", "Spring sale (17)", "Winter sale (18)"),
    "DERIVED_COUNTRY": COUNTRY,
    "REFERRAL_DERIVED_COUNTRY": COUNTRY,
}
# Steps of a shorter and of a longer journey, by kind, partner, media, channel and groups; Cielo's click wins both.
SHORT = [("CLICK", CIELO, "Cielo", "Affiliate", ["Blogs"])]
LONG = [
    ("VISIT", None, "google", "Paid search", []),
    ("CLICK", ALBA, "Alba", "E-mail", ["Letters"]),
    ("IMPRESSION", BRAVA, "Brava", "Display", ["Networks"]),
    ("CLICK", CIELO, "Cielo", "Affiliate", ["Blogs"]),
]
LONG_AND_OTHER = [
    ("CLICK", BRAVA, "Brava", "Display", ["Networks"]),
    ("CLICK", ALBA, "Alba", "E-mail", ["Letters"]),
    ("CLICK", CIELO, "Cielo", "Affiliate", ["Blogs"]),
]
OTHER = [("CLICK", ALBA, "Alba", "E-mail", ["Letters"])]
# Of each path variable: the rule, the journey that meets it and the one that does not.
PATHS = {
    "PATH_STEPS": (("EQ", "4"), LONG, SHORT),
    "PATH_MEDIA_COUNT": (("GTE", "4"), LONG, LONG_AND_OTHER),
    "PATH_CHANNEL_COUNT": (("GT", "3"), LONG, LONG_AND_OTHER),
    "PATH_PARTNER_COUNT": (("LTE", "2"), LONG, LONG_AND_OTHER),
    "PATH_PARTNER_COUNT_PROGRAM": (("EQ", "2"), LONG, SHORT),
    "PATH_INTRODUCING_CHANNELS": (("BELONGS_TO", "paid search"), LONG, LONG_AND_OTHER),
    "PATH_INTRODUCING_GROUPS": (("BELONGS_TO", "networks"), LONG_AND_OTHER, LONG),
    "PATH_INTRODUCING_MEDIA": (("BELONGS_TO", "Google"), LONG, LONG_AND_OTHER),
    "PATH_PARTICIPATING_CHANNELS": (("BELONGS_TO", "Display", "Social"), LONG, LONG_AND_OTHER),
    "PATH_PARTICIPATING_GROUPS": (("BELONGS_TO", "Letters"), LONG, SHORT),
    "PATH_PARTICIPATING_MEDIA": (("BELONGS_TO", "brava"), LONG, LONG_AND_OTHER),
    "PATH_CLOSING_CHANNELS": (("BELONGS_TO", "affiliate"), LONG, OTHER),
    "PATH_CLOSING_GROUPS": (("NOT_BELONGS_TO", "Letters"), LONG, OTHER),
    "PATH_CLOSING_MEDIA": (("BELONGS_TO", "Cielo"), LONG, OTHER),
}
SKUS = {
    "ITEM_CATALOG_MANUFACTURER": "acme",
    "ITEM_CATALOG_CATEGORY": "anvils",
    "ITEM_CATALOG_SUBCATEGORY": "small",
    "ITEM_CATALOG_ORIGINAL_FORMAT_CATEGORY": "Tools > Anvils",
}


def journey(steps, **of_last):
    """The values of a journey of one step a day; `of_last` are the facts of the step that is credited."""
    made = [
        Step(str(number), kind, ORDERED - timedelta(days=len(steps) - number), number, partner, media, channel,
             tuple(groups), of_last if number == len(steps) - 1 else {"ReferralParam10": "of another click"})
        for number, (kind, partner, media, channel, groups) in enumerate(steps)
    ]  # fmt: skip
    found = credit(made, event_date=ORDERED, agreements={ALBA: CLICKS, CIELO: CLICKS})
    assert found.winner == made[-1]
    return journey_values(found)


def winner(key, condition, *, sent=None, came=None):
    """The rank of the group that wins in terms that were published: the first where the rule holds, else the second."""
    published = json.loads(json.dumps(document(terms(group(1, rule(key, *condition)), group(2, payout="1")))))
    plan = compile_plan(load(published, digits=DIGITS, lists=list(CONTEXT.lists)), "SALE")
    payload = {"EventDate": ORDERED.isoformat(), "Items": [item()], **(sent or {})}
    return plan.price(read_order(payload, CONTEXT, journey=came or {})).group[0]


def texts(key):
    return TEXTS.get(key, ("Red*", "red shoe", "blue shoe"))


@pytest.mark.parametrize("key", FAMILIES["derived"])
def test_a_group_wins_by_what_the_browser_at_the_order_tells(key):
    asked, met, unmet = texts(key)
    name = FIELDS[key].parameter
    assert winner(key, ("IS", asked), came={name: met, **journey(SHORT)}) == 1
    assert winner(key, ("IS", asked), came={name: unmet, **journey(SHORT)}) == 2
    assert winner(key, ("IS", asked), came=journey(SHORT)) == 2
    assert winner(key, ("IS", asked), sent={name: met}) == 2  # as a payload it says nothing


@pytest.mark.parametrize("key", FAMILIES["referral"])
def test_a_group_wins_by_what_the_credited_click_tells(key):
    asked, met, unmet = texts(key)
    name = FIELDS[key].parameter
    assert winner(key, ("IS", asked), came=journey(LONG, **{name: met})) == 1
    assert winner(key, ("IS", asked), came=journey(LONG, **{name: unmet})) == 2
    assert winner(key, ("IS_NOT_PRESENT",), came=journey(LONG)) == 1  # what another click tells is not asked
    if name != "SharedId":  # which a server that names the partner may send
        assert winner(key, ("IS", asked), sent={name: met}) == 2


@pytest.mark.parametrize("key", FAMILIES["path"])
def test_a_group_wins_by_the_path(key):
    condition, met, unmet = PATHS[key]
    assert winner(key, condition, came=journey(met)) == 1
    assert winner(key, condition, came=journey(unmet)) == 2
    assert winner(key, condition, sent=journey(met)) == (1 if condition[0].startswith("NOT") else 2)


@pytest.mark.parametrize("key", FAMILIES["catalog"])
def test_a_group_wins_by_what_the_catalog_says_of_the_sku(key):
    condition = ("IS", SKUS[key])
    assert winner(key, condition, sent={"Items": [item(ItemSku="SKU-1")]}) == 1
    assert winner(key, condition, sent={"Items": [item(ItemSku="SKU-2")]}) == 2


def test_a_group_wins_by_the_super_category():
    condition = ("IN_LIST", "Winter")
    boots, sandals = ({"ItemCategory": "Shoes", "ItemSubCategory": name} for name in ("Boots", "Sandals"))
    assert winner("LIST_ITEM_SUPER_CATEGORY", condition, sent={"Items": [item(**boots)]}) == 1
    assert winner("LIST_ITEM_SUPER_CATEGORY", condition, sent={"Items": [item(**sandals)]}) == 2


def test_what_the_click_tells_comes_before_what_a_server_sends():
    shared = ("IS", "of the click")
    came = journey(SHORT, SharedId="of the click")
    assert winner("REFERRAL_SHARED_ID", shared, came=came, sent={"SharedId": "sent"}) == 1
    assert winner("REFERRAL_SHARED_ID", ("IS", "sent"), came=journey(SHORT), sent={"SharedId": "sent"}) == 1


def test_each_of_these_variables_is_tried():
    assert {family: len(keys) for family, keys in FAMILIES.items()} == {
        "derived": 5, "referral": 32, "path": 14, "catalog": 4
    }  # fmt: skip
    assert set(PATHS) == set(FAMILIES["path"])
    assert set(SKUS) == set(FAMILIES["catalog"])
