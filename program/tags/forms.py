"""The form of a tag."""

from django import forms

from common.web.edit_forms import EditForm
from program.models.customer import TagColor


class TagForm(EditForm):
    name = forms.CharField(max_length=80, help_text="Rules of payout groups ask for a tag by its name.")
    color = forms.ChoiceField(
        label="Colour", choices=TagColor.choices, widget=forms.RadioSelect, initial=TagColor.GRAY, required=False
    )
    is_open = forms.BooleanField(
        label="Open to browsers",
        required=False,
        help_text="The tag on your shop’s pages may put it on the customer. Anybody can make a browser do that: "
        "open no tag that is paid more for.",
    )
