"""Conversions: stored once, listed with what to do about those that were not priced."""
