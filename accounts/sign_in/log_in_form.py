"""The form of the log-in page, with our own words for what did not fit."""

from typing import Any

from django.contrib.auth.forms import AuthenticationForm


class LogInForm(AuthenticationForm):
    """One answer to a wrong name, a wrong password and a closed account: it does not tell which accounts there are."""

    error_messages = dict.fromkeys(
        ("invalid_login", "inactive"),
        "This user name and password do not fit together. Check both; capital letters count.",
    )

    def clean(self) -> dict[str, Any]:
        """Look for nobody whose name is longer than any: the table of failures has no room for it."""
        if len(self.cleaned_data.get("username", "")) > self.fields["username"].max_length:  # type: ignore[attr-defined]
            raise self.get_invalid_login_error()
        cleaned: dict[str, Any] = super().clean()
        return cleaned
