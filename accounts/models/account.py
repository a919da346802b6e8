from django.conf import settings
from django.db import models
from django.utils import timezone


class Account(models.Model):
    """A brand: its members sign in, its shop calls the API, and it pays partners."""

    sid = models.CharField("account SID", max_length=40, unique=True)
    name = models.CharField(max_length=120)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    requires_second_factor = models.BooleanField(
        default=False,
        db_default=False,  # a release that does not know the column still makes accounts
        help_text="Whether nothing opens to members before they have switched a second factor on.",
    )

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class MembershipQuerySet(models.QuerySet["Membership"]):
    def active(self) -> "MembershipQuerySet":
        """Memberships that give access; removed members stay listed and have none."""
        return self.filter(is_active=True)

    def administrators(self) -> "MembershipQuerySet":
        """Those who can sign in and may do everything."""
        return self.active().filter(role=Membership.Role.ADMINISTRATOR, user__is_active=True)


class Membership(models.Model):
    """A user in the team of an account; accounts/team/roles.py says what the role may do."""

    class Role(models.TextChoices):
        VIEWER = "VIEWER", "Viewer"
        EDITOR = "EDITOR", "Editor"
        FINANCE = "FINANCE", "Finance"
        ADMINISTRATOR = "ADMINISTRATOR", "Administrator"

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    account = models.ForeignKey(Account, on_delete=models.CASCADE)
    role = models.CharField(max_length=13, choices=Role, default=Role.VIEWER)
    is_active = models.BooleanField("active", default=True, help_text="Off for members who were removed from the team.")
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "account"], name="membership_one_per_user_and_account"),
        ]

    def __str__(self) -> str:
        return f"{self.user} in {self.account}: {self.get_role_display()}"


class ApiToken(models.Model):
    """A credential of an account for the API. Only the SHA-256 of the token is kept; it is shown once, when made."""

    class Scope(models.TextChoices):
        READ = "READ", "Read"
        WRITE = "WRITE", "Read and write"

    account = models.ForeignKey(Account, on_delete=models.CASCADE)
    name = models.CharField(max_length=80)
    scope = models.CharField(max_length=5, choices=Scope, default=Scope.WRITE)
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    hint = models.CharField(max_length=8, editable=False, help_text="The last characters of the token, to tell it by.")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, editable=False, related_name="+"
    )
    last_used_at = models.DateTimeField(null=True, blank=True, editable=False)
    revoked_at = models.DateTimeField(null=True, blank=True, editable=False)

    # Where `token_in_force` found it: the last link of the account's audit log at that moment.
    audit_position = 0

    class Meta:
        ordering = ["-created_at"]
        verbose_name = "API token"

    def __str__(self) -> str:
        return f"{self.name} (…{self.hint})"
