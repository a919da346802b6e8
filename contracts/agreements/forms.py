"""Forms of contracts: who works under terms, from when and until when."""

from typing import Any

from django import forms

from common.web.field_messages import Worded

from .starts import PAST

DAY_ERROR = {"invalid": "Choose a day, such as 2026-01-31."}


class StartForm(Worded):
    """Who is to work under the terms, and from when."""

    NOBODY, ALL, CHOSEN = "", "all", "chosen"

    start = forms.DateField(
        required=False,
        error_messages=DAY_ERROR,
        label="Start date",
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text="00:00 of that day in the program’s time zone; today or empty: now. A day before today only fills "
        "time in which a partner had no contract. A partner’s first contract without a start date also covers orders "
        "from before, such as an import of history.",
    )
    join = forms.ChoiceField(
        required=False,
        label="Partners who join these terms now",
        widget=forms.RadioSelect,
        choices=[(NOBODY, "Nobody new"), (ALL, "All active partners"), (CHOSEN, "Those I choose")],
    )
    partners = forms.MultipleChoiceField(required=False, choices=())

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if data.get("join") == self.CHOSEN and not data.get("partners") and "partners" not in self.errors:
            self.add_error("partners", "Choose at least one partner.")
        return data

    @property
    def meets_the_past(self) -> bool:
        """Whether the start was refused because of contracts of the past."""
        return self.has_error("start", PAST)

    def wanted(self) -> str | list[str] | None:
        """`join` as the services take it."""
        match self.cleaned_data["join"]:
            case self.ALL:
                return "all"
            case self.CHOSEN:
                return list(self.cleaned_data["partners"])
        return None


class EndForm(Worded):
    end = forms.DateField(
        required=False,
        error_messages=DAY_ERROR,
        label="End date",
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text="00:00 of that day in the program’s time zone: orders of that day are no longer paid. Today or "
        "empty: now.",
    )
