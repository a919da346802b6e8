"""Forms: what may be typed. Whether it makes sense in terms, the services say."""

from decimal import Decimal
from typing import Any, ClassVar

from django import forms

from common.currencies import CURRENCY_DIGITS
from common.db.edits import Values
from common.web.edit_forms import EditForm
from common.web.field_messages import Worded
from contracts.drafts.template_terms import default_payout_values, schedule_values
from contracts.models import EventPayout, PayoutAdjustment, PayoutGroup, TemplateTerms
from program.models import EventType

PERCENT, FIXED = "PERCENT", "FIXED"
KINDS = [(PERCENT, "Percentage"), (FIXED, "Fixed amount")]
DAY_ERROR = {"invalid": "Choose a day, such as 2026-01-31."}
CURRENCIES = [(code, code) for code in sorted(CURRENCY_DIGITS)]


class AmountField(forms.DecimalField):
    """A payout as it is typed: an amount, or a rate in percent, with or without its sign: 15, 15%."""

    def to_python(self, value: Any) -> Any:
        if isinstance(value, str) and is_percent(value):
            value = value.strip()[:-1]
        return super().to_python(value)


def is_percent(typed: str) -> bool:
    """Whether a number was typed with a percent sign."""
    return typed.strip().endswith("%")


def _amount(**options: Any) -> forms.DecimalField:
    widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
    words = {"invalid": "Write a number with a point and without separators, such as 12.5."}
    return AmountField(
        max_digits=20, decimal_places=8, min_value=Decimal(0), widget=widget, error_messages=words, **options
    )


def _count(**options: Any) -> forms.IntegerField:
    widget = forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"})
    return forms.IntegerField(widget=widget, **{"min_value": 0, "max_value": 9999, **options})


def plain(value: Decimal | None) -> str:
    """A stored number as one would type it; nothing for None."""
    if value is None:
        return ""
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


class TermsForm(EditForm):
    name = forms.CharField(max_length=120, help_text="The name in lists, contracts and actions.")
    labels = forms.CharField(required=False, max_length=1024, help_text="Separated by commas, for your own sorting.")
    currency = forms.ChoiceField(choices=CURRENCIES, help_text="Of every amount in these terms.")

    def clean_labels(self) -> list[str]:
        return [label.strip() for label in self.cleaned_data["labels"].split(",") if label.strip()]


class CopiedField(forms.ModelChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.name} ({obj.currency})"


class NewTermsForm(TermsForm):
    stored: Values = {}  # nothing yet
    copy_from = CopiedField(
        TemplateTerms.objects.none(),
        label="Use terms from an existing template term",
        required=False,
        empty_label="No, start empty",
        help_text="Copies its payouts, groups, adjustments, restrictions and dates, and keeps its currency.",
    )
    field_order = ("copy_from", "name", "labels", "currency")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["currency"].help_text = "Of every amount in these terms. A copy keeps the currency of its source."


class ByKindForm(EditForm):
    """A form with a `value` that is a percentage or a fixed amount, as `kind` says."""

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        typed = str(self.data.get(self.add_prefix("value"), ""))
        if data.get("kind") == FIXED and is_percent(typed) and "value" not in self.errors:
            self.add_error(
                "value", f"“{typed.strip()}” is a percentage. Choose Percentage above, or write an amount of money."
            )
        return data


class PayoutForm(ByKindForm):
    """A default payout: a percentage or a fixed amount, by order or by item."""

    asks: ClassVar = {"value": "a payout, such as 12"}

    kind = forms.ChoiceField(choices=KINDS, initial=PERCENT, label="Kind of payout")
    value = _amount(label="Payout")
    payout_level = forms.ChoiceField(choices=EventPayout.Level, label="Payout level")

    def payouts(self) -> dict[str, Any]:
        """What the services take."""
        value = self.cleaned_data["value"]
        is_percent = self.cleaned_data["kind"] == PERCENT
        return {
            "payout_level": self.cleaned_data["payout_level"],
            "payout": None if is_percent else value,
            "payout_rate": value if is_percent else None,
        }

    @classmethod
    def of(cls, row: EventPayout, data: Any = None) -> "PayoutForm":
        is_percent = row.default_payout_rate is not None
        form = cls(
            data,
            auto_id="default_%s",
            initial={
                "kind": PERCENT if is_percent else FIXED,
                "value": plain(row.default_payout_rate if is_percent else row.default_payout),
                "payout_level": row.payout_level,
            },
        )
        form.stored = default_payout_values(row)
        return form


class EventPayoutForm(PayoutForm):
    event_type = forms.ModelChoiceField(EventType.objects.none(), label="Event type", empty_label=None)
    field_order = ("event_type", "kind", "value", "payout_level")


class RowForm(EditForm):
    """What the forms of groups, adjustments and restrictions have in common; their rules are read beside them."""

    def __init__(self, *args: Any, **options: Any) -> None:
        # In the dialog it stands on a page whose own forms have a name and a payout too: ids must differ.
        super().__init__(*args, **{"auto_id": "row_%s", **options})

    def values(self) -> dict[str, Any]:
        """What the services take, without the rules."""
        return dict(self.cleaned_data)

    @classmethod
    def initial_of(cls, row: Any) -> dict[str, Any]:
        """What the form holds of a row that stands: by the row's own names, where a form does not know better."""
        return {name: getattr(row, name) for name in cls.base_fields}


class GroupForm(RowForm, ByKindForm):
    asks: ClassVar = {"value": "a payout, such as 12"}

    name = forms.CharField(required=False, max_length=255, help_text="For your team and for reasons on actions.")
    kind = forms.ChoiceField(choices=KINDS, initial=PERCENT, label="Kind of payout")
    value = _amount(label="Payout")
    payable_items = _count(
        label="Limit on payable items",
        required=False,
        min_value=1,
        max_value=2_147_483_647,
        help_text="Only this many units of quantity earn, the first ones. Empty: all.",
    )

    def values(self) -> dict[str, Any]:
        data = dict(self.cleaned_data)
        value, kind = data.pop("value"), data.pop("kind")
        return {
            **data,
            "payout": value if kind == FIXED else None,
            "payout_rate": value if kind == PERCENT else None,
        }

    @classmethod
    def initial_of(cls, row: PayoutGroup) -> dict[str, Any]:
        is_percent = row.payout_rate is not None
        return {
            "name": row.name,
            "kind": PERCENT if is_percent else FIXED,
            "value": plain(row.payout_rate if is_percent else row.payout),
            "payable_items": row.payable_items,
        }


class AdjustmentForm(RowForm, ByKindForm):
    asks: ClassVar = {"value": "by how much, such as 5"}

    direction = forms.ChoiceField(choices=PayoutAdjustment.Direction)
    kind = forms.ChoiceField(
        choices=KINDS, initial=PERCENT, label="Kind of adjustment", help_text="A percentage is of the payout."
    )
    value = _amount(label="By")

    def values(self) -> dict[str, Any]:
        value, is_percent = self.cleaned_data["value"], self.cleaned_data["kind"] == PERCENT
        return {
            "direction": self.cleaned_data["direction"],
            "rate": value if is_percent else None,
            "amount": None if is_percent else value,
        }

    @classmethod
    def initial_of(cls, row: PayoutAdjustment) -> dict[str, Any]:
        is_percent = row.rate is not None
        return {
            "direction": row.direction,
            "kind": PERCENT if is_percent else FIXED,
            "value": plain(row.rate if is_percent else row.amount),
        }


class RestrictionForm(RowForm):
    zero_payout_hide_report = forms.BooleanField(
        label="Leave such actions out of reports",
        required=False,
        help_text="The action is still kept, and its page says what restricted it.",
    )


class ScheduleForm(EditForm):
    """Locking and paying, as two sentences. A sentence that is switched off asks for nothing."""

    has_locking = forms.BooleanField(required=False)
    locking_months = _count(label="Months to lock")
    locking_days = _count(label="Days to lock")
    locking_period = forms.ChoiceField(choices=EventPayout.LockingPeriod, label="Locking period")
    has_scheduling = forms.BooleanField(required=False)
    scheduling_months = _count(label="Months to pay")
    scheduling_days = _count(label="Days to pay")
    scheduling_period = forms.ChoiceField(choices=EventPayout.SchedulingPeriod, label="Scheduling period")

    @classmethod
    def of(cls, row: EventPayout, data: Any = None) -> "ScheduleForm":
        return cls(data, initial=schedule_values(row))

    def wanted(self, row: EventPayout) -> EventPayout:
        """The event payout as the form has it; not saved."""
        values = {name: self.cleaned_data[name] for name in self.base_fields}
        return EventPayout(event_type_id=row.event_type_id, payout_level=row.payout_level, **values)


class PositionForm(Worded):
    position = _count(label="Position", min_value=1, max_value=20_000)


class GroupFileForm(Worded):
    file = forms.FileField(
        label="File of payout groups",
        widget=forms.FileInput(attrs={"accept": ".csv,.csv.gz,.xlsx,.xls"}),
        help_text="csv, xlsx or xls, with the columns Payout Type, Payout Value and Rules; "
        "Rank, Name and Limit if you like. It replaces the groups in the draft; you see what would change before that.",
    )


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
            self.add_error("partners", "Tick at least one partner.")
        return data

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


class PublishForm(StartForm):
    comment = forms.CharField(
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="What changed and why. Kept with the version.",
    )
