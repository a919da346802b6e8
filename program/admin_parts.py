"""Parts of Django admin that it leaves without a name for a screen reader, with one."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.contrib import admin


class NamedFormSet(forms.BaseInlineFormSet):
    """Fields in a table stand under a heading, which is no label of theirs."""

    def add_fields(self, form: Any, index: int | None) -> None:
        super().add_fields(form, index)
        for name, field in form.fields.items():
            field.widget.attrs.setdefault("aria-label", str(field.label or name.replace("_", " ")).capitalize())


class NamedInline(admin.TabularInline):
    """Rows of another table, in the form of the row that they belong to."""

    formset = NamedFormSet
    extra = 0


class ValuesFilter(admin.AllValuesFieldListFilter):
    """Every value that a column holds; the link to rows without one has a word, too."""

    def choices(self, changelist: Any) -> Iterator[Any]:
        for choice in super().choices(changelist):
            yield {**choice, "display": choice["display"] if choice["display"] != "" else "None"}
