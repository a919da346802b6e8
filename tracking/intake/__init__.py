"""Reads and checks what senders report before anything is stored. Pure, like the engine.

A reader returns data whose every field is well formed, or raises `FieldErrors` with every bad field at once.
"""

from tracking.intake.conversion_data import (
    ConversionData,
    Counter,
    EventKey,
    OrderLine,
    read_conversion,
    read_order_line,
)
from tracking.intake.errors import FieldError, FieldErrors
from tracking.intake.modification_data import ItemChange, ModificationData, read_modification
from tracking.intake.order_rows import OrderRows, RowError, RowErrors, group_rows
from tracking.intake.partner_data import PartnerData, read_partner
from tracking.intake.repeats import Repeats

__all__ = [
    "ConversionData",
    "Counter",
    "EventKey",
    "FieldError",
    "FieldErrors",
    "ItemChange",
    "ModificationData",
    "OrderLine",
    "OrderRows",
    "PartnerData",
    "Repeats",
    "RowError",
    "RowErrors",
    "group_rows",
    "read_conversion",
    "read_modification",
    "read_order_line",
    "read_partner",
]
