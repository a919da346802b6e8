"""Searching customers by what somebody knows of them."""

import hashlib
import re

from django.db.models import Q, Value
from django.db.models.functions import Upper

from program.models.customer import SEARCHED, CustomerQuerySet

_HASH = re.compile(r"[0-9a-fA-F]{40}|[0-9a-fA-F]{64}")
_ADDRESS = re.compile(r"[^@\s]++@(?=[^@\s]++\Z)[^@\s]+\.[^@\s.]{2,}")


def searched(customers: CustomerQuerySet, text: str) -> CustomerQuerySet:
    """Those whose id, name or e-mail address contains the text. A whole address finds those who have it, or of whom
    only its SHA-1 or SHA-256 is known, as written or in lower case; a hash finds those that have it.
    """
    if _HASH.fullmatch(text):
        column = "email_sha1" if len(text) == 40 else "email_sha256"
        return customers.filter(Q(**{column: text.lower()}) | Q(customer_id=text))
    if not _ADDRESS.fullmatch(text):
        return customers.alias(searched=SEARCHED).filter(searched__contains=Upper(Value(text)))
    # An address that is known is known by its hashes, too. Looked for as a text it would be slow: all have parts alike.
    forms = {text, text.lower()}
    sha1 = [hashlib.sha1(form.encode(), usedforsecurity=False).hexdigest() for form in forms]
    sha256 = [hashlib.sha256(form.encode()).hexdigest() for form in forms]
    return customers.filter(Q(email_sha1__in=sha1) | Q(email_sha256__in=sha256) | Q(customer_id__in=forms))
