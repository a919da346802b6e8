"""The form of promo codes."""

from typing import Any

from django import forms

from common.web.combobox import Combobox
from common.web.edit_forms import EditForm
from program.models import PromoCode

from .services import CODE_LENGTH


class PromoCodeForm(EditForm):
    code = forms.CharField(
        max_length=CODE_LENGTH, help_text="As the order brings it. Letter case and outer spaces make no difference."
    )
    use = forms.ChoiceField(
        label="What it does",
        initial=PromoCode.Use.CREDIT,
        widget=forms.RadioSelect,
        choices=[
            (
                PromoCode.Use.CREDIT,
                "Credits its partner: orders with it are this partner’s, whatever was clicked before",
            ),
            (
                PromoCode.Use.RESERVE,
                "Is reserved: it credits nobody itself, and an order with it that others brought is credited to nobody",
            ),
        ],
    )
    partner = forms.CharField(required=False, max_length=64, help_text="The one that it belongs to.")
    group = forms.CharField(
        label="Or a group",
        required=False,
        max_length=80,
        widget=Combobox("partner-group"),
        help_text="Only of a reserved code: every partner in the group may use it.",
    )

    def __init__(self, *args: Any, partner_name: str = "", **options: Any) -> None:
        super().__init__(*args, **options)
        known = self.initial.get("partner")
        self.fields["partner"].widget = Combobox(
            "partner", lambda value: partner_name if partner_name and value == known else value
        )
