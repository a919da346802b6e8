"""Edit forms that detect a change made meanwhile: they send back the values that they were opened with."""

from collections.abc import Sequence
from contextlib import suppress
from decimal import Decimal
from typing import Any, NamedTuple

from django import forms
from django.forms import Form
from django.http import HttpRequest

from common.db.edits import Values, fingerprint
from common.web.field_messages import Worded

LINES = 50  # of a long text are written out


class Conflict(NamedTuple):
    """One field that two people have changed to different values."""

    label: str
    typed: str
    present: str


class EditForm(Worded):
    """A form of something that exists. Its hidden `opened_with` tells the service what the editor saw.

    Where that was changed meanwhile the form comes back with what was typed and, beside it, what is stored now. Saving
    again then replaces that. `components/form_errors.html` writes both.
    """

    stored: Values | None = None  # the row's values, where the form's initial are not these
    conflicts: Sequence[Conflict] = ()
    is_stale = False
    page = ""

    @property
    def opened_with(self) -> str:
        """What to send back: of a form that was sent, what came with it, until its editor was told of a change."""
        if self.is_bound and not self.is_stale:
            return self.seen or ""
        values = self.initial if self.stored is None else self.stored
        return fingerprint(values) if values else ""

    @property
    def seen(self) -> str | None:
        """The fingerprint that came with what was typed; None where a caller sends none and overwrites whatever is
        stored.
        """
        return self.data.get("opened_with") or None if self.is_bound else None

    def contradict(
        self, initial: Values, *, page: str, stored: Values | None = None, more: Sequence[Conflict] = ()
    ) -> None:
        """Show what is stored now. `page` opens it again; `more` are differences outside the form's fields."""
        self.is_stale, self.page, self.stored = True, page, stored
        self.initial = dict(initial)
        fields = []
        for name, field in self.fields.items():
            typed, present = in_words(field, self[name].value()), in_words(field, initial.get(name))
            if typed != present:
                label = self[name].label + (", lines that differ" if "\n" in typed + present else "")
                fields.append(Conflict(label, *_apart(typed, present)))
        self.conflicts = [*fields, *more]


class NameForm(EditForm):
    """The form of what has a name and nothing else."""

    name = forms.CharField(max_length=80)


def in_words(field: forms.Field, value: Any) -> str:
    """The value of a field as its page shows it."""
    if isinstance(field, forms.BooleanField):
        return "On" if value else "Off"
    if isinstance(field, forms.ModelMultipleChoiceField):
        keys = {str(getattr(each, "pk", each)) for each in value or []}
        return ", ".join(str(each) for each in field.queryset or () if str(each.pk) in keys)
    if isinstance(field, forms.MultipleChoiceField):
        labels = dict(field.choices)  # type: ignore[arg-type]
        return ", ".join(str(labels.get(each, each)) for each in value or [])
    if isinstance(field, forms.ChoiceField):
        return str(dict(field.choices).get(value, value))  # type: ignore[arg-type]
    if isinstance(field, forms.DecimalField | forms.IntegerField):
        with suppress(ArithmeticError, ValueError):
            return format(Decimal(str(value)).normalize(), "f")
    return "" if value is None else "\n".join(line.rstrip() for line in str(value).strip().splitlines())


def _apart(typed: str, present: str) -> tuple[str, str]:
    """Of two long texts the lines that only one of them has."""
    if "\n" not in typed + present:
        return typed, present
    ours, theirs = dict.fromkeys(typed.splitlines()), dict.fromkeys(present.splitlines())
    return _lines([line for line in ours if line not in theirs]), _lines([line for line in theirs if line not in ours])


def _lines(lines: list[str]) -> str:
    more = len(lines) - LINES
    return "\n".join([*lines[:LINES], *([f"and {more} more"] if more > 0 else [])])


def status_of(request: HttpRequest, form: Form) -> int:
    """The status of a page with a form: 422 where what was sent is not saved, 409 where it was changed meanwhile."""
    if isinstance(form, EditForm) and form.is_stale:
        return 409
    return 422 if request.method == "POST" else 200
