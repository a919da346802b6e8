"""Codes of an app on the user's phone, recovery codes, and accounts that require them."""
