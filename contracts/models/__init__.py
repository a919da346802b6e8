from .contract import Contract, ContractEventType, Status, TakenTime, status_of
from .draft import EventPayout, PayoutAdjustment, PayoutGroup, PayoutRestriction
from .group_file import GroupFile
from .sectioned import Sectioned
from .terms import TemplateTerms, TermsVersion

__all__ = [
    "Contract",
    "ContractEventType",
    "EventPayout",
    "GroupFile",
    "PayoutAdjustment",
    "PayoutGroup",
    "PayoutRestriction",
    "Sectioned",
    "Status",
    "TakenTime",
    "TemplateTerms",
    "TermsVersion",
    "status_of",
]
