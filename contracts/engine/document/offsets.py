"""Months and days after the end of a period, which locking and payment have in common (payouts.md §7)."""

from contracts.engine.document.reading import Node

LONGEST_DELAY_DAYS = 730
MOST_MONTHS = 60


def read_offsets(node: Node) -> tuple[int, int]:
    """(months, days) after the end of the period."""
    months = node.whole("MonthOffset", most=MOST_MONTHS) or 0
    return months, node.whole("DayOffset", most=LONGEST_DELAY_DAYS) or 0


def after_in_words(months: int, days: int) -> str:
    """`1 month and 15 days after the end of`, to be followed by the period."""
    counts = [(months, "month"), (days, "day")]
    parts = [f"{count} {unit}" if count == 1 else f"{count} {unit}s" for count, unit in counts if count]
    return f"{' and '.join(parts)} after the end of" if parts else "at the end of"
