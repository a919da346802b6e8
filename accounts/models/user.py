from typing import Any, ClassVar

from django.contrib.auth.models import AbstractUser
from django.contrib.auth.models import UserManager as DjangosUserManager
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Lower
from django.db.models.lookups import Exact

ADDRESS_TAKEN = "Another user has this e-mail address."
NAMED_LIKE_AN_ADDRESS = "A user name with @ must be the user's own e-mail address."


class UserManager(DjangosUserManager["User"]):
    use_in_migrations = False

    def get_by_natural_key(self, username: str | None) -> "User":
        """The user who logs in with this: with @ an e-mail address, otherwise a user name. Raises User.DoesNotExist."""
        typed = username or ""
        found = self.holder_of(typed) if "@" in typed else self.filter(username=typed).first()
        if found is None:
            raise self.model.DoesNotExist
        return found

    def holder_of(self, email: str) -> "User | None":
        """The one user with this e-mail address, in whatever letter case it is written."""
        user = self.alias(folded=Lower("email")).filter(folded=Lower(Value(email))).exclude(email="").first()
        # Python may fold letters otherwise than the database, and failed log-ins are counted by what Python folds.
        return user if user and user.email.lower() == email.lower() else None

    def _create_user(self, username: str, email: str | None, password: str | None, **fields: Any) -> "User":
        """Django's, which validates nothing. Raises ValidationError by field."""
        user = self.model(username=self.model.normalize_username(username), email=self.normalize_email(email), **fields)
        user.set_password(password)
        user.full_clean()
        user.save(using=self._db)
        return user


class User(AbstractUser):
    """Somebody who logs in. The e-mail address belongs to one user, in whatever letter case it is written."""

    is_email_proven = models.BooleanField(
        "e-mail address proven",
        default=False,
        help_text="Whether the user opened a link that was mailed to the address.",
    )

    objects: ClassVar[UserManager] = UserManager()

    class Meta(AbstractUser.Meta):
        constraints = [
            models.UniqueConstraint(
                Lower("email"), condition=~Q(email=""), name="user_email_unique", violation_error_message=ADDRESS_TAKEN
            ),
            models.CheckConstraint(
                condition=~Q(username__contains="@") | Q(Exact(Lower(F("username")), Lower(F("email")))),
                name="user_name_is_nobody_elses_address",
                violation_error_message=NAMED_LIKE_AN_ADDRESS,
            ),
            models.CheckConstraint(
                condition=Q(is_email_proven=False) | ~Q(email=""), name="user_proven_email_is_given"
            ),
        ]

    def clean(self) -> None:
        """Say beside the fields what the constraints say about the whole form."""
        super().clean()
        refusals = {}
        if "@" in self.username and self.username.lower() != self.email.lower():
            refusals["username"] = NAMED_LIKE_AN_ADDRESS
        holder = type(self).objects.holder_of(self.email)
        if holder is not None and holder.pk != self.pk:
            refusals["email"] = ADDRESS_TAKEN
        if refusals:
            raise ValidationError(refusals)
