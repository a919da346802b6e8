"""The forms in which tags are put on customers."""

from collections.abc import Collection
from datetime import UTC, datetime
from typing import Any

from django import forms

from common.formats.local_times import why_skipped
from common.web.edit_forms import EditForm
from common.web.field_messages import Worded
from program.models.customer import CustomerTag
from program.models.program import Program

EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)


class TagOptions(Worded):
    """What components/tag_options.html shows of a form with `tags`."""

    @property
    def offered(self) -> Collection[CustomerTag]:
        return self.fields["tags"].queryset  # type: ignore[attr-defined,no-any-return]

    @property
    def chosen(self) -> set[str]:
        """The numbers of the tags that are ticked, in words."""
        return {str(number) for number in self["tags"].value() or ()}


class CustomerTagsForm(TagOptions, EditForm):
    """The tags of one customer: those that can be assigned, and those that it has."""

    tags = forms.ModelMultipleChoiceField(queryset=CustomerTag.objects.none(), required=False)

    def __init__(self, *args: Any, program: Program, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        tags = CustomerTag.objects.filter(program=program)
        carried = self.initial.get("tags", ())
        self.fields["tags"].queryset = tags.assignable() | tags.filter(pk__in=carried)  # type: ignore[attr-defined]


class AssignForm(TagOptions):
    """Which tags, and since when: of ticked customers, or of all that match a filter."""

    tags = forms.ModelMultipleChoiceField(
        queryset=CustomerTag.objects.none(), error_messages={"required": "Choose at least one tag."}
    )
    since = forms.CharField(
        label="From",
        required=False,
        help_text="In the program’s time zone; empty: now.",
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}),
    )

    def __init__(self, *args: Any, program: Program, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.program = program
        self.fields["tags"].queryset = CustomerTag.objects.filter(program=program)  # type: ignore[attr-defined]

    def clean_since(self) -> datetime | None:
        typed = self.cleaned_data["since"].strip()
        if not typed:
            return None
        try:
            since = datetime.fromisoformat(typed)
        except ValueError:
            raise forms.ValidationError("Enter a day and a time, such as 2026-01-31 14:30.") from None
        if since.tzinfo is None and len(typed) > len("2026-01-31") and (why := why_skipped(since, self.program.zone)):
            raise forms.ValidationError(why)
        try:
            # In UTC: the database does not take every difference to it that can be written.
            since = (since if since.tzinfo else since.replace(tzinfo=self.program.zone)).astimezone(UTC)
        except OverflowError:
            since = datetime.min.replace(tzinfo=UTC)
        if not EARLIEST <= since < EARLIEST.replace(year=2100):
            raise forms.ValidationError("Enter a day from 2000 on, before 2100.")
        return since
