"""The team of an account: who belongs to it, and in which role.

Each write locks the account's memberships first, so that two administrators who demote each other at the same moment
leave one.
"""

from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.tokens import default_token_generator
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode

from program.constraints import again_when_taken
from program.models import Account, Membership
from program.services import second_factor
from program.services.edits import Stale


class LastAdministrator(Exception):
    """Refused: nobody would be left who can add members."""

    def __init__(self) -> None:
        super().__init__("This is the last administrator of the account. Make somebody else administrator first.")


@again_when_taken  # another account may add the same address at this moment
@transaction.atomic
def add_member(*, account: Account, email: str, name: str, role: str) -> Membership:
    """Make a user, who has no password until they follow their link, a member of the account.

    Whoever was removed before is a member again. A log-in of another account is refused: whoever holds a link that
    this account sees could otherwise act under a name that the other account trusts. Raises ValidationError.
    """
    _locked(account)
    email, name = email.strip().lower(), " ".join(name.split())
    validate_email(email)
    User = get_user_model()
    user = User.objects.filter(Q(username__iexact=email) | Q(email__iexact=email)).first()
    if user is None:
        first, _, last = name.partition(" ")
        user = User(username=email, email=email, first_name=first, last_name=last)
        user.set_unusable_password()
        user.full_clean(exclude=["password"])
        user.save(force_insert=True)
        return Membership.objects.create(account=account, user=user, role=role)
    membership = Membership.objects.filter(account=account, user=user).first()
    if membership is None:
        words = "This address has a log-in of another account. Use another, or ask whoever runs Brandboard."
        raise ValidationError({"email": words})
    if membership.is_active:
        raise ValidationError({"email": f"{user.get_username()} is in the team already."})
    membership.is_active, membership.role = True, role
    membership.save(update_fields=["is_active", "role"])
    return membership


@transaction.atomic
def change_role(*, membership: Membership, role: str, by: Any, seen: str | None = None) -> Membership:
    """Give a member another role.

    Raises PermissionDenied for one's own, LastAdministrator, ValidationError, and Stale unless the member still has
    the role `seen`, where one is given.
    """
    if role not in Membership.Role.values:
        raise ValidationError({"role": "There is no such role."})
    membership = _of_another(membership, by)
    if seen and membership.role != seen:
        raise Stale
    if not membership.is_active:
        raise ValidationError({"role": "Whoever was removed has no role; add them to the team again."})
    if role != Membership.Role.ADMINISTRATOR:
        _keep_an_administrator(membership)
    membership.role = role
    membership.save(update_fields=["role"])
    return membership


@transaction.atomic
def remove_member(*, membership: Membership, by: Any) -> Membership:
    """Close the account to a member, from their next click on. Raises PermissionDenied, LastAdministrator."""
    membership = _of_another(membership, by)
    _keep_an_administrator(membership)
    membership.is_active = False
    membership.save(update_fields=["is_active"])
    return membership


@transaction.atomic
def ask_for_second_factor(*, account: Account, required: bool, by: Any) -> Account:
    """Ask every member for a second factor, or leave it to each again.

    Raises ValidationError for an administrator who has none: they would be the first to be led away.
    """
    if not second_factor.is_on(by):
        raise ValidationError("Switch on your own second factor first: user menu, Security.")
    account.requires_second_factor = required
    account.save(update_fields=["requires_second_factor"])
    return account


@transaction.atomic
def last_administrators(memberships: "QuerySet[Membership]") -> list[str]:
    """Why these memberships cannot all end or be demoted: a sentence for each whose account would keep nobody.

    Until the caller's transaction ends nobody else ends one of these accounts'.
    """
    chosen = list(memberships.values_list("pk", flat=True))
    accounts = Account.objects.filter(membership__in=chosen).values("pk")
    list(Account.objects.select_for_update(no_key=True).filter(pk__in=accounts).order_by("pk"))
    administrators = Membership.objects.administrators()
    others = administrators.filter(account=OuterRef("account")).exclude(pk__in=chosen)
    lasts = administrators.filter(~Exists(others), pk__in=chosen).select_related("user", "account")
    words = "{0.user} is the last administrator of {0.account}. Make somebody else administrator first."
    return [words.format(each) for each in lasts.order_by("account__name", "user__username")]


def has_yet_to_sign_in(membership: Membership) -> bool:
    """Whether an administrator may be shown a link of this member: as long as it opens nothing that is theirs."""
    user = membership.user
    return membership.is_active and not (user.has_usable_password() or user.is_staff or user.is_superuser)


def first_link(*, membership: Membership) -> str:
    """The path at which a new member chooses a password: good once, and for as long as links for a new password are.

    Raises PermissionDenied for a member who has a password: an administrator must not be able to take over a log-in.
    """
    elsewhere = Membership.objects.filter(user=membership.user).exclude(pk=membership.pk)
    if not has_yet_to_sign_in(membership) or elsewhere.exists():
        raise PermissionDenied("This log-in is its owner's by now. They ask for a new password on the log-in page.")
    uid = urlsafe_base64_encode(force_bytes(membership.user.pk))
    return reverse("password_reset_confirm", args=[uid, default_token_generator.make_token(membership.user)])


def _locked(account: Account) -> None:
    # The account's row and not its memberships: a member who is being added has no row to lock yet.
    Account.objects.select_for_update(no_key=True).get(pk=account.pk)


def _of_another(membership: Membership, by: Any) -> Membership:
    if membership.user_id == by.pk:
        raise PermissionDenied("Nobody changes their own role or removes themselves. Ask another administrator.")
    _locked(membership.account)
    return Membership.objects.select_related("user", "account").get(pk=membership.pk)


def _keep_an_administrator(membership: Membership) -> None:
    others = Membership.objects.administrators().filter(account=membership.account).exclude(pk=membership.pk)
    if not others.exists():
        raise LastAdministrator
