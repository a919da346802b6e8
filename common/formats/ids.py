"""Ids and SKUs that somebody typed. They are compared exactly, so they must not contain invisible characters."""

import re

_ZERO_WIDTH = re.compile("[\u200b-\u200d\u2060\ufeff]")  # as tracking.intake.parsing takes them out of orders


def clean_id(text: str) -> str:
    """The id without outer spaces and zero-width characters (payouts.md §8)."""
    return _ZERO_WIDTH.sub("", text).strip()
