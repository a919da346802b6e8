from .catalog import CatalogItem, ExceptionList, ExceptionListItem
from .customer import Customer, CustomerTag
from .customer_segment import CustomerSegment
from .event_type import CustomerStatusMapping, EventType
from .exchange_rate import ExchangeRate, RateFetch, ReferenceRate
from .partner import Partner, PartnerGroup
from .program import Program
from .received_value import ReceivedValue
from .tag_act import TagAct

__all__ = [
    "CatalogItem",
    "Customer",
    "CustomerSegment",
    "CustomerStatusMapping",
    "CustomerTag",
    "EventType",
    "ExceptionList",
    "ExceptionListItem",
    "ExchangeRate",
    "Partner",
    "PartnerGroup",
    "Program",
    "RateFetch",
    "ReceivedValue",
    "ReferenceRate",
    "TagAct",
]
