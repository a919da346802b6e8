"""Who owns an e-mail address: the user who opened a link that was mailed to it."""

import secrets

from django.db import transaction

from accounts.models import User


def prove_email(*, user: User) -> bool:
    """Note that the user reads the mail of their address; answers whether they still have it."""
    user.is_email_proven = bool(User.objects.filter(pk=user.pk, email=user.email).update(is_email_proven=True))
    return user.is_email_proven


@transaction.atomic
def release_email(*, user: User) -> bool:
    """Take an address that was never proven from a user, whose name may not be that address any more either.

    False where the user has proven it meanwhile.
    """
    holder = User.objects.select_for_update(no_key=True).filter(pk=user.pk, is_email_proven=False).first()
    if holder is None:
        return False
    holder.email = ""
    if "@" in holder.username:
        holder.username = f"user-{holder.pk}-{secrets.token_hex(3)}"
    holder.save(update_fields=["email", "username"])
    return True
