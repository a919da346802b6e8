"""What the files of each kind look like: their columns, and how each is read."""

from collections.abc import Iterable, Mapping

from common.tables.layout import ID, OWN_NUMBER, TEXT, Column, Kind, Layout, Merged
from program.exchange_rates.file_rows import LAYOUT as EXCHANGE_RATES
from tracking.intake.parameters import ALIASES, ATTRIBUTION_KEYS, ITEM_PARAMETERS, ORDER_PARAMETERS, Parameter
from tracking.models import Upload

REASON_COLUMN = "Rejection Reason"  # of the file of rejected rows; ignored when that file comes back corrected

_IDS = {
    *ATTRIBUTION_KEYS, *ALIASES, "OrderId", "CampaignId", "EventTypeId", "ActionTrackerId", "ItemSku", "ItemPromoCode",
} - {"UniqueUrl"}  # fmt: skip
# Money of an order that its payout is worked out from: once for the order, though each of its rows may say it.
_OF_ORDER = {
    "OrderDiscount", "OrderDiscountRate", "OrderMargin", "OrderShipping", "OrderSubTotalPostDiscount", "OrderTax",
}  # fmt: skip
_NUMBERS = {"money", "number", "whole"}


def _columns(parameters: Iterable[Parameter], *, of_item: bool) -> dict[str, Column]:
    return {parameter.name: _column(parameter, of_item) for parameter in parameters}


def _column(parameter: Parameter, of_item: bool) -> Column:
    if parameter.name in _IDS:
        return ID
    kind = Kind.RATE if parameter.kind == "rate" else Kind.NUMBER if parameter.kind in _NUMBERS else Kind.TEXT
    if kind is not Kind.TEXT and (of_item or parameter.name == "Amount"):
        return Column(kind, Merged.REFUSED)
    return Column(kind, Merged.COUNTS_FOR_ORDER if parameter.name in _OF_ORDER else Merged.COUNTS_FOR_ALL)


CONVERSIONS = Layout(
    "a conversions file",
    {**_columns(ORDER_PARAMETERS.values(), of_item=False), **dict.fromkeys(ALIASES, ID), REASON_COLUMN: TEXT},
    ("CampaignId", "EventTypeCode", "EventDate", "OrderId"),
    numbered=_columns(ITEM_PARAMETERS.values(), of_item=True),
)
MODIFICATIONS = Layout(
    "a modifications file",
    {
        **dict.fromkeys(("CampaignId", "ActionId", "OrderId", "ActionTrackerId", "EventTypeId"), ID),
        **dict.fromkeys(("EventTypeCode", "CustomerStatus", "ModificationDate", "Reason", "DispositionCode"), TEXT),
        "Amount": OWN_NUMBER,
        REASON_COLUMN: TEXT,
    },
    ("CampaignId", "EventTypeCode", "OrderId", "ModificationDate"),
    numbered={"ItemSku": ID, "Sku": ID, "ItemQuantity": OWN_NUMBER, "Quantity": OWN_NUMBER},
)
PARTNERS = Layout(
    "a partners file",
    {"PartnerId": ID, **dict.fromkeys(("Name", "Country", "Groups", "Email", "Channel", REASON_COLUMN), TEXT)},
    ("PartnerId", "Name", "Country", "Groups", "Email", "Channel"),
)
CUSTOMER_TAGS = Layout(
    "a file of customer tags",
    {"CustomerId": ID, **dict.fromkeys(("Tags", "From", REASON_COLUMN), TEXT)},
    ("CustomerId", "Tags", "From"),
)
CUSTOMERS = Layout(
    "a customers file",
    {
        "CustomerId": ID,
        **dict.fromkeys(("Name", "Email", "EmailSha1", "EmailSha256", "Country", "Region", "City"), TEXT),
        "PostCode": ID,
        "FirstOrderDate": TEXT,
        "OrdersBefore": OWN_NUMBER,
        REASON_COLUMN: TEXT,
    },
    ("CustomerId", "Name", "Email", "Country", "FirstOrderDate", "OrdersBefore"),
)
ADS = Layout(
    "a file of ads",
    {"AdId": ID, **dict.fromkeys(("Name", "Kind", "LandingPage", "Deal"), TEXT), "Sku": ID, "Active": TEXT,
     REASON_COLUMN: TEXT},
    ("AdId", "Name", "Kind", "LandingPage", "Deal", "Sku", "Active"),
)  # fmt: skip
PROMO_CODES = Layout(
    "a file of promo codes",
    {"Code": ID, "Use": TEXT, "PartnerId": ID, "Group": TEXT, REASON_COLUMN: TEXT},
    ("Code", "Use", "PartnerId", "Group"),
)
EXCEPTION_LIST = Layout(
    "a file of entries",
    {"Value": ID, **dict.fromkeys(("Name", "MatchMode", REASON_COLUMN), TEXT)},
    ("Value", "Name", "MatchMode"),
)
CATALOG = Layout(
    "a catalog file",
    {
        "Sku": ID,
        **dict.fromkeys(
            ("Name", "Manufacturer", "Category", "Subcategory", "OriginalFormatCategory", REASON_COLUMN), TEXT
        ),
    },
    ("Sku", "Name", "Manufacturer", "Category", "Subcategory", "OriginalFormatCategory"),
)
LAYOUTS: Mapping[str, Layout] = {
    Upload.Kind.CONVERSIONS: CONVERSIONS,
    Upload.Kind.MODIFICATIONS: MODIFICATIONS,
    Upload.Kind.PARTNERS: PARTNERS,
    Upload.Kind.CUSTOMER_TAGS: CUSTOMER_TAGS,
    Upload.Kind.CUSTOMERS: CUSTOMERS,
    Upload.Kind.ADS: ADS,
    Upload.Kind.PROMO_CODES: PROMO_CODES,
    Upload.Kind.EXCHANGE_RATES: EXCHANGE_RATES,
    Upload.Kind.EXCEPTION_LIST: EXCEPTION_LIST,
    Upload.Kind.CATALOG: CATALOG,
}
