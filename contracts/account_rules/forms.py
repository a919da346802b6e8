"""The form of the account rules: two ends for each number, a choice for each setting that has choices."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django import forms
from django.forms import BoundField

from common.web.edit_forms import EditForm
from contracts.models import AccountRule
from contracts.sections.fields import amount_field

from .services import Wanted
from .settings import SETTINGS, Setting

FREE = ("", "Free")


@dataclass(frozen=True, slots=True)
class Row:
    """A setting on the page, with its fields and the rule that locks it."""

    setting: Setting
    fields: list[BoundField]
    rule: AccountRule | None


class AccountRulesForm(EditForm):
    """Fields are named by the setting's key: `notice_least`, `notice_most`, `credit_policy_choice`."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for key, setting in SETTINGS.items():
            if setting.choices:
                self.fields[f"{key}_choice"] = forms.ChoiceField(
                    required=False, choices=[FREE, *setting.choices.items()], label=setting.label
                )
            else:
                for end in ("least", "most"):
                    self.fields[f"{key}_{end}"] = amount_field(required=False, label=f"{setting.label}, at {end}")

    def wanted(self) -> dict[str, Wanted]:
        """The rules as typed, by setting."""
        data = self.cleaned_data
        return {
            key: Wanted(data.get(f"{key}_least"), data.get(f"{key}_most"), data.get(f"{key}_choice", ""))
            for key in SETTINGS
        }

    def rows(self, rules: dict[str, AccountRule]) -> Iterator[tuple[str, list[Row]]]:
        """The settings under the names of their sections."""
        sections: dict[str, list[Row]] = {}
        for key, setting in SETTINGS.items():
            names = [f"{key}_choice"] if setting.choices else [f"{key}_least", f"{key}_most"]
            row = Row(setting, [self[name] for name in names], rules.get(key))
            sections.setdefault(setting.section_name, []).append(row)
        yield from sections.items()
