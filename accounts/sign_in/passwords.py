"""Links at which a user chooses a new password, for users who get no mail."""

from typing import Any

from django.contrib.auth.tokens import default_token_generator
from django.db import transaction
from django.urls import reverse
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode

from accounts.audit.log import record


@transaction.atomic
def reset_link(*, user: Any) -> str:
    """Return the path of a link that works once, and as long as those that are mailed. It is not stored."""
    record(event="RESET_LINK", words="was made a link to a new password", user=user, who="manage.py reset_link")
    uid = urlsafe_base64_encode(force_bytes(user.pk))
    return reverse("password_reset_confirm", args=[uid, default_token_generator.make_token(user)])
