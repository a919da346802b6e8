"""What others send, read and checked before anything is stored. Pure: the standard library alone.

A reader returns data whose every field is well formed, or raises `FieldErrors` with every bad field at once.
"""

from tracking.intake.conversions import ConversionData, Counter, EventKey, OrderLine, read_conversion, read_order_line
from tracking.intake.errors import FieldError, FieldErrors

__all__ = [
    "ConversionData",
    "Counter",
    "EventKey",
    "FieldError",
    "FieldErrors",
    "OrderLine",
    "read_conversion",
    "read_order_line",
]
