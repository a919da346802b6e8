"""The form of a tag."""

from django import forms

from common.web.edit_forms import EditForm
from program.models.customer import TagColor


class TagForm(EditForm):
    name = forms.CharField(max_length=80, help_text="Rules of payout groups ask for a tag by its name.")
    color = forms.ChoiceField(
        label="Colour", choices=TagColor.choices, widget=forms.RadioSelect, initial=TagColor.GRAY, required=False
    )
