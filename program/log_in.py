"""The form of the log-in page, with our own words for what did not fit."""

from django.contrib.auth.forms import AuthenticationForm


class LogInForm(AuthenticationForm):
    """One answer to a wrong name, a wrong password and a closed account: it does not tell which accounts there are."""

    error_messages = dict.fromkeys(
        ("invalid_login", "inactive"),
        "This user name and password do not fit together. Check both; capital letters count.",
    )
