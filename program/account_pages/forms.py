"""Forms of programs, API tokens and invitations."""

from typing import Any
from zoneinfo import available_timezones

from django import forms

from accounts.models import ApiToken, Membership
from common.currencies import CURRENCY_DIGITS
from common.web.combobox import Combobox
from common.web.edit_forms import EditForm
from common.web.field_messages import Worded
from program.models import Program
from program.models.program import IpAddresses
from program.programs import program_values

# "Etc/…" and the names without a continent are kept for compatibility; GMT+5 even means five hours west.
ZONES = ["UTC", *sorted(zone for zone in available_timezones() if "/" in zone and not zone.startswith("Etc/"))]


class ProgramForm(EditForm):
    """What the program is called, and what every figure of it is kept in."""

    name = forms.CharField(max_length=120, help_text="At the top of every page.")
    time_zone = forms.ChoiceField(help_text="Every day of reports, contracts and locking begins at 00:00 there.")
    currency = forms.ChoiceField(
        choices=[(code, code) for code in sorted(CURRENCY_DIGITS)],
        widget=Combobox("currency"),
        help_text="Of orders that come without one, and of the figures on Home and in reports.",
    )

    orders_complete_since = forms.DateField(
        label="Order history complete since",
        required=False,
        error_messages={"invalid": "Choose a day, such as 2026-01-31."},
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        help_text="From this day on every order is here. Status check judges no order before it. Empty: the day of the "
        "first order.",
    )

    @classmethod
    def of(cls, program: Program, data: Any = None, *, is_fixed: bool) -> "ProgramForm":
        """With the time zone and the currency to be read only, where orders rest on them."""
        form = cls(data, initial=program_values(program))
        form.fields["time_zone"].choices = [(zone, zone) for zone in dict.fromkeys([program.time_zone, *ZONES])]  # type: ignore[attr-defined]
        for name in ("time_zone", "currency"):
            form.fields[name].disabled = is_fixed
        return form


class TrackingForm(EditForm):
    """Where click links may lead, what is kept of the addresses of those who follow them, and who says who they are."""

    landing_domains = forms.CharField(
        label="Landing domains",
        required=False,
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 6, "spellcheck": "false", "autocapitalize": "none"}),
        help_text="One a line. shop.example is that host alone; *.shop.example is every host below it, such as "
        "www.shop.example, but not shop.example itself.",
    )
    ip_addresses = forms.ChoiceField(label="IP addresses", choices=IpAddresses, widget=forms.RadioSelect)
    browsers_identify = forms.BooleanField(
        label="Browsers may identify customers",
        required=False,
        help_text="Then the tag’s identify joins a browser with a customer before they order. Anybody who knows a "
        "customer’s id can say that they are that customer: switch it off where ids can be guessed. Then orders alone "
        "join the two.",
    )


class ApiTokenForm(Worded):
    name = forms.CharField(max_length=80, help_text="Who or what uses it, such as Web shop.")
    scope = forms.ChoiceField(
        choices=ApiToken.Scope,
        initial=ApiToken.Scope.WRITE,
        help_text="Read asks what happened to reported orders and what an order would pay. Write reports orders, too.",
    )


class InvitationForm(Worded):
    email = forms.EmailField(label="E-mail address", max_length=150)
    role = forms.ChoiceField(choices=Membership.Role, initial=Membership.Role.VIEWER)
