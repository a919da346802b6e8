from .account import Account, ApiToken, Membership
from .audit import AuditEntry, AuditSeal, AuditText
from .invitation import Invitation
from .second_factor import AuthenticatorApp
from .user import User

__all__ = [
    "Account",
    "ApiToken",
    "AuditEntry",
    "AuditSeal",
    "AuditText",
    "AuthenticatorApp",
    "Invitation",
    "Membership",
    "User",
]
