"""The team of an account: who belongs to it, and in which role.

Each write locks the account's memberships first, so that two administrators who demote each other at the same moment
leave one.
"""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from accounts.models import Account, Invitation, Membership
from accounts.second_factor import services as second_factor
from common.db.edits import Stale
from common.refusals import Refusal, Refused

LAST = "This is the last administrator of the account. Make somebody else administrator first."


@transaction.atomic
def change_role(*, membership: Membership, role: str, by: Any, seen: str | None = None) -> Membership:
    """Give a member another role.

    Raises PermissionDenied for one's own, Refused, and Stale unless the member still has
    the role `seen`, where one is given.
    """
    if role not in Membership.Role.values:
        raise Refused(Refusal("role", "This is not a valid role."))
    membership = _of_another(membership, by)
    if seen and membership.role != seen:
        raise Stale
    if not membership.is_active:
        raise Refused(Refusal("role", "A member who was removed has no role; invite them again."))
    if role != Membership.Role.ADMINISTRATOR:
        _keep_an_administrator(membership)
        _void_links(membership)
    membership.role = role
    membership.save(update_fields=["role"])
    return membership


@transaction.atomic
def remove_member(*, membership: Membership, by: Any) -> Membership:
    """Remove a member, whose next request is refused. Raises PermissionDenied, Refused."""
    membership = _of_another(membership, by)
    _keep_an_administrator(membership)
    _void_links(membership)
    membership.is_active = False
    membership.save(update_fields=["is_active"])
    return membership


@transaction.atomic
def ask_for_second_factor(*, account: Account, required: bool, by: Any) -> Account:
    """Ask every member for a second factor, or leave it to each again.

    Raises Refused for an administrator who has none: they would be locked out first.
    """
    if not second_factor.is_on(by):
        raise Refused("Switch on your own second factor first: user menu, Security.")
    account.requires_second_factor = required
    account.save(update_fields=["requires_second_factor"])
    return account


@transaction.atomic
def last_administrators(memberships: "QuerySet[Membership]") -> list[str]:
    """Why these memberships cannot all end or be demoted: a sentence for each whose account would keep nobody.

    Until the caller's transaction ends no other membership of these accounts can end.
    """
    chosen = list(memberships.values_list("pk", flat=True))
    accounts = Account.objects.filter(membership__in=chosen).values("pk")
    list(Account.objects.select_for_update(no_key=True).filter(pk__in=accounts).order_by("pk"))
    administrators = Membership.objects.administrators()
    others = administrators.filter(account=OuterRef("account")).exclude(pk__in=chosen)
    lasts = administrators.filter(~Exists(others), pk__in=chosen).select_related("user", "account")
    words = "{0.user} is the last administrator of {0.account}. Make somebody else administrator first."
    return [words.format(each) for each in lasts.order_by("account__name", "user__username")]


def _locked(account: Account) -> None:
    # The account's row and not its memberships: a member who is being added has no row to lock yet.
    Account.objects.select_for_update(no_key=True).get(pk=account.pk)


def _of_another(membership: Membership, by: Any) -> Membership:
    if membership.user_id == by.pk:
        raise PermissionDenied("You cannot change your own role or remove yourself. Ask another administrator.")
    _locked(membership.account)
    return Membership.objects.select_related("user", "account").get(pk=membership.pk)


def _void_links(membership: Membership) -> None:
    """Void the links of invitations that an administrator made or was shown: they would let a removed administrator
    back in.

    The invitations stay, and another administrator makes new links.
    """
    if membership.role != Membership.Role.ADMINISTRATOR:
        return
    known = Q(invited_by=membership.user_id) | Q(is_mailed=False)
    links = Invitation.objects.open().filter(known, account=membership.account_id).exclude(token_hash="")
    links.update(token_hash="", expires_at=timezone.now())


def _keep_an_administrator(membership: Membership) -> None:
    others = Membership.objects.administrators().filter(account=membership.account).exclude(pk=membership.pk)
    if not others.exists():
        raise Refused(Refusal("", LAST, "last"))
