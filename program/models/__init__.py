from .catalog import CatalogItem, ExceptionList, ExceptionListItem
from .customer import Customer, CustomerTag
from .customer_segment import CustomerSegment
from .event_type import CustomerStatusMapping, EventType
from .partner import Partner, PartnerGroup
from .program import Program
from .received_value import ReceivedValue

__all__ = [
    "CatalogItem",
    "Customer",
    "CustomerSegment",
    "CustomerStatusMapping",
    "CustomerTag",
    "EventType",
    "ExceptionList",
    "ExceptionListItem",
    "Partner",
    "PartnerGroup",
    "Program",
    "ReceivedValue",
]
