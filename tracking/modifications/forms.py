"""The form that a refused change of an order is dismissed with."""

from django import forms


class DismissForm(forms.Form):
    reason = forms.CharField(
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Why nothing more is to be done, for whoever reads it later. It is kept in the audit log.",
        error_messages={"required": "Say why nothing more is to be done."},
    )
