from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from .account import Account, Membership


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def open(self) -> "InvitationQuerySet":
        """Those that nobody has accepted or taken back; their link may have expired."""
        return self.filter(accepted_at=None, revoked_at=None)


class Invitation(models.Model):
    """An invitation into the team of an account; the person joins only by accepting it.

    Only the SHA-256 of the link's token is kept. The address is never looked up, so an invitation reveals nothing about
    other accounts.
    """

    account = models.ForeignKey(Account, on_delete=models.CASCADE)
    email = models.EmailField("e-mail address", max_length=150)
    role = models.CharField(max_length=13, choices=Membership.Role, default=Membership.Role.VIEWER)
    token_hash = models.CharField(max_length=64, blank=True, editable=False)
    is_mailed = models.BooleanField(
        default=False, editable=False, help_text="Whether only the reader of the address's mail has the link."
    )
    invited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, editable=False, related_name="+"
    )
    accepted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, editable=False, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    expires_at = models.DateTimeField(null=True, editable=False)
    accepted_at = models.DateTimeField(null=True, editable=False)
    revoked_at = models.DateTimeField(null=True, editable=False)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        ordering = ["email", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["account", "email"],
                condition=Q(accepted_at=None, revoked_at=None),
                name="invitation_one_open_per_address",
            ),
            models.UniqueConstraint(fields=["token_hash"], condition=~Q(token_hash=""), name="invitation_token_unique"),
        ]

    def __str__(self) -> str:
        return f"{self.email} to {self.account}"

    @property
    def has_expired(self) -> bool:
        return self.expires_at is None or self.expires_at <= timezone.now()
