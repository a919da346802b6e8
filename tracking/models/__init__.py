from .action import Action, ActionItem, ActionUpdate, TouchedDay
from .checked_orders import CheckedOrders
from .claim import Claim
from .conversion import Conversion, Modification
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
