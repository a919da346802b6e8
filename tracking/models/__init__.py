from .action import Action, ActionItem, ActionUpdate, TouchedDay
from .claim import Claim
from .conversion import Conversion, Modification
from .understood import UnderstoodOrders
from .upload import Upload, UploadError

__all__ = [
    "Action",
    "ActionItem",
    "ActionUpdate",
    "Claim",
    "Conversion",
    "Modification",
    "TouchedDay",
    "UnderstoodOrders",
    "Upload",
    "UploadError",
]
