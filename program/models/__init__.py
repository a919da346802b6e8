from .account import Account, ApiToken, Membership, Program
from .catalog import CatalogItem, ExceptionList, ExceptionListItem
from .customer import Customer, CustomerTag
from .event_type import CustomerStatusMapping, EventType
from .partner import Partner, PartnerGroup

__all__ = [
    "Account",
    "ApiToken",
    "CatalogItem",
    "Customer",
    "CustomerStatusMapping",
    "CustomerTag",
    "EventType",
    "ExceptionList",
    "ExceptionListItem",
    "Membership",
    "Partner",
    "PartnerGroup",
    "Program",
]
