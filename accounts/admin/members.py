"""Memberships in Django admin: not even there does an account lose its last administrator."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest

from accounts.admin.parts import NamedFormSet, NamedInline, OneByOne
from accounts.models import Membership
from accounts.team.services import last_administrators


class KeepsAdministrators:
    """An admin whose rows take memberships along when they are deleted: one by one, or those that are ticked."""

    def memberships_of(self, rows: Iterable[Any]) -> "QuerySet[Membership]":
        return Membership.objects.filter(pk__in=[row.pk for row in rows])

    def get_deleted_objects(self, rows: Iterable[Any], request: HttpRequest) -> tuple[Any, ...]:
        deleted, counts, forbidden, protected = super().get_deleted_objects(rows, request)  # type: ignore[misc]
        return deleted, counts, forbidden, [*protected, *last_administrators(self.memberships_of(rows))]


class MembershipForm(forms.ModelForm):
    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        stays = cleaned.get("role") == Membership.Role.ADMINISTRATOR and cleaned.get("is_active")
        if self.instance.pk and not stays:
            refuse(Membership.objects.filter(pk=self.instance.pk))
        return cleaned


class MembershipFormSet(NamedFormSet):
    """All members of an account at once: an administrator appointed in the same step counts."""

    def clean(self) -> None:
        super().clean()
        stays = [form for form in self.forms if not self._should_delete_form(form) and _administers(form)]  # type: ignore[attr-defined]
        if not stays:
            refuse(Membership.objects.filter(account=self.instance.pk))


class OnlyByInvitation:
    """Members cannot be added here either: they join by accepting an invitation."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class MembershipInline(OnlyByInvitation, NamedInline):
    model = Membership
    formset = MembershipFormSet
    readonly_fields = ("user",)


@admin.register(Membership)
class MembershipAdmin(OnlyByInvitation, KeepsAdministrators, OneByOne):
    form = MembershipForm
    list_display = ("user", "account", "role", "is_active")
    list_filter = ("role", "is_active")
    list_select_related = ("user", "account")
    search_fields = ("user__username", "user__email", "account__name")
    readonly_fields = ("user", "account")


def refuse(memberships: "QuerySet[Membership]") -> None:
    """Raise ValidationError where these memberships cannot all end."""
    if sentences := last_administrators(memberships):
        raise ValidationError(sentences)


def _administers(form: Any) -> bool:
    said = getattr(form, "cleaned_data", {})
    is_one = said.get("role") == Membership.Role.ADMINISTRATOR and said.get("is_active")
    return bool(is_one and form.instance.user.is_active)
