from .action import Action, ActionItem, ActionUpdate, TouchedDay
from .checked_orders import CheckedOrders
from .conversion import Claim, Conversion, Modification
from .status_check import CheckedStatus, StatusCheck
from .upload import Upload, UploadError

__all__ = [
    "Action",
    "ActionItem",
    "ActionUpdate",
    "CheckedOrders",
    "CheckedStatus",
    "Claim",
    "Conversion",
    "Modification",
    "StatusCheck",
    "TouchedDay",
    "Upload",
    "UploadError",
]
