"""Forms of partners and of the members of a group."""

from django import forms

from common.formats.ids import clean_id
from common.web.combobox import Combobox
from common.web.edit_forms import EditForm
from common.web.field_messages import Worded
from program.models import Channel
from program.partners.countries import country_name


class PartnerForm(EditForm):
    media_partner_id = forms.CharField(
        label="Partner id",
        max_length=64,
        help_text="Sent as MediaPartnerId; compared exactly. It cannot be changed later.",
    )
    name = forms.CharField(max_length=120)
    country = forms.CharField(required=False, max_length=2, widget=Combobox("country", country_name))
    email = forms.EmailField(label="E-mail", required=False)
    groups = forms.CharField(
        required=False,
        max_length=1024,
        help_text="Separated by commas; a new name makes a new group.",
        widget=Combobox("partner-group", takes_many=True),
    )
    channel = forms.ChoiceField(
        choices=Channel,
        required=False,
        initial=Channel.AFFILIATE,
        help_text="The kind of source that the partner is, which rules on the path read.",
    )
    is_active = forms.BooleanField(
        label="Active",
        required=False,
        initial=True,
        help_text="If off, new orders of the partner are kept and not paid; they can be tried again later.",
    )

    def clean_groups(self) -> list[str]:
        typed: str = self.cleaned_data["groups"]
        return [name.strip() for name in typed.replace(";", ",").split(",") if name.strip()]


class MembersForm(Worded):
    partner_ids = forms.CharField(
        label="Add partners",
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="Partner ids, one a line or separated by commas.",
    )

    def clean_partner_ids(self) -> list[str]:
        typed: str = self.cleaned_data["partner_ids"]
        return list(dict.fromkeys(filter(None, map(clean_id, typed.replace(",", "\n").splitlines()))))
