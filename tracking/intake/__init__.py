"""Reads and checks what senders report before anything is stored. Pure, like the engine.

A reader returns data whose every field is well formed, or raises Refused with every bad field at once.
"""

from tracking.intake.conversion_data import (
    ConversionData,
    Counter,
    EventKey,
    OrderLine,
    read_conversion,
    read_order_line,
)
from tracking.intake.customer_data import CustomerData, read_customer
from tracking.intake.modification_data import ItemChange, ModificationData, read_modification
from tracking.intake.order_rows import OrderRows, group_rows
from tracking.intake.partner_data import PartnerData, read_partner
from tracking.intake.repeats import Repeats
from tracking.intake.tag_data import TagData, customer_id_in, read_customer_tags

__all__ = [
    "ConversionData",
    "Counter",
    "CustomerData",
    "EventKey",
    "ItemChange",
    "ModificationData",
    "OrderLine",
    "OrderRows",
    "PartnerData",
    "Repeats",
    "TagData",
    "customer_id_in",
    "group_rows",
    "read_conversion",
    "read_customer",
    "read_customer_tags",
    "read_modification",
    "read_order_line",
    "read_partner",
]
