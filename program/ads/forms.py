"""The forms of ads, and of links to them."""

from typing import Any

from django import forms

from common.refusals import Refused
from common.web.combobox import Combobox
from common.web.edit_forms import EditForm
from common.web.field_messages import Worded
from common.web.refusals import to_validation
from program.models import Ad, Partner, Program

from .links import CARRIED, allowed_address
from .services import DEAL_LENGTH, NAME_LENGTH, SKU_LENGTH


class AdForm(EditForm):
    name = forms.CharField(max_length=NAME_LENGTH)
    kind = forms.ChoiceField(choices=Ad.Kind)
    landing_page = forms.CharField(
        label="Landing page",
        max_length=2048,
        widget=forms.TextInput(attrs={"inputmode": "url", "spellcheck": "false", "placeholder": "https://"}),
        help_text="Where a link leads that names no other page; on a landing domain of the program.",
    )
    deal = forms.CharField(
        required=False,
        max_length=DEAL_LENGTH,
        help_text="What rules read as the referral deal of its clicks, where a link names no other.",
    )
    sku = forms.CharField(
        label="SKU",
        required=False,
        max_length=SKU_LENGTH,
        help_text="What rules read as the referral SKU of its clicks, where a link names no other.",
    )
    is_active = forms.BooleanField(
        label="Active",
        required=False,
        initial=True,
        help_text="If off, its links lead nowhere, and clicks are not kept.",
    )


class LinkForm(Worded):
    """What a link is made of. It is read from the address, as one types."""

    partner = forms.CharField(max_length=64, required=False)
    ad = forms.CharField(max_length=18, required=False)
    deep_link = forms.CharField(
        label="Deep link",
        required=False,
        max_length=2048,
        widget=forms.TextInput(attrs={"inputmode": "url", "spellcheck": "false", "autocomplete": "off"}),
        help_text="Another page of yours than the ad’s, such as one product.",
    )
    subId1 = forms.CharField(label="SubId 1", required=False, max_length=255)
    subId2 = forms.CharField(label="SubId 2", required=False, max_length=255)
    subId3 = forms.CharField(label="SubId 3", required=False, max_length=255)
    sharedid = forms.CharField(label="Shared id", required=False, max_length=255)

    def __init__(self, data: Any, *, program: Program, partner: Partner | None, ad: Ad | None) -> None:
        super().__init__(data)
        self.program, self.chosen_partner, self.chosen_ad = program, partner, ad
        self.fields["partner"].widget = Combobox("active-partner", lambda _: str(partner) if partner else "")
        self.fields["ad"].widget = Combobox("active-ad", lambda _: str(ad) if ad else "")

    def clean_partner(self) -> str:
        typed: str = self.cleaned_data["partner"]
        if typed and self.chosen_partner is None:
            raise forms.ValidationError("Choose one of the list.")
        return typed

    def clean_ad(self) -> str:
        typed: str = self.cleaned_data["ad"]
        if typed and self.chosen_ad is None:
            raise forms.ValidationError("Choose one of the list.")
        return typed

    def clean_deep_link(self) -> str:
        typed: str = self.cleaned_data["deep_link"]
        try:
            return allowed_address(self.program, typed) if typed else ""
        except Refused as refused:
            raise to_validation(refused) from None

    def carried(self) -> dict[str, str]:
        return {name: self.cleaned_data[name] for name in CARRIED}
