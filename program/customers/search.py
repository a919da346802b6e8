"""Searching customers by what somebody knows of them."""

import hashlib
import re

from django.db.models import Q, Value
from django.db.models.functions import Upper

from program.models.customer import SEARCHED, CustomerQuerySet

_HASH = re.compile(r"[0-9a-fA-F]{40}|[0-9a-fA-F]{64}")


def searched(customers: CustomerQuerySet, text: str) -> CustomerQuerySet:
    """Those whose id, name or e-mail address contains the text. A whole address also finds those of whom only its SHA-1
    or SHA-256 is known, as written or in lower case; a hash finds those that have it.
    """
    if _HASH.fullmatch(text):
        column = "email_sha1" if len(text) == 40 else "email_sha256"
        return customers.filter(Q(**{column: text.lower()}) | Q(customer_id=text))
    found = Q(searched__contains=Upper(Value(text)))
    if "@" in text:
        said = [form.encode() for form in {text, text.lower()}]
        found |= Q(email_sha1__in=[hashlib.sha1(form, usedforsecurity=False).hexdigest() for form in said])
        found |= Q(email_sha256__in=[hashlib.sha256(form).hexdigest() for form in said])
    return customers.alias(searched=SEARCHED).filter(found)
