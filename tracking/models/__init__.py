from .action import Action, ActionItem, ActionUpdate, TouchedDay
from .checked_orders import CheckedOrders
from .conversion import Claim, Conversion, Modification
from .customer_jobs import CustomerFile, Erasure
from .upload import Upload, UploadError

__all__ = [
    "Action",
    "ActionItem",
    "ActionUpdate",
    "CheckedOrders",
    "Claim",
    "Conversion",
    "CustomerFile",
    "Erasure",
    "Modification",
    "TouchedDay",
    "Upload",
    "UploadError",
]
