"""The form of the log-in page, with our own error messages."""

from typing import Any, ClassVar

from django.contrib.auth.forms import AuthenticationForm

from common.web.field_messages import Worded


class LogInForm(Worded, AuthenticationForm):
    """One answer to a wrong name, a wrong password and a closed account: it does not tell which accounts there are."""

    asks: ClassVar = {"username": "your user name", "password": "your password"}
    error_messages = dict.fromkeys(
        ("invalid_login", "inactive"),
        "Incorrect username or password. Capital letters count.",
    )

    def clean(self) -> dict[str, Any]:
        """Do not look up a name longer than any: the table of failures cannot hold it."""
        if len(self.cleaned_data.get("username", "")) > self.fields["username"].max_length:  # type: ignore[attr-defined]
            raise self.get_invalid_login_error()
        cleaned: dict[str, Any] = super().clean()
        return cleaned
