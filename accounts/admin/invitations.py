"""Invitations in Django admin: how the first administrator of an account joins its team."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse

from accounts.models import Invitation
from accounts.team.invitations import GOOD_FOR, invite, renew_link, revoke
from accounts.throttling.link_limits import may_be_mailed
from common.queue.notify import notify
from common.refusals import Refused
from common.web.links import link
from common.web.refusals import to_form


class InvitationForm(forms.ModelForm):
    """Leaves validation to the service, which the team page uses, too."""

    by: Any = None

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or {}
        if not self.errors:
            try:
                self.instance = invite(by=self.by, **said)
            except Refused as refused:
                to_form(self, refused)
        return said

    def _post_clean(self) -> None:
        """The row already exists."""

    def save(self, commit: bool = True) -> Any:
        return self.instance

    def save_m2m(self) -> None:
        """No row of another table goes with it."""


@admin.register(Invitation)
class InvitationAdmin(admin.ModelAdmin):
    form = InvitationForm
    fields = ("account", "email", "role")
    list_display = ("email", "account", "role", "invited_by", "created_at", "expires_at", "accepted_at", "revoked_at")
    list_filter = (("accepted_at", admin.EmptyFieldListFilter), ("revoked_at", admin.EmptyFieldListFilter), "role")
    list_select_related = ("account", "invited_by")
    search_fields = ("email", "account__name")
    autocomplete_fields = ("account",)
    actions = ("new_link", "take_back")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Opening one changes nothing; actions require the add permission."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, change=change, **kwargs)
        form.by = request.user  # type: ignore[attr-defined]
        return form

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """The service has written it."""

    def response_add(self, request: HttpRequest, obj: Any, post_url_continue: str | None = None) -> HttpResponse:
        return self._send(request, obj)

    @admin.action(description="Make a new link for the selected invitation", permissions=["add"])
    def new_link(self, request: HttpRequest, queryset: "QuerySet[Invitation]") -> HttpResponse | None:
        chosen = list(queryset.open().select_related("account")[:2])  # type: ignore[attr-defined]
        if len(chosen) == 1:
            return self._send(request, chosen[0])
        self.message_user(request, "Select one invitation that is open.", messages.WARNING)
        return None

    @admin.action(description="Take the selected invitations back", permissions=["add"])
    def take_back(self, request: HttpRequest, queryset: "QuerySet[Invitation]") -> None:
        with transaction.atomic():
            chosen = list(queryset.open())  # type: ignore[attr-defined]
            for invitation in chosen:
                revoke(invitation=invitation)
        self.message_user(request, f"{len(chosen)} taken back.", messages.SUCCESS)

    def _send(self, request: HttpRequest, invitation: Invitation) -> HttpResponse:
        if not settings.MAIL_IS_SENT:
            context = {
                **self.admin_site.each_context(request),
                "title": "Invitation",
                "invitation": invitation,
                "link": link(renew_link(invitation=invitation, is_mailed=False)),
                "days": GOOD_FOR.days,
            }
            return TemplateResponse(
                request, "admin/invitation_link.html", context, headers={"Cache-Control": "no-store"}
            )
        if may_be_mailed(invitation):
            notify("accounts.send_invitation", invitation.pk)
            self.message_user(request, f"An invitation is being sent to {invitation.email}.", messages.SUCCESS)
        else:
            self.message_user(request, "Three were sent within an hour. No more are sent.", messages.ERROR)
        return redirect("admin:accounts_invitation_changelist")
