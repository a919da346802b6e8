from .ad import Ad
from .catalog import CatalogItem, ExceptionList, ExceptionListItem, ExceptionListName
from .customer import Customer, CustomerSegment, CustomerTag
from .event_type import CustomerStatusMapping, EventType
from .exchange_rate import ExchangeRate, RateFetch, ReferenceRate
from .partner import Channel, MediaSource, Partner, PartnerGroup, PromoCode
from .program import Program
from .received_value import ReceivedValue
from .tag_act import TagAct

__all__ = [
    "Ad",
    "CatalogItem",
    "Channel",
    "Customer",
    "CustomerSegment",
    "CustomerStatusMapping",
    "CustomerTag",
    "EventType",
    "ExceptionList",
    "ExceptionListItem",
    "ExceptionListName",
    "ExchangeRate",
    "MediaSource",
    "Partner",
    "PartnerGroup",
    "Program",
    "PromoCode",
    "RateFetch",
    "ReceivedValue",
    "ReferenceRate",
    "TagAct",
]
