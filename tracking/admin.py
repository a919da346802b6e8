"""Django admin of orders and changes: read-only. Held conversions and refused changes can be tried again."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest

from common.queue.notify import notify
from contracts.admin import HistoryAdmin
from tracking.modifications.new_modifications import retry_modifications
from tracking.pricing.batch import retry_conversions

from . import tasks
from .models import (
    Action,
    ActionItem,
    ActionUpdate,
    CheckedStatus,
    Conversion,
    LimitCounter,
    Modification,
    StatusCheck,
    TouchedDay,
    Upload,
    UploadError,
)


class HistoryInline(admin.TabularInline):
    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Conversion)
class ConversionAdmin(HistoryAdmin):
    list_display = ("batch_id", "program", "event_type", "order_id", "event_date", "source", "state", "reason")
    list_filter = ("state", "reason", "source", "is_test", "program")
    list_select_related = ("program", "event_type")
    search_fields = ("=order_id",)
    actions = ("try_again",)

    @admin.action(description="Try the selected conversions again", permissions=["view"])
    def try_again(self, request: HttpRequest, queryset: QuerySet[Conversion]) -> None:
        """Price the held and quarantined ones again."""
        again = 0
        for program, ids in _by_program(queryset).items():
            again += retry_conversions(ids, program=program)
            notify(tasks.price, program.pk)
        self.message_user(request, f"{again} conversions are waiting for a worker again.", messages.SUCCESS)


@admin.register(Modification)
class ModificationAdmin(HistoryAdmin):
    list_display = ("id", "program", "event_type", "order_id", "modification_date", "source", "state", "reason")
    list_filter = ("state", "reason", "source", "program")
    list_select_related = ("program", "event_type")
    search_fields = ("=order_id",)
    actions = ("try_again",)

    @admin.action(description="Try the selected modifications again", permissions=["view"])
    def try_again(self, request: HttpRequest, queryset: QuerySet[Modification]) -> None:
        """Have those that were refused applied again."""
        again = 0
        for program, ids in _by_program(queryset).items():
            again += retry_modifications(ids, program=program)
            notify(tasks.apply_modifications, program.pk)
        self.message_user(request, f"{again} modifications are waiting for a worker again.", messages.SUCCESS)


@admin.register(LimitCounter)
class LimitCounterAdmin(HistoryAdmin):
    list_display = ("template_terms", "partner", "event_type", "what", "limit_by", "period", "period_key", "value")
    list_filter = ("what", "limit_by", "period", "program")
    list_select_related = ("template_terms", "partner", "event_type")


class ActionItemInline(HistoryInline):
    model = ActionItem
    fields = ("index", "sku", "name", "category", "quantity", "sale_amount", "payout")


class ActionUpdateInline(HistoryInline):
    model = ActionUpdate
    fields = ("number", "disposition", "update_date", "delta_amount", "delta_payout", "state", "source", "what")


@admin.register(Action)
class ActionAdmin(HistoryAdmin):
    list_display = (
        "action_id", "order_id", "partner", "event_type", "event_date", "state", "amount", "payout", "currency",
        "customer_status_category", "group_name",
    )  # fmt: skip
    list_filter = ("state", "is_test", "is_restricted", "customer_status_category", "program")
    list_select_related = ("partner", "event_type")
    search_fields = ("=order_id", "=promo_code", "=customer__customer_id", "=partner__media_partner_id")
    show_full_result_count = False
    inlines = (ActionItemInline, ActionUpdateInline)


@admin.register(ActionUpdate)
class ActionUpdateAdmin(HistoryAdmin):
    list_display = ("action", "number", "disposition", "update_date", "delta_amount", "delta_payout", "state", "source")
    list_filter = ("disposition", "source", "program")
    list_select_related = ("action",)
    search_fields = ("=action__order_id",)
    ordering = ("-id",)
    show_full_result_count = False


@admin.register(TouchedDay)
class TouchedDayAdmin(HistoryAdmin):
    list_display = ("day", "partner", "event_type", "program")
    list_filter = ("program",)
    list_select_related = ("partner", "event_type", "program")
    ordering = ("-id",)


@admin.register(StatusCheck)
class StatusCheckAdmin(HistoryAdmin):
    list_display = ("filename", "state", "rows", "program", "user", "created_at")
    list_filter = ("state", "program")
    list_select_related = ("program", "user")
    search_fields = ("filename",)
    exclude = ("csv", "xlsx")

    def get_queryset(self, request: HttpRequest) -> QuerySet[StatusCheck]:
        return super().get_queryset(request).defer("csv", "xlsx")


@admin.register(CheckedStatus)
class CheckedStatusAdmin(HistoryAdmin):
    list_display = ("action", "verdict", "code", "sent", "by_history", "payout", "right_payout", "currency")
    list_filter = ("verdict", "program")
    list_select_related = ("action",)
    show_full_result_count = False


@admin.register(Upload)
class UploadAdmin(HistoryAdmin):
    list_display = ("filename", "kind", "state", "rows", "program", "user", "created_at")
    list_filter = ("kind", "state", "program")
    list_select_related = ("program", "user")
    search_fields = ("filename",)
    exclude = ("content",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Upload]:
        return super().get_queryset(request).defer("content")


@admin.register(UploadError)
class UploadErrorAdmin(HistoryAdmin):
    list_display = ("upload", "row", "field", "message")
    list_filter = ("program",)
    list_select_related = ("upload",)
    search_fields = ("message", "upload__filename")

    def get_queryset(self, request: HttpRequest) -> QuerySet[UploadError]:
        return super().get_queryset(request).defer("upload__content")


def _by_program(rows: Any) -> dict[Any, list[int]]:
    ids: dict[Any, list[int]] = {}
    for row in rows.select_related("program"):
        ids.setdefault(row.program, []).append(row.pk)
    return ids
