from .action import Action, ActionItem, ActionUpdate, TouchedDay
from .conversion import Conversion, Modification
from .upload import Upload, UploadError

__all__ = [
    "Action",
    "ActionItem",
    "ActionUpdate",
    "Conversion",
    "Modification",
    "TouchedDay",
    "Upload",
    "UploadError",
]
