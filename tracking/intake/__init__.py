"""Reads and checks what senders report before anything is stored. Pure: no database, no framework.

A reader returns data whose every field is well formed, or raises Refused with every bad field at once.
"""

from tracking.intake.conversions import ConversionData, Counter, EventKey, OrderLine, read_conversion, read_order_line
from tracking.intake.modifications import ItemChange, ModificationData, read_modification
from tracking.intake.partners import PartnerData, read_partner
from tracking.intake.repeats import Repeats
from tracking.intake.rows import OrderRows, group_rows

__all__ = [
    "ConversionData",
    "Counter",
    "EventKey",
    "ItemChange",
    "ModificationData",
    "OrderLine",
    "OrderRows",
    "PartnerData",
    "Repeats",
    "group_rows",
    "read_conversion",
    "read_modification",
    "read_order_line",
    "read_partner",
]
