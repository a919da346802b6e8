"""The form for dismissing a refused change of an order."""

from django import forms

from common.web.field_messages import Worded


class DismissForm(Worded):
    reason = forms.CharField(
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Why nothing more needs to be done, for later readers. It is kept in the audit log.",
        error_messages={"required": "Say why nothing more needs to be done."},
    )
