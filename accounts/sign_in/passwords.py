"""Links at which a user chooses a new password: mailed, or made for users who get no mail."""

from typing import Any

from django.contrib.auth.tokens import PasswordResetTokenGenerator, default_token_generator
from django.db import transaction
from django.urls import reverse
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode

from accounts.audit.log import record
from accounts.models import User


class MailedTokens(PasswordResetTokenGenerator):
    """Tokens of links that were mailed, which prove the address they were mailed to."""

    key_salt = "accounts.sign_in.passwords.MailedTokens"


class AnyTokens(PasswordResetTokenGenerator):
    """Accepts the token of a mailed link and of one that was shown."""

    def check_token(self, user: Any, token: str | None) -> bool:
        return default_token_generator.check_token(user, token) or mailed_tokens.check_token(user, token)


mailed_tokens = MailedTokens()


@transaction.atomic
def reset_link(*, user: User) -> str:
    """Return the path of a link that works once, and as long as those that are mailed. It is not stored."""
    record(event="RESET_LINK", words="was made a link to a new password", user=user, who="manage.py reset_link")
    uid = urlsafe_base64_encode(force_bytes(user.pk))
    return reverse("password_reset_confirm", args=[uid, default_token_generator.make_token(user)])
