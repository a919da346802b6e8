"""Fields say what to enter, in the product's words and none of Django's."""

from decimal import Decimal
from importlib import import_module
from pathlib import Path

import pytest
from django import forms

from common.web.field_messages import Worded
from servers.home import PROJECT

APPS = ("accounts", "program", "contracts", "tracking", "reports")


class Sample(Worded):
    asks = {"value": "a payout, such as 12"}

    name = forms.CharField(max_length=3)
    value = forms.DecimalField(max_value=Decimal(100), max_digits=5, decimal_places=2)
    email = forms.EmailField(label="E-mail address")
    days = forms.IntegerField(label="Days to lock")
    level = forms.ChoiceField(label="Payout level", choices=[("ORDER", "The order")])
    password = forms.CharField(label="Your password")
    why = forms.CharField(error_messages={"required": "Say why."})
    file = forms.FileField()


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("name", "", "Enter a name."),
        ("name", "Anvils", "Use at most 3 characters; this has 6."),
        ("value", "", "Enter a payout, such as 12."),
        ("value", "ten", "Enter a number, such as 12.5."),
        ("value", "120", "Enter 100 or less."),
        ("value", "1.234", "Use at most 2 digits after the point."),
        ("email", "", "Enter an e-mail address."),
        ("email", "alice", "Enter an e-mail address, such as name@example.com."),
        ("days", "", "Enter days to lock."),
        ("days", "1.5", "Enter a whole number, such as 30."),
        ("level", "", "Choose a payout level."),
        ("level", "ITEM", "Choose one of the list."),
        ("password", "", "Enter your password."),
        ("why", "", "Say why."),
        ("file", "", "Choose a file."),
    ],
)
def test_a_field_says_what_to_enter(field, typed, said):
    assert Sample({field: typed}).errors[field] == [said]


def modules_of_forms() -> list[str]:
    """Every module of ours that is named for forms, or holds one, apart from Django admin."""
    found = []
    for app in APPS:
        for path in sorted((PROJECT / app).rglob("*.py")):
            if "Form):" in path.read_text() or "(Worded" in path.read_text():
                found.append(".".join(Path(path.relative_to(PROJECT)).with_suffix("").parts))
    return [name for name in found if ".admin" not in name]


@pytest.mark.parametrize("module", modules_of_forms())
def test_every_form_of_a_page_is_worded(module):
    forms_of_it = [
        kind
        for kind in vars(import_module(module)).values()
        if isinstance(kind, type) and issubclass(kind, forms.BaseForm) and kind.__module__ == module
    ]
    assert forms_of_it
    assert all(issubclass(kind, Worded) for kind in forms_of_it)
