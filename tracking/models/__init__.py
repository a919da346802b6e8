from .action import Action, ActionItem, ActionUpdate, TouchedDay
from .checked_orders import CheckedOrders
from .conversion import Claim, Conversion, Modification
from .upload import Upload, UploadError

__all__ = [
    "Action",
    "ActionItem",
    "ActionUpdate",
    "CheckedOrders",
    "Claim",
    "Conversion",
    "Modification",
    "TouchedDay",
    "Upload",
    "UploadError",
]
