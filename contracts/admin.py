"""Django admin of contracts: drafts can be edited, rules as text; versions and contracts are read-only."""

import json
from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest

from accounts.admin.parts import OneByOne
from common.refusals import Refused
from contracts.drafts.documents import section_value
from contracts.drafts.rows import check_row, delete_rows, save_row
from contracts.drafts.sections import begin_sections, check_event_payout, save_event_payout
from contracts.drafts.template_terms import change_template_terms, create_template_terms, remove_event_payout
from contracts.engine.document.terms import OF_TERMS, SINGLE
from contracts.engine.rules.text import format_rules, parse_rules
from contracts.models import (
    AccountRule,
    Contract,
    ContractEventType,
    CustomTermsVersion,
    EventPayout,
    GroupFile,
    PayoutAdjustment,
    PayoutGroup,
    PayoutRestriction,
    TemplateTerms,
    TermsVersion,
)
from contracts.sections.registry import KINDS, PANELS, TERMS_PANELS


class HistoryAdmin(admin.ModelAdmin):
    """Rows that services write and nobody changes."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class TemplateTermsForm(forms.ModelForm):
    class Meta:
        model = TemplateTerms
        fields = ("program", "name", "labels", "currency")


@admin.register(TemplateTerms)
class TemplateTermsAdmin(OneByOne):
    too_late = (Refused,)
    form = TemplateTermsForm
    list_display = ("name", "program", "currency", "labels", "updated_at")
    list_filter = ("program", "currency")
    list_select_related = ("program",)
    search_fields = ("name", "labels")
    readonly_fields = ("every_event_type", "created_at", "updated_at", "draft_revision", "published_revision")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        # The currency is changed on the page of the terms, which lists the amounts that would change their meaning.
        return (*self.readonly_fields, "program", "currency") if obj else self.readonly_fields

    @admin.display(description="applies to every event type")
    def every_event_type(self, row: TemplateTerms) -> str:
        """Its own sections, as the draft stands; they are edited on the page of the terms."""
        sections = [section for panel in TERMS_PANELS.values() for section in panel.sections]
        return " ".join(OF_TERMS[each.section].words(each.agreed(row), row.currency) for each in sections)

    def save_model(self, request: HttpRequest, obj: TemplateTerms, form: Any, change: bool) -> None:
        head: dict[str, Any] = {"name": obj.name, "labels": obj.labels, "currency": obj.currency}
        if change:
            change_template_terms(template_terms=obj, **head)
        else:
            obj.pk = create_template_terms(program=obj.program, **head).pk

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(obj) and not obj.versions.exists() and super().has_delete_permission(request, obj)


def _ask(form: forms.ModelForm, check: Callable[..., None], **row: Any) -> None:
    """Ask a service whether the form's row is valid; its paths use the document's field names."""
    if form.errors:
        return
    try:
        check(**row)
    except Refused as refused:
        form.add_error(None, ValidationError([str(each) for each in refused]))


_SECTIONS: list[Any] = [section.form for panel in PANELS.values() for section in panel.sections]
_SWITCHES = {f"has_{kind.section}": forms.BooleanField(label=kind.title, required=False) for kind in KINDS.values()}
_SECTIONS.append(type("SwitchesForm", (forms.Form,), _SWITCHES))


class EventPayoutForm(*_SECTIONS, forms.ModelForm):  # type: ignore[misc]
    """An event payout with the fields that its sections have on the page of the draft."""

    class Meta:
        model = EventPayout
        fields = ("template_terms", "event_type")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        row = kwargs.get("instance") or EventPayout()
        if row.pk is None:
            begin_sections(row, {})
        initial = {f"has_{kind.section}": row.is_on(kind.section) for kind in KINDS.values()}
        for panel in PANELS.values():
            initial |= panel.initial(row)
        super().__init__(*args, **kwargs | {"initial": initial | dict(kwargs.get("initial") or {})})

    @property
    def values(self) -> dict[str, Any]:
        """The engine's values by section, as typed."""
        return {name: value for panel in PANELS.values() for name, value in panel.values(self.cleaned_data).items()}

    @property
    def switches(self) -> dict[str, bool]:
        """Which sections are switched on, by name."""
        lists = {kind.section: self.cleaned_data[f"has_{kind.section}"] for kind in KINDS.values()}
        return lists | {
            name: is_on for panel in PANELS.values() for name, is_on in panel.switches(self.cleaned_data).items()
        }

    def _post_clean(self) -> None:
        super()._post_clean()
        if not self.errors:
            _ask(self, check_event_payout, event_payout=self.instance, values=self.values, switches=self.switches)


@admin.register(EventPayout)
class EventPayoutAdmin(OneByOne):
    too_late = (Refused,)
    form = EventPayoutForm
    list_display = ("template_terms", "event_type", "payout_level", "default_payout")
    list_filter = ("program",)
    list_select_related = ("template_terms", "event_type")
    search_fields = ("template_terms__name", "event_type__code")
    autocomplete_fields = ("template_terms",)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return ("template_terms", "event_type") if obj else ()

    def save_model(self, request: HttpRequest, obj: EventPayout, form: Any, change: bool) -> None:
        save_event_payout(event_payout=obj, values=form.values, switches=form.switches)

    @admin.display(description="default payout")
    def default_payout(self, row: EventPayout) -> str:
        return SINGLE["default_payout"].words(section_value(row, "default_payout"), row.template_terms.currency)

    def delete_model(self, request: HttpRequest, obj: EventPayout) -> None:
        remove_event_payout(event_payout=obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[EventPayout]) -> None:
        for event_payout in queryset:
            remove_event_payout(event_payout=event_payout)


class DraftRowForm(forms.ModelForm):
    rules_as_text = forms.CharField(
        label="Rules",
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "cols": 100}),
        help_text="As in payout group files: [Customer Status is New] AND [Order Total &gt;= 200].",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.fields["rules_as_text"].initial = format_rules(self.instance.rules)

    def clean_rules_as_text(self) -> str:
        text = str(self.cleaned_data["rules_as_text"])
        try:
            self.instance.rules = parse_rules(text)
        except Refused as refused:
            raise ValidationError(str(refused)) from None
        return text

    def _post_clean(self) -> None:
        super()._post_clean()  # type: ignore[misc]
        _ask(self, check_row, row=self.instance)


class DraftRowAdmin(OneByOne):
    """Payout groups, adjustments and restrictions. Their order is dragged on the terms page."""

    too_late = (Refused,)
    form = DraftRowForm
    exclude = ("program", "rules")
    list_display = ("rank", "__str__", "event_payout", "rules_in_words", "is_active")
    list_display_links = ("rank", "__str__")
    list_filter = ("program", "is_active")
    list_select_related = ("event_payout__template_terms", "event_payout__event_type")
    ordering = ("event_payout", "rank")
    search_fields = ("event_payout__template_terms__name",)
    autocomplete_fields = ("event_payout",)
    show_full_result_count = False

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return ("event_payout", "rank") if obj else ("rank",)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        save_row(row=obj)

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        delete_rows(event_payout=obj.event_payout, kind=self.model, ids=[obj.pk])

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        lists: dict[EventPayout, list[int]] = {}
        for row in queryset.select_related("event_payout"):
            lists.setdefault(row.event_payout, []).append(row.pk)
        for event_payout, ids in lists.items():
            delete_rows(event_payout=event_payout, kind=self.model, ids=ids)

    @admin.display(description="rules")
    def rules_in_words(self, row: Any) -> str:
        return format_rules(row.rules) or "always"


@admin.register(PayoutGroup)
class PayoutGroupAdmin(DraftRowAdmin):
    search_fields = ("name", "event_payout__template_terms__name")  # type: ignore[assignment]


@admin.register(PayoutAdjustment)
class PayoutAdjustmentAdmin(DraftRowAdmin):
    pass


@admin.register(PayoutRestriction)
class PayoutRestrictionAdmin(DraftRowAdmin):
    pass


@admin.register(TermsVersion)
class TermsVersionAdmin(HistoryAdmin):
    list_display = ("template_terms", "number", "published_at", "published_by", "comment")
    list_filter = ("program",)
    list_select_related = ("template_terms", "published_by")
    search_fields = ("template_terms__name",)
    exclude = ("document",)
    readonly_fields = ("document_as_text",)
    date_hierarchy = "published_at"

    @admin.display(description="document")
    def document_as_text(self, version: TermsVersion) -> str:
        return json.dumps(version.document, ensure_ascii=False, indent=2)


@admin.register(CustomTermsVersion)
class CustomTermsVersionAdmin(HistoryAdmin):
    """Texts are written on their page, where each change is a version."""

    list_display = ("custom_terms", "number", "type", "created_at", "created_by")
    list_filter = ("program", "type")
    list_select_related = ("custom_terms", "created_by")
    search_fields = ("custom_terms__name",)


@admin.register(AccountRule)
class AccountRuleAdmin(HistoryAdmin):
    """Rules are set on their page, all at once."""

    list_display = ("account", "setting", "least", "most", "choice", "set_by", "set_at")
    list_filter = ("account",)
    list_select_related = ("account", "set_by")


class ContractEventTypeInline(admin.TabularInline):
    model = ContractEventType
    fields = ("event_type", "period")
    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_queryset(self, request: HttpRequest) -> QuerySet[ContractEventType]:
        return super().get_queryset(request).select_related("event_type", "contract__partner")


@admin.register(Contract)
class ContractAdmin(HistoryAdmin):
    list_display = ("partner", "terms_version", "period", "created_at")
    list_filter = ("program",)
    list_select_related = ("partner", "terms_version__template_terms")
    search_fields = ("partner__name", "partner__media_partner_id", "terms_version__template_terms__name")
    inlines = (ContractEventTypeInline,)


@admin.register(GroupFile)
class GroupFileAdmin(HistoryAdmin):
    list_display = ("filename", "kind", "state", "rows", "program", "user", "attempts", "created_at", "finished_at")
    list_filter = ("kind", "state", "program")
    list_select_related = ("program", "user")
    search_fields = ("filename",)
    exclude = ("content", "written")

    def get_queryset(self, request: HttpRequest) -> QuerySet[GroupFile]:
        return super().get_queryset(request).defer("content", "written")
