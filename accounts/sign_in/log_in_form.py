"""The form of the log-in page, with our own error messages."""

from datetime import timedelta
from typing import Any, ClassVar

from django import forms
from django.conf import settings
from django.contrib.auth.forms import AuthenticationForm, UsernameField

from accounts.models import User
from common.web.field_messages import Worded

LOCKED_FOR = settings.AXES_COOLOFF_TIME // timedelta(minutes=1)
LONGEST = User._meta.get_field("email").max_length or 0


class LogInForm(Worded, AuthenticationForm):
    """One answer to a wrong name, a wrong password and a closed account: it does not tell which accounts there are."""

    username = UsernameField(label="Username or e-mail", widget=forms.TextInput(attrs={"autofocus": True}))
    asks: ClassVar = {"username": "your user name or e-mail address", "password": "your password"}
    error_messages = dict.fromkeys(
        ("invalid_login", "inactive"),
        "Incorrect username or password. Capital letters count. "
        f"{settings.AXES_FAILURE_LIMIT} failures lock a log-in for {LOCKED_FOR} minutes.",
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["username"].widget.attrs["maxlength"] = LONGEST  # Django sets that of a user name

    def clean(self) -> dict[str, Any]:
        """Do not look up a name longer than any: the table of failures cannot hold it."""
        if len(self.cleaned_data.get("username", "")) > LONGEST:
            raise self.get_invalid_login_error()
        cleaned: dict[str, Any] = super().clean()
        return cleaned
