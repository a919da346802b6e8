from .action import Action, ActionItem, ActionUpdate, OverCap, ReferringType, TouchedDay
from .browser_report import BrowserReport
from .checked_orders import CheckedOrders
from .conversion import Claim, Conversion, Modification
from .jobs import CustomerFile, Erasure, RetryOfMany
from .kept_answer import KeptAnswer
from .limit_counter import LimitCounter
from .status_check import CheckedStatus, StatusCheck
from .step import ErasedProfile, SeenTogether, Step, TouchedStep
from .upload import Upload, UploadError

__all__ = [
    "Action",
    "ActionItem",
    "ActionUpdate",
    "BrowserReport",
    "CheckedOrders",
    "CheckedStatus",
    "Claim",
    "Conversion",
    "CustomerFile",
    "ErasedProfile",
    "Erasure",
    "KeptAnswer",
    "LimitCounter",
    "Modification",
    "OverCap",
    "ReferringType",
    "RetryOfMany",
    "SeenTogether",
    "StatusCheck",
    "Step",
    "TouchedDay",
    "TouchedStep",
    "Upload",
    "UploadError",
]
