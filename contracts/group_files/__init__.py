"""Payout groups as files, out and in, with preview and undo."""
