"""The form for dismissing a refused change of an order."""

from django import forms


class DismissForm(forms.Form):
    reason = forms.CharField(
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Why nothing more needs to be done, for later readers. It is kept in the audit log.",
        error_messages={"required": "Say why nothing more needs to be done."},
    )
