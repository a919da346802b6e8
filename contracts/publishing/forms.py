"""The form of the review page."""

from typing import Any

from django import forms

from common.web.combobox import Combobox
from contracts.agreements.forms import StartForm
from program.models import Partner, Program


class ChosenPartners(Combobox):
    """Found one by one as one types, and ticked in a list beneath (templates/contracts/terms_publish.html)."""

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[str]:
        return [each.strip() for each in data.getlist(name) if each.strip()]


class PublishForm(StartForm):
    partners = forms.MultipleChoiceField(
        required=False,
        widget=ChosenPartners("active-partner"),
        error_messages={"invalid_choice": "No active partner has the id %(value)s."},
    )
    comment = forms.CharField(
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="What changed and why. Kept with the version.",
    )

    def __init__(self, data: Any, program: Program) -> None:
        super().__init__(data)
        asked = self["partners"].value() or []
        found = Partner.objects.filter(program=program, is_active=True, media_partner_id__in=asked)
        self.chosen = list(found.order_by("name", "pk"))
        self.fields["partners"].choices = [(each.media_partner_id, each.name) for each in self.chosen]  # type: ignore[attr-defined]
