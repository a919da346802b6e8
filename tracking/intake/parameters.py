"""The parameters of a conversion: every name the platform's API documents, its kind and its limit.

Names are matched in any letter case (the platform's own examples write `itemtext1_2`) and stored as spelled here.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Literal, NamedTuple

Kind = Literal[
    "text", "key", "order_id", "customer_id", "money", "number", "rate", "whole", "moment", "yes_no", "currency",
    "hash", "tags", "id",
]  # fmt: skip


class Parameter(NamedTuple):
    """One parameter: how it is spelled, what kind of value it takes, and its longest text in characters."""

    name: str
    kind: Kind = "text"
    limit: int = 255


class Numbered(NamedTuple):
    """An item parameter as it was sent: `ItemText3_7` is item 3, parameter `ItemText7`."""

    item: int
    parameter: Parameter


EVENT_KEYS = ("ActionTrackerId", "EventTypeId", "EventTypeCode")
PARTNER_KEYS = ("MediaPartnerId", "MediaId")
ATTRIBUTION_KEYS = (
    *PARTNER_KEYS, "ClickId", "CustomerId", "CustomProfileId", "CustomClickId", "OrderPromoCode", "UniqueUrl",
    "CallerId", "GoogAId", "AndroidId", "AppleIfa", "AppleIfv",
)  # fmt: skip
ALIASES = {"promocode": "OrderPromoCode"}
# Where a placeholder (`undefined`, `null`) means that nothing was sent (payouts.md §8): otherwise all guests would be
# one customer of that name. The payload lists them under NOT_SENT.
PLACEHOLDERS_DROPPED = frozenset({
    "CustomerId", "CustomProfileId", "ClickId", "OrderPromoCode", "ItemPromoCode", "CustomerStatus",
})  # fmt: skip
# Of these, too, where a dash or an unfilled field of a template stands in place of an id.
IDS_DROPPED = frozenset({"CustomerId", "CustomProfileId"})
NOT_SENT = "NotSent"
MAX_ITEMS = 5_000  # items of one order; the longest real order seen has some 1,100 lines


def _texts(limit: int, names: str, kind: Kind = "text") -> Iterator[Parameter]:
    return (Parameter(name, kind, limit) for name in names.split())


def _kinds(kind: Kind, names: str) -> Iterator[Parameter]:
    return (Parameter(name, kind) for name in names.split())


def _series(prefix: str, count: int, kind: Kind, limit: int = 255) -> Iterator[Parameter]:
    return (Parameter(f"{prefix}{number}", kind, limit) for number in range(1, count + 1))


def _table(*groups: Iterator[Parameter]) -> dict[str, Parameter]:
    return {parameter.name.casefold(): parameter for group in groups for parameter in group}


ORDER_PARAMETERS: Mapping[str, Parameter] = _table(
    _texts(64, "OrderId", "order_id"),
    _texts(64, "EventTypeCode ClickId MediaPartnerId MediaId", "key"),
    _texts(64, "IpAddress DispositionCode"),
    _texts(70, "CustomProfileId CustomClickId GoogAId AndroidId AppleIfa AppleIfv", "key"),
    _texts(40, "CustomerStatus"),
    _texts(2048, "UniqueUrl UserAgent AppInstallRef"),
    _texts(255, "CustomerId", "customer_id"),
    _texts(255, "OrderPromoCode", "key"),
    _texts(255, "SubId1 SubId2 SubId3 SharedId PhoneNumber CallerId CountryCode Note"),
    _texts(255, "CustomerCity CustomerPostCode CustomerCountry CustomerRegion PaymentType HearAboutUs"),
    _texts(255, "LocationId LocationName LocationType SiteCategory SiteVersion"),
    _texts(255, "DeviceMfr DeviceModel PropertyId AppPackage AppVer"),
    _kinds("id", "CampaignId ActionTrackerId EventTypeId"),
    _kinds("moment", "EventDate"),
    _kinds("currency", "CurrencyCode"),
    _kinds("hash", "CustomerEmail"),
    _kinds("yes_no", "GiftPurchase TrackingConsent"),
    _kinds("money", "Amount OrderDiscount OrderSubTotalPostDiscount OrderShipping OrderTax"),
    _kinds("number", "OrderMargin"),  # a loss is a margin too: it may be negative
    _kinds("rate", "OrderDiscountRate"),
    _series("Text", 50, "text", 64),
    _series("Numeric", 10, "number"),
    _series("Money", 3, "money"),
    _series("Date", 10, "moment"),
)

ITEM_PARAMETERS: Mapping[str, Parameter] = _table(
    _texts(255, "ItemSku ItemPromoCode", "key"),
    _texts(255, "ItemName ItemCategory ItemSubCategory ItemBrand ItemMpn ItemDeliveryType"),
    _kinds("whole", "ItemQuantity"),
    _kinds("money", "ItemPrice ItemSubTotal ItemDiscount ItemTotalDiscount"),
    _kinds("rate", "ItemDiscountRate"),
    _series("ItemText", 50, "text", 64),
    _series("ItemNumeric", 10, "number"),
    _series("ItemMoney", 3, "money"),
    _series("ItemDate", 10, "moment"),
)

# What a click, a customer or their journey says about an order. A sender of conversions cannot set these;
# only a trial order, which stores nothing, may name them.
JOURNEY_PARAMETERS: Mapping[str, Parameter] = _table(
    _texts(255, "DerivedBrowser DerivedCountry DerivedDeviceType DerivedOs DerivedRegion"),
    _texts(255, "ReferralAd ReferralAdCampaign ReferralAdCampaignId ReferralAdGroup ReferralAdGroupId"),
    _texts(255, "ReferralAdKeyword ReferralAdPlacement ReferralAdType ReferralDeal ReferralDerivedBrowser"),
    _texts(255, "ReferralDerivedCountry ReferralDerivedDeviceType ReferralDerivedOs ReferralDerivedRegion"),
    _texts(255, "ReferralSku ReferralSubaccountId ReferralSubaccountName ReferralTrafficType ReferralTrafficSource"),
    _texts(2048, "ReferralLandingPage ReferralUrl"),
    _series("ReferralParam", 10, "text"),
    _kinds("whole", "PathChannelCount PathPartnerCountProgram PathMediaCount PathPartnerCount PathSteps"),
    _kinds("whole", "CustomerOrderNumber CustomerMonthsSinceFirstOrder"),
    _kinds("moment", "CustomerFirstOrderDate"),
    _kinds("tags", "CustomerTags PathClosingChannels PathClosingGroups PathClosingMedia"),
    _kinds("tags", "PathIntroducingChannels PathIntroducingGroups PathIntroducingMedia"),
    _kinds("tags", "PathParticipatingChannels PathParticipatingGroups PathParticipatingMedia"),
)

_NUMBERED = re.compile(r"(item[a-z]+?)([1-9][0-9]{0,5})(?:_([1-9][0-9]?))?")
_FREE = re.compile(r"item(?:text|numeric|money|date)")
_SPELLING = {
    p.name: (p.name.rstrip("0123456789"), p.name[len(p.name.rstrip("0123456789")) :]) for p in ITEM_PARAMETERS.values()
}


def order_parameter(name: str) -> Parameter | None:
    key = name.casefold()
    return ORDER_PARAMETERS.get(ALIASES.get(key, key).casefold())


def numbered_item_parameter(name: str) -> Numbered | None:
    """Read `ItemSku1` or `ItemText1_3`; None where the name is neither."""
    match = _NUMBERED.fullmatch(name.casefold())
    if match is None:
        return None
    base, item, free_number = match.groups()
    if bool(_FREE.fullmatch(base)) != (free_number is not None):
        return None
    parameter = ITEM_PARAMETERS.get(base + (free_number or ""))
    return Numbered(int(item), parameter) if parameter else None


def numbered_name(parameter: Parameter, item: int) -> str:
    """Spell an item's parameter as a sender numbers it: `ItemText7` of item 3 is `ItemText3_7`."""
    base, free_number = _SPELLING[parameter.name]
    return f"{base}{item}_{free_number}" if free_number else f"{base}{item}"
