"""The form that sends a file of payout groups."""

from django import forms

from common.web.field_messages import Worded


class GroupFileForm(Worded):
    file = forms.FileField(
        label="File of payout groups",
        widget=forms.FileInput(attrs={"accept": ".csv,.csv.gz,.xlsx,.xls"}),
        help_text="csv, xlsx or xls, with the columns Payout Type, Payout Value and Rules; "
        "Rank, Name and Limit if you like. It replaces the groups in the draft; you see what would change before that.",
    )
