"""Invitations into the team of an account, which reveal nothing about who has a log-in. An address gets the same answer
whether it has a log-in here or not, and no log-in is created for it before somebody with the link creates one.
"""

import hashlib
import secrets
from dataclasses import replace
from datetime import timedelta
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import PermissionDenied
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from accounts.audit.actor import Actor, audit_actor, current_actor
from accounts.audit.log import record
from accounts.models import Account, AuditEntry, Invitation, Membership, User
from accounts.sign_in.addresses import prove_email, release_email
from common.db.constraints import again_when_taken
from common.refusals import Refusal, Refused
from common.web.refusals import as_refused

GOOD_FOR = timedelta(days=7)
GONE = "This invitation was accepted or taken back meanwhile."
HAS_LOG_IN = "There is a log-in with this e-mail address. Log in with it to accept."


@transaction.atomic
def invite(*, account: Account, email: str, role: str, by: Any) -> Invitation:
    """Invite somebody into the team; an earlier invitation of the same address gets this role. Its link is made by
    `renew_link`. Raises Refused for an invalid address or role, and for a member.
    """
    Account.objects.select_for_update(no_key=True).get(pk=account.pk)
    email = email.strip().lower()
    with as_refused("email"):
        validate_email(email)
    if role not in Membership.Role.values:
        raise Refused(Refusal("role", "This is not a valid role."))
    members = Membership.objects.active().filter(account=account)
    member = members.filter(Q(user__username__iexact=email) | Q(user__email__iexact=email)).first()
    if member is not None:
        raise Refused(Refusal("email", f"The team has {member.user.get_username()} already.", "taken"))
    invitation = Invitation.objects.open().filter(account=account, email=email).first()
    if invitation is None:
        return Invitation.objects.create(account=account, email=email, role=role, invited_by=by)
    invitation.role, invitation.invited_by = role, by
    invitation.save(update_fields=["role", "invited_by"])
    return invitation


@transaction.atomic
def renew_link(*, invitation: Invitation, is_mailed: bool) -> str:
    """Return the path of a new link, good for seven days; earlier ones are void. It is not stored.

    `is_mailed` says that nobody but the reader of the address's mail gets it. Raises PermissionDenied for an invitation
    that is not open any more.
    """
    invitation = _open(invitation.pk)
    token = secrets.token_urlsafe(32)
    invitation.token_hash, invitation.is_mailed = _hash(token), is_mailed
    invitation.expires_at = timezone.now() + GOOD_FOR
    invitation.save(update_fields=["token_hash", "is_mailed", "expires_at"])
    words = f"made {'and mailed ' if is_mailed else ''}a link for the invitation of {invitation.email}"
    record(event="INVITATION_LINK", words=words, account=invitation.account)
    return reverse("invitation", args=[token])


@transaction.atomic
def revoke(*, invitation: Invitation) -> None:
    """Take an invitation back: its link opens nothing from then on. Raises PermissionDenied for one no longer open."""
    invitation = _open(invitation.pk)
    invitation.revoked_at, invitation.token_hash = timezone.now(), ""
    invitation.save(update_fields=["revoked_at", "token_hash"])


def invitation_of(token: str) -> Invitation | None:
    """The open invitation that a link leads to; None for any other link, one that has expired among them."""
    found = Invitation.objects.open().select_related("account").filter(token_hash=_hash(token)).first()
    return None if found is None or found.has_expired else found


@transaction.atomic
def accept(*, token: str, user: User) -> Membership:
    """Make the accepting user a member; a removed member returns, and a present one keeps their role. A mailed link
    proves the user's own address.

    Raises PermissionDenied where the link no longer works.
    """
    Account.objects.select_for_update(no_key=True).filter(invitation__token_hash=_hash(token)).first()
    invitation = invitation_of(token)
    if invitation is None:
        raise PermissionDenied(GONE)
    invitation.accepted_at, invitation.accepted_by, invitation.token_hash = timezone.now(), user, ""
    invitation.save(update_fields=["accepted_at", "accepted_by", "token_hash"])
    values = {"role": invitation.role}
    if invitation.is_mailed and not user.is_email_proven and user.email.lower() == invitation.email:
        prove_email(user=user)
    membership, is_new = Membership.objects.get_or_create(account=invitation.account, user=user, defaults=values)
    if not is_new and not membership.is_active:
        membership.role, membership.is_active = invitation.role, True
        membership.save(update_fields=["role", "is_active"])
    words = f"accepted the invitation of {invitation.email}"
    record(event="JOINED", words=words, user=user, account=invitation.account)
    return membership


@again_when_taken  # somebody else may choose the same name at the same moment
@transaction.atomic
def accept_as_new(*, token: str, username: str, name: str, password: str) -> User:
    """Create a log-in for the holder of the link, and make it a member. Returns the user.

    The holder of a mailed link owns the address, unless another log-in has proven it before. A link that was shown and
    not mailed proves nothing about the address: no log-in may be named like one, and the new log-in gets it only where
    nobody has it. Raises PermissionDenied where the link no longer works, and Refused by field.
    """
    invitation = invitation_of(token)
    if invitation is None:
        raise PermissionDenied(GONE)
    username = username.strip()
    if "@" in username and not (invitation.is_mailed and username.lower() == invitation.email):
        raise Refused(Refusal("username", "Choose a user name that is not an e-mail address."))
    holder = User.objects.holder_of(invitation.email)
    email = invitation.email if holder is None or invitation.is_mailed else ""
    first, _, last = " ".join(name.split()).partition(" ")
    user = User(username=username, email=email, is_email_proven=invitation.is_mailed, first_name=first, last_name=last)
    with as_refused("password1"):
        validate_password(password, user)
    user.set_password(password)
    actor = current_actor() or Actor(who="", source=AuditEntry.Source.PAGE)
    with audit_actor(replace(actor, who=username)):  # the actor had no name before this
        if holder is not None and email and not release_email(user=holder):
            raise Refused(HAS_LOG_IN)
        if User.objects.filter(username__iexact=username).exists():
            words = "A log-in with this name already exists. Log in with it to accept, or choose another name."
            raise Refused(Refusal("username", words, "taken"))
        with as_refused():
            user.full_clean()
        user.save(force_insert=True)
        accept(token=token, user=user)
    return user


def _open(pk: int) -> Invitation:
    invitation = Invitation.objects.open().select_for_update(of=("self",)).filter(pk=pk).first()
    if invitation is None:
        raise PermissionDenied(GONE)
    return invitation


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
