"""Django admin of rollups and exports: read-only, because rollups are recomputed and exports are written by workers."""

from django.contrib import admin

from accounts.admin.parts import ReadOnly
from reports.models import DailyClicks, DailyPerformance, DailyTotal, Export, WeeklyPerformance


@admin.register(DailyPerformance)
class DailyPerformanceAdmin(ReadOnly, admin.ModelAdmin):
    list_display = (
        "day", "program", "partner", "event_type", "customer_status_category", "customer_status", "currency",
        "actions", "action_cost", "revenue",
    )  # fmt: skip
    list_filter = ("program", "customer_status_category", "currency")
    list_select_related = ("program", "partner", "event_type")
    date_hierarchy = "day"


@admin.register(WeeklyPerformance)
class WeeklyPerformanceAdmin(DailyPerformanceAdmin):
    list_display = ("week", *DailyPerformanceAdmin.list_display[1:])
    date_hierarchy = "week"


@admin.register(DailyTotal)
class DailyTotalAdmin(ReadOnly, admin.ModelAdmin):
    list_display = (
        "day", "program", "event_type", "customer_status_category", "customer_status", "currency", "actions",
        "action_cost", "revenue",
    )  # fmt: skip
    list_filter = ("program", "customer_status_category", "currency")
    list_select_related = ("program", "event_type")
    date_hierarchy = "day"


@admin.register(DailyClicks)
class DailyClicksAdmin(ReadOnly, admin.ModelAdmin):
    list_display = (
        "day", "program", "partner", "ad", "impressions", "clicks", "payable_clicks", "bots", "prefetches", "previews",
    )  # fmt: skip
    list_filter = ("program",)
    list_select_related = ("program", "partner", "ad")
    date_hierarchy = "day"


@admin.register(Export)
class ExportAdmin(ReadOnly, admin.ModelAdmin):
    list_display = ("filename", "program", "user", "state", "rows", "attempts", "created_at", "finished_at")
    list_filter = ("program", "state", "handle")
    list_select_related = ("program", "user")
    exclude = ("content",)
