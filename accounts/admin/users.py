"""Users in Django admin: with an e-mail address from the start, and actions for users who are locked out."""

from collections.abc import Iterable
from functools import reduce
from operator import or_
from typing import Any

from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import UserChangeForm
from django.db.models import PROTECT, Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest
from django_otp.plugins.otp_static.models import StaticDevice
from django_otp.plugins.otp_totp.models import TOTPDevice

from accounts.admin.members import KeepsAdministrators, refuse
from accounts.admin.parts import OneByOne
from accounts.audit.log import has_changed_something, record
from accounts.models import Membership, User
from accounts.second_factor.services import switch_off
from accounts.throttling.lock_out import unlock

# Their pages would show the secrets of other users' apps.
admin.site.unregister([TOTPDevice, StaticDevice])


_STAYS = (
    "{0} has published or changed something, which stays under that name. Instead of deleting {0}, uncheck Active on "
    "the user’s page: {0} can then no longer log in."
)


class AccountUserForm(UserChangeForm):
    def clean_is_active(self) -> bool:
        is_active: bool = self.cleaned_data["is_active"]
        if not is_active:
            refuse(Membership.objects.filter(user=self.instance.pk))
        return is_active


@admin.register(User)
class AccountUserAdmin(KeepsAdministrators, OneByOne, UserAdmin):
    """A password is reset by the user's own link; a second factor can only be reset here."""

    form = AccountUserForm
    filter_horizontal = ()  # its two boxes have search fields that a screen reader cannot tell apart
    readonly_fields = ("is_email_proven",)
    fieldsets = tuple(
        (title, {**more, "fields": (*more["fields"], "is_email_proven")} if "email" in more["fields"] else more)
        for title, more in UserAdmin.fieldsets or ()
    )
    add_fieldsets = (*UserAdmin.add_fieldsets, (None, {"classes": ("wide",), "fields": ("email",)}))
    actions = ("reset_second_factor", "unlock")

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        if "email" in form.changed_data:
            obj.is_email_proven = False  # somebody else typed it
        super().save_model(request, obj, form, change)

    def memberships_of(self, rows: Iterable[Any]) -> "QuerySet[Membership]":
        return Membership.objects.filter(user__in=[row.pk for row in rows])

    def get_deleted_objects(self, rows: Iterable[Any], request: HttpRequest) -> tuple[Any, ...]:
        deleted, counts, forbidden, protected = super().get_deleted_objects(rows, request)
        named = User.objects.filter(pk__in=[row.pk for row in rows]).filter(_is_named())
        refusals = [_STAYS.format(user.get_username()) for user in named.order_by("username")]
        if refusals:  # what is forbidden would hide the way out, and nothing is deleted anyway
            return deleted, counts, set(), [*refusals, *protected]
        return deleted, counts, forbidden, protected

    @admin.action(description="Reset the second factor of the selected users", permissions=["change"])
    def reset_second_factor(self, request: HttpRequest, queryset: "QuerySet[User]") -> None:
        users = [user for user in queryset if switch_off(user=user)]
        names = [user.get_username() for user in users]
        for user in users:
            words = f"reset the second factor of {user.get_username()}"
            self._record(request, "SECOND_FACTOR_RESET", words, user)
        if names:
            words = f"Logs in with a password alone from now on: {', '.join(names)}."
            self.message_user(request, words, messages.SUCCESS)
        else:
            self.message_user(request, "None of these users has a second factor.", messages.WARNING)

    @admin.action(description="Unlock the selected users after failed log-ins", permissions=["change"])
    def unlock(self, request: HttpRequest, queryset: "QuerySet[User]") -> None:
        users = [user for user in queryset if unlock(user.get_username())]
        names = [user.get_username() for user in users]
        for user in users:
            self._record(request, "UNLOCKED", f"unlocked {user.get_username()}", user)
        words = f"Unlocked: {', '.join(names)}." if names else "None of these users had a failed log-in."
        self.message_user(request, words, messages.SUCCESS if names else messages.WARNING)

    def _record(self, request: HttpRequest, event: str, words: str, user: User) -> None:
        """Recorded in the log of the user's accounts, under the administrator's name."""
        record(event=event, words=words, user=user, who=request.user.get_username(), request=request)


def _is_named() -> Q:
    """Of users: whether the audit log, or a row that keeps its user for good, says what they did."""
    keys: list[Any] = list(User._meta.get_fields(include_hidden=True))
    rows = (
        key.related_model.objects.filter(**{key.field.name: OuterRef("pk")})
        for key in keys
        if getattr(key, "on_delete", None) is PROTECT
    )
    return reduce(or_, map(Exists, rows), Q(has_changed_something()))
