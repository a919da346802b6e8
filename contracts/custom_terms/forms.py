"""Forms of custom terms."""

from django import forms

from common.web.edit_forms import EditForm
from contracts.engine.document.whole_terms.custom_terms import LONGEST_CONTENT, TYPES


class CustomTermsForm(EditForm):
    """What a text says."""

    type = forms.ChoiceField(
        choices=TYPES.items(), label="Type", help_text="What the text is about, as partners see it."
    )
    content = forms.CharField(
        label="Text",
        max_length=LONGEST_CONTENT,
        widget=forms.Textarea(attrs={"rows": 16}),
        help_text="Markdown: **bold**, *italic*, # heading, - list, [words](https://…). HTML is shown as it is typed.",
    )


class NewCustomTermsForm(CustomTermsForm):
    name = forms.CharField(max_length=80, help_text="It stays; what the text says can change, in versions.")
    field_order = ("name", "type", "content")
