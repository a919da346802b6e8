"""Accounts and who signs in to them: members, roles, second factor, API tokens, audit log."""
