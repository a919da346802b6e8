from .contract import Contract, ContractEventType
from .draft import EventPayout, PayoutAdjustment, PayoutGroup, PayoutRestriction
from .terms import TemplateTerms, TermsVersion

__all__ = [
    "Contract",
    "ContractEventType",
    "EventPayout",
    "PayoutAdjustment",
    "PayoutGroup",
    "PayoutRestriction",
    "TemplateTerms",
    "TermsVersion",
]
