from .account_rule import AccountRule
from .bulk_change import BulkChange
from .contract import Contract, ContractEventType, Status, TakenTime, status_of
from .custom_terms import CustomTerms, CustomTermsVersion
from .draft import EventPayout, PayoutAdjustment, PayoutGroup, PayoutRestriction
from .group_file import GroupFile
from .publish_review import PublishReview
from .publishing import Publishing
from .sectioned import Sectioned
from .terms import TemplateTerms, TermsVersion

__all__ = [
    "AccountRule",
    "BulkChange",
    "Contract",
    "ContractEventType",
    "CustomTerms",
    "CustomTermsVersion",
    "EventPayout",
    "GroupFile",
    "PayoutAdjustment",
    "PayoutGroup",
    "PayoutRestriction",
    "PublishReview",
    "Publishing",
    "Sectioned",
    "Status",
    "TakenTime",
    "TemplateTerms",
    "TermsVersion",
    "status_of",
]
