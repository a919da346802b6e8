"""Forms of signing in. Whatever asks for a password counts the wrong ones, as the log-in page does."""

from typing import Any, ClassVar

from django import forms
from django.contrib.auth import authenticate
from django.contrib.auth.forms import PasswordChangeForm, PasswordResetForm, SetPasswordForm
from django.core.exceptions import ValidationError
from django.http import HttpRequest

from accounts.second_factor.services import use_code
from accounts.throttling.link_limits import may_be_sent
from accounts.throttling.lock_out import count_failure, has_logged_in_from
from common.queue.notify import notify
from common.refusals import Refused
from common.web.field_messages import Worded
from common.web.refusals import to_validation

NEW_PASSWORD = {"new_password1": "a new password", "new_password2": "the new password again"}
NOT_YOURS = "This is not your password. Check it; capital letters count."


class CodeForm(Worded):
    """The second step of logging in. A wrong code counts as a wrong password does."""

    code = forms.CharField(label="Code", max_length=40)

    def __init__(self, request: HttpRequest, user: Any, *args: Any, recovery: bool = False, **options: Any) -> None:
        super().__init__(*args, **options)
        self.request, self.user, self.device = request, user, None
        field = self.fields["code"]
        field.widget.attrs |= {"autofocus": True, "autocomplete": "one-time-code", "spellcheck": "false"}
        field.error_messages["required"] = "Type the code."
        if recovery:
            field.label = "Recovery code"
            field.help_text = "One of the ten that you stored when you switched the second factor on. Each works once."
            field.widget.attrs |= {"autocomplete": "off", "autocapitalize": "off"}
        else:
            field.help_text = "The six digits that your app shows for Brandboard."
            field.widget.attrs["inputmode"] = "numeric"

    def clean_code(self) -> str:
        code: str = self.cleaned_data["code"]
        try:
            is_known = has_logged_in_from(self.request, self.user)
            self.device = use_code(user=self.user, code=code, is_known_address=is_known)
        except Refused as refused:
            if refused.has("wrong"):
                count_failure(self.request, self.user)
            raise to_validation(refused) from None
        return code


class PasswordForm(Worded):
    """Asks for the password again before something that a stolen session must not do."""

    password = forms.CharField(
        label="Your password",
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )

    def __init__(self, request: HttpRequest, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.request = request

    def clean_password(self) -> str:
        return checked(self.request, self.cleaned_data["password"])


class SwitchOnForm(PasswordForm):
    code = forms.CharField(
        label="Code",
        max_length=40,
        help_text="The six digits that the app shows now.",
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code"}),
    )


class PasswordAndCodeForm(PasswordForm):
    """Both factors again. The code is looked at only once the password is right: it can be used once."""

    code = forms.CharField(
        label="Code",
        max_length=40,
        help_text="The six digits that your app shows, or a recovery code.",
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "spellcheck": "false"}),
    )

    def clean_code(self) -> str:
        code: str = self.cleaned_data["code"]
        if "password" in self.cleaned_data:
            try:
                is_known = has_logged_in_from(self.request, self.request.user)
                use_code(user=self.request.user, code=code, is_known_address=is_known)
            except Refused as refused:
                if refused.has("wrong"):
                    count_failure(self.request, self.request.user)
                raise to_validation(refused) from None
        return code


class ChangePasswordForm(Worded, PasswordChangeForm):
    """Django's, with the wrong old passwords counted."""

    asks: ClassVar = {"old_password": "your present password", **NEW_PASSWORD}

    def __init__(self, *args: Any, request: HttpRequest, **options: Any) -> None:
        super().__init__(*args, **options)
        self.request = request

    def clean_old_password(self) -> str:
        return checked(self.request, self.cleaned_data["old_password"])


class ChoosePasswordForm(Worded, SetPasswordForm):  # type: ignore[type-arg]
    """Django's, which would also write back an address that somebody else has taken meanwhile."""

    asks: ClassVar = NEW_PASSWORD

    def save(self, commit: bool = True) -> Any:
        user = super().save(commit=False)
        user.save(update_fields=["password"])
        return user


class NewLogInForm(Worded):
    """What somebody who accepts an invitation chooses."""

    asks: ClassVar = {"password2": "the password again"}

    username = forms.CharField(
        label="User name", max_length=150, widget=forms.TextInput(attrs={"autocomplete": "username"})
    )
    name = forms.CharField(
        label="Your name", max_length=120, required=False, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    password1 = forms.CharField(
        label="Password", strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "new-password"})
    )
    password2 = forms.CharField(
        label="Password again", strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "new-password"})
    )

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or {}
        if {"password1", "password2"} <= said.keys() and said["password1"] != said["password2"]:
            self.add_error("password2", "The two passwords differ.")
        return said


class AskForLinkForm(Worded, PasswordResetForm):
    """Asks a worker to send the link, so that the page takes equally long for an unknown address."""

    email = forms.EmailField(
        label="E-mail", max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "email", "autofocus": True})
    )

    def save(self, *args: Any, request: HttpRequest | None = None, **options: Any) -> None:
        assert request is not None
        email = self.cleaned_data["email"]
        if may_be_sent(request, email):
            notify("accounts.send_password_link", email)


def checked(request: HttpRequest, password: str) -> str:
    """The signed-in user's password, as it is; raises ValidationError for another one, and counts it."""
    if authenticate(request, username=request.user.get_username(), password=password) is None:
        raise ValidationError(NOT_YOURS, code="wrong")
    return password
