"""Accessible names for parts of Django admin that have none, and forms of which two are opened or sent at once."""

from collections.abc import Iterator
from typing import Any
from zlib import crc32

from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponse

from common.db.constraints import again_when_taken
from common.db.edits import fingerprint
from common.db.session_lock import lock_until_end
from common.web.edit_forms import in_words

EDITING = 0x0AD1  # the advisory lock of those who save one row, with a digest of which


class OpenedForm(forms.BaseModelForm):
    """The form of a row, with the fingerprint of the fields that it was opened with (templates/admin/change_form.html).
    Where they have changed since it says what is stored now; saving again then replaces that.
    """

    @property
    def opened_with(self) -> str:
        """What to send back: the fields as they are stored, as its editor has been told."""
        return fingerprint({name: self.get_initial_for_field(field, name) for name, field in self.fields.items()})

    def clean(self) -> dict[str, Any]:
        seen = self.data.get("opened_with")
        if seen and seen != self.opened_with:  # said first: what else is wrong may be raised
            self.add_error(None, f"Someone else changed this after you opened it. {self._differences()}")
        cleaned: dict[str, Any] = super().clean() or {}
        return cleaned

    def _stored(self, name: str) -> Any:
        """The stored value of a field, as its page shows it."""
        field = self.fields[name]
        return field.prepare_value(self.get_initial_for_field(field, name))

    def _differences(self) -> str:
        stored = [
            f"{self[name].label}: {in_words(self.fields[name], self._stored(name)) or 'empty'}"
            for name in self.changed_data
        ]
        if not stored:
            return "It already holds what you typed."
        return f"Nothing was saved. Stored now: {'; '.join(stored)}. Save again to replace that by what you typed."


class OneByOne(admin.ModelAdmin):
    """Of two forms of one row, or that name the same thing, the one that is sent second says so."""

    too_late: tuple[type[Exception], ...] = ()

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, change=change, **kwargs)
        return type(form.__name__, (OpenedForm, form), {}) if obj else form

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        """The row; where it is saved, nobody else saves it here until that is over."""
        if request.method == "POST":
            lock_until_end(EDITING, crc32(f"{self.opts.label} {object_id}".encode()) & 0x7FFF_FFFF)
        return super().get_object(request, object_id, from_field)

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
