from .account import Account, ApiToken, Membership
from .audit import AuditEntry, AuditLink, AuditText
from .invitation import Invitation
from .second_factor import AuthenticatorApp
from .user import User

__all__ = [
    "Account",
    "ApiToken",
    "AuditEntry",
    "AuditLink",
    "AuditText",
    "AuthenticatorApp",
    "Invitation",
    "Membership",
    "User",
]
