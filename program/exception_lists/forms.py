"""Forms of exception lists and of their entries."""

from django import forms

from common.web.edit_forms import EditForm
from common.web.field_messages import Worded
from program.models import ExceptionList, ExceptionListItem
from program.names import NAME_LENGTH

_AS_TYPED = (
    "One a line. /COAT-[0-9]+/ between slashes is a regular expression, which must match the whole value in any letter "
    "case; look-around and back-references are not supported. After a tab, as copied from a spreadsheet, stands what "
    "people call it."
)


def _typed(*, required: bool, rows: int) -> forms.CharField:
    return forms.CharField(
        required=required, widget=forms.Textarea(attrs={"rows": rows, "spellcheck": "false"}), help_text=_AS_TYPED
    )


class ExceptionListForm(EditForm):
    """The name and kind of a list that exists."""

    name = forms.CharField(max_length=NAME_LENGTH)
    kind = forms.ChoiceField(
        label="What it holds",
        choices=ExceptionList.Kind,
        widget=forms.RadioSelect,
        help_text="A super category is written category_subcategory, in a list of categories.",
    )


class NewExceptionListForm(ExceptionListForm):
    entries = _typed(required=False, rows=10)


class EntriesForm(Worded):
    """Entries to add, as typed or pasted."""

    entries = _typed(required=True, rows=8)


class EntryForm(EditForm):
    value = forms.CharField(max_length=ExceptionListItem._meta.get_field("value").max_length)
    match_mode = forms.ChoiceField(
        label="How it is compared",
        choices=[
            (ExceptionListItem.MatchMode.EQ, "Equals the order’s value, in any letter case"),
            (ExceptionListItem.MatchMode.REGEX, "Is a regular expression that matches the whole value"),
        ],
        widget=forms.RadioSelect,
    )
    name = forms.CharField(max_length=255, required=False, help_text="What people call it; rules do not read it.")
