"""Accessible names for parts of Django admin that have none, and forms that are sent at the same moment."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponse

from common.db.constraints import again_when_taken


class OneByOne(admin.ModelAdmin):
    """Of two forms that are sent at the same moment and name the same thing, the second says so."""

    too_late: tuple[type[Exception], ...] = ()

    def changeform_view(self, *args: Any, **kwargs: Any) -> HttpResponse:
        view = again_when_taken(super().changeform_view, or_after=self.too_late)
        return view(*args, **kwargs)


class ReadOnly:
    """Read-only in the admin; changed elsewhere."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class FixedAdmin(OneByOne):
    """Fields of `fixed` are chosen once, when the row is made."""

    fixed: tuple[str, ...] = ()

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return (*super().get_readonly_fields(request, obj), *(self.fixed if obj else ()))


class NamedFormSet(forms.BaseInlineFormSet):
    """Fields in a table have a column heading, which is not their label."""

    def add_fields(self, form: Any, index: int | None) -> None:
        super().add_fields(form, index)
        for name, field in form.fields.items():
            field.widget.attrs.setdefault("aria-label", str(field.label or name.replace("_", " ")).capitalize())


class NamedInline(admin.TabularInline):
    """Rows of another table, in the form of the row that they belong to."""

    formset = NamedFormSet
    extra = 0


class ValuesFilter(admin.AllValuesFieldListFilter):
    """Every value that a column holds; the link to rows without one has a text, too."""

    def choices(self, changelist: Any) -> Iterator[Any]:
        for choice in super().choices(changelist):
            yield {**choice, "display": choice["display"] if choice["display"] != "" else "None"}
