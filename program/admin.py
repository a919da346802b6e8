"""Django admin of what a brand sets up. What published terms, stored orders and credentials rest on is read-only."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest

from accounts.admin.parts import FixedAdmin, NamedInline, ReadOnly, ValuesFilter
from common.refusals import Refused
from common.web.refusals import to_validation
from program.account_pages.landing_domains import read_domains
from program.models import (
    Ad,
    CatalogItem,
    Customer,
    CustomerSegment,
    CustomerStatusMapping,
    CustomerTag,
    EventType,
    ExceptionList,
    ExceptionListItem,
    ExceptionListName,
    ExchangeRate,
    MediaSource,
    Partner,
    PartnerGroup,
    Program,
    PromoCode,
    RateFetch,
    ReceivedValue,
    ReferenceRate,
    TagAct,
)
from program.models.customer import CustomerRevenue, CustomerTagging, CustomerTagName
from program.models.partner import PartnerGroupMember
from program.models.tag_act import TagActChange


class ProgramRowAdmin(FixedAdmin):
    """Rows that belong to a program, which never changes; rows inline belong to the same program."""

    fixed: tuple[str, ...] = ("program",)
    autocomplete_fields = ("program",)
    list_select_related = ("program",)

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        for row in formset.save(commit=False):
            row.program_id = form.instance.program_id
            row.save()
        for row in formset.deleted_objects:
            row.delete()
        formset.save_m2m()


class ProgramAdminForm(forms.ModelForm):
    """Its domains are read as those of the settings page are."""

    def clean_landing_domains(self) -> list[str]:
        try:
            return read_domains("\n".join(self.cleaned_data["landing_domains"]))
        except Refused as refused:
            raise to_validation(refused) from None


@admin.register(Program)
class ProgramAdmin(FixedAdmin):
    """Days, rollups and stored amounts rest on the time zone and the currency: they are chosen once."""

    list_display = ("id", "name", "account", "currency", "time_zone")
    list_display_links = ("id", "name")
    list_filter = ("currency", "time_zone")
    list_select_related = ("account",)
    search_fields = ("=id", "name", "account__name")
    autocomplete_fields = ("account",)
    fixed = ("id", "account", "currency", "time_zone")
    form = ProgramAdminForm


class CustomerStatusMappingInline(ReadOnly, admin.TabularInline):
    model = CustomerStatusMapping
    fields = ("category", "code")
    extra = 0


@admin.register(EventType)
class EventTypeAdmin(ProgramRowAdmin):
    list_display = ("code", "name", "program", "category", "payout_levels", "has_status_mapping", "is_active")
    list_filter = ("category", "is_active", "has_status_mapping", "program")
    search_fields = ("code", "name")
    fixed = ("program", "code")
    readonly_fields = ("has_status_mapping",)  # switched on its page, which shows first what follows
    inlines = (CustomerStatusMappingInline,)


@admin.register(CustomerStatusMapping)
class CustomerStatusMappingAdmin(ReadOnly, admin.ModelAdmin):
    """For searching; a mapping is changed on its page, which asks before it takes effect."""

    list_display = ("code", "category", "event_type", "program")
    list_filter = ("category", "program")
    list_select_related = ("event_type", "program")
    search_fields = ("code", "category")


@admin.register(ReceivedValue)
class ReceivedValueAdmin(ReadOnly, admin.ModelAdmin):
    list_display = ("variable", "value", "day", "orders", "event_type", "program")
    list_filter = ("variable", "program")
    list_select_related = ("event_type", "program")
    search_fields = ("value",)
    date_hierarchy = "day"


class PartnerGroupMemberInline(NamedInline):
    model = PartnerGroupMember
    fields = ("group",)
    autocomplete_fields = ("group",)


@admin.register(Partner)
class PartnerAdmin(ProgramRowAdmin):
    list_display = ("name", "media_partner_id", "program", "country", "email", "channel", "is_active")
    list_filter = ("is_active", "channel", ("country", ValuesFilter), "program")
    search_fields = ("name", "media_partner_id", "email")
    fixed = ("program", "media_partner_id")
    inlines = (PartnerGroupMemberInline,)


@admin.register(PartnerGroup)
class PartnerGroupAdmin(ProgramRowAdmin):
    list_display = ("name", "program")
    list_filter = ("program",)
    search_fields = ("name",)


@admin.register(Ad)
class AdAdmin(ProgramRowAdmin):
    """Its landing page is changed on its page, which compares it with the program's landing domains."""

    list_display = ("name", "id", "program", "kind", "landing_page", "is_active")
    list_filter = ("kind", "is_active", "program")
    search_fields = ("name", "landing_page", "deal", "sku")
    fixed = ("program",)
    readonly_fields = ("landing_page",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(PromoCode)
class PromoCodeAdmin(FixedAdmin):
    """Added on its page, which compares it with the others as orders are compared."""

    list_display = ("code", "use", "partner", "group", "program")
    list_filter = ("use", "program")
    list_select_related = ("partner", "group", "program")
    search_fields = ("code", "partner__name", "partner__media_partner_id")
    autocomplete_fields = ("program", "partner", "group")
    fixed = ("program", "code")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False


@admin.register(MediaSource)
class MediaSourceAdmin(ProgramRowAdmin):
    list_display = ("name", "channel", "program")
    list_filter = ("channel", "program")
    search_fields = ("name",)
    fixed = ("program", "name")


class CustomerTaggingInline(ReadOnly, admin.TabularInline):
    """Tags are put on customers on their pages: an order counts those of its day."""

    model = CustomerTagging
    fields = ("tag", "period", "assigned_by", "assigned_at")
    extra = 0


class CustomerRevenueInline(ReadOnly, admin.TabularInline):
    model = CustomerRevenue
    fields = ("currency", "orders", "revenue", "payout")
    extra = 0


class CustomerTagNameInline(ReadOnly, admin.TabularInline):
    model = CustomerTagName
    fields = ("name",)
    extra = 0


@admin.register(Customer)
class CustomerAdmin(ProgramRowAdmin):
    list_display = ("customer_id", "program", "created_at")
    list_filter = ("program",)
    search_fields = ("customer_id",)
    fixed = ("program", "customer_id")
    readonly_fields = ("sent_at", "orders", "first_order", "last_order", "status", "partner_ids", "erased_at")
    inlines = (CustomerTaggingInline, CustomerRevenueInline)


@admin.register(CustomerSegment)
class CustomerSegmentAdmin(ProgramRowAdmin):
    list_display = ("name", "program")
    list_filter = ("program",)
    search_fields = ("name",)
    fixed = ("program", "user")


@admin.register(CustomerTag)
class CustomerTagAdmin(ProgramRowAdmin):
    """Rules ask for a tag by its name, now or before: it is made, renamed and deleted on its page, which keeps every
    name that it had and shows which terms ask for it.
    """

    list_display = ("name", "program", "color", "archived_at")
    list_filter = ("program",)
    search_fields = ("name", "names__name")
    fixed = ("program", "name")
    readonly_fields = ("archived_at",)
    inlines = (CustomerTagNameInline,)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(TagAct)
class TagActAdmin(ReadOnly, admin.ModelAdmin):
    list_display = ("filename", "kind", "state", "rows", "created_at", "user", "program")
    list_filter = ("kind", "state", "program")
    list_select_related = ("user", "program")
    search_fields = ("filename",)


@admin.register(TagActChange)
class TagActChangeAdmin(ReadOnly, admin.ModelAdmin):
    list_display = ("act", "customer", "tag", "before", "after")
    list_select_related = ("act",)
    search_fields = ("=customer", "=tag")


class ExceptionListNameInline(ReadOnly, admin.TabularInline):
    model = ExceptionListName
    fields = ("name",)
    extra = 0


@admin.register(ExceptionList)
class ExceptionListAdmin(ReadOnly, admin.ModelAdmin):
    """Changed on its page, which says first what terms ask for it."""

    list_display = ("name", "kind", "closed_at", "program")
    list_filter = ("kind", "program")
    list_select_related = ("program",)
    search_fields = ("name", "names__name")
    inlines = (ExceptionListNameInline,)


@admin.register(ExceptionListItem)
class ExceptionListItemAdmin(ReadOnly, admin.ModelAdmin):
    list_display = ("value", "match_mode", "name", "exception_list", "program")
    list_filter = ("match_mode", "program")
    list_select_related = ("exception_list", "program")
    search_fields = ("value", "name", "exception_list__name")


@admin.register(CatalogItem)
class CatalogItemAdmin(ProgramRowAdmin):
    list_display = ("sku", "name", "program", "manufacturer", "category", "subcategory")
    list_filter = ("program",)
    search_fields = ("sku", "name", "manufacturer", "category")
    fixed = ("program", "sku")


@admin.register(ExchangeRate)
class ExchangeRateAdmin(ProgramRowAdmin):
    list_display = ("date", "source", "target", "rate", "program")
    list_filter = ("program", "source", "target")
    search_fields = ("source", "target")
    fixed = ("program", "date", "source", "target")


@admin.register(ReferenceRate)
class ReferenceRateAdmin(ReadOnly, admin.ModelAdmin):
    """The European Central Bank's: imported by the command, or fetched."""

    list_display = ("date", "currency", "rate")
    list_filter = ("currency",)
    search_fields = ("currency",)


@admin.register(RateFetch)
class RateFetchAdmin(ReadOnly, admin.ModelAdmin):
    list_display = ("tried_at", "succeeded_at", "failure")
    search_fields = ("failure",)
