"""Accounts, their API tokens and the audit log in Django admin."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest

from accounts.admin.members import MembershipInline
from accounts.admin.parts import FixedAdmin, ReadOnly, ValuesFilter
from accounts.api_tokens import revoke_api_token
from accounts.models import Account, ApiToken, AuditEntry


@admin.register(Account)
class AccountAdmin(FixedAdmin):
    list_display = ("name", "sid", "created_at")
    search_fields = ("name", "sid")
    fixed = ("sid",)
    readonly_fields = ("requires_second_factor",)  # an administrator of the account decides, on the team page
    inlines = (MembershipInline,)


@admin.register(ApiToken)
class ApiTokenAdmin(admin.ModelAdmin):
    """List and revoke. A token is created on its page, where its secret is shown once."""

    list_display = ("name", "account", "hint", "scope", "created_by", "created_at", "last_used_at", "revoked_at")
    list_filter = ("scope", ("revoked_at", admin.EmptyFieldListFilter))
    list_select_related = ("account", "created_by")
    search_fields = ("name", "hint", "account__name", "account__sid")
    fields = readonly_fields = (
        "account", "name", "scope", "hint", "created_by", "created_at", "last_used_at", "revoked_at",
    )  # fmt: skip
    actions = ("revoke",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @admin.action(description="Revoke the selected tokens", permissions=["change"])
    def revoke(self, request: HttpRequest, tokens: "QuerySet[ApiToken]") -> None:
        count = sum(revoke_api_token(token=token) for token in tokens)
        self.message_user(request, f"{count} revoked.", messages.SUCCESS)


@admin.register(AuditEntry)
class AuditEntryAdmin(ReadOnly, admin.ModelAdmin):
    """The log of all accounts, and events of none, such as log-ins with an unknown name."""

    list_display = ("at", "account", "who", "source", "address", "event", "noun", "label", "count")
    list_filter = ("source", ("event", ValuesFilter), ("noun", ValuesFilter), "account")
    list_select_related = ("account",)
    search_fields = ("who", "texts__content", "address")
    exclude = ("digests",)
    readonly_fields = ("label", "changes")
    show_full_result_count = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[AuditEntry]:
        return super().get_queryset(request).prefetch_related("texts")
