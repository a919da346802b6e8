from .account import Account, ApiToken, Membership, Program
from .audit import AuditEntry, AuditSeal
from .catalog import CatalogItem, ExceptionList, ExceptionListItem
from .customer import Customer, CustomerTag
from .event_type import CustomerStatusMapping, EventType
from .invitation import Invitation
from .partner import Partner, PartnerGroup
from .second_factor import AuthenticatorApp

__all__ = [
    "Account",
    "ApiToken",
    "AuditEntry",
    "AuditSeal",
    "AuthenticatorApp",
    "CatalogItem",
    "Customer",
    "CustomerStatusMapping",
    "CustomerTag",
    "EventType",
    "ExceptionList",
    "ExceptionListItem",
    "Invitation",
    "Membership",
    "Partner",
    "PartnerGroup",
    "Program",
]
