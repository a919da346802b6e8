"""Credit policy on pages."""

from collections.abc import Mapping
from typing import Any

from django import forms

from common.web.field_messages import Worded
from contracts.engine.document.sections.credit_policy import POLICIES, CreditPolicy

from .panels import FormSection, worded


class CreditPolicyForm(Worded):
    credit_policy = forms.ChoiceField(choices=POLICIES.items(), label="Credit policy")


def read(data: Mapping[str, Any]) -> CreditPolicy:
    """The policy as it was chosen."""
    policy: CreditPolicy = data["credit_policy"]
    return policy


def initial(value: CreditPolicy) -> dict[str, Any]:
    return {"credit_policy": value}


def line(value: CreditPolicy) -> str:
    return POLICIES[value]


CREDIT_POLICY = FormSection(
    section="credit_policy",
    slug="credit-policy",
    form=CreditPolicyForm,
    fields={"CreditPolicy": "credit_policy"},
    initial=initial,
    value=read,
    summarized=worded(line),
    help="Any click comes before every impression. Where several partners led to an order, the policy of the one who "
    "led to it last decides.",
    sentences=("Credit the {credit_policy} before the order.",),
)
