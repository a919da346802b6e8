"""The form of the review page."""

from django import forms

from contracts.agreements.forms import StartForm


class PublishForm(StartForm):
    comment = forms.CharField(
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="What changed and why. Kept with the version.",
    )
