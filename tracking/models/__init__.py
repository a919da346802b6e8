from .action import Action, ActionItem, ActionUpdate, TouchedDay
from .checked_orders import CheckedOrders
from .conversion import Claim, Conversion, Modification
from .kept_answer import KeptAnswer
from .upload import Upload, UploadError

__all__ = [
    "Action",
    "ActionItem",
    "ActionUpdate",
    "CheckedOrders",
    "Claim",
    "Conversion",
    "KeptAnswer",
    "Modification",
    "TouchedDay",
    "Upload",
    "UploadError",
]
