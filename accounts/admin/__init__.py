"""Django admin of accounts, who signs in to them, and the parts that the admin of every app shares."""

from . import accounts, invitations, members, users

__all__ = ["accounts", "invitations", "members", "users"]
