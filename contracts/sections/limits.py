"""Limits on pages: a row each, as many as one adds."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django import forms
from django.forms import BoundField

from common.web.field_messages import Worded, say_what_to_enter
from contracts.engine.document.amounts import plain
from contracts.engine.document.sections.limits import MOST, WITH_PERIODS, Limit, Limits

from .fields import limit_field, too_fine
from .panels import FormSection, Panel

WHAT = [("PAYOUT", "Pay at most"), ("ACTION", "Take at most")]
WHOSE = [
    ("ALL", "the partner"),
    ("CUSTOMER", "each customer"),
    ("CLICK", "each click"),
    ("ORDER", "each order"),
    ("ITEM", "each item"),
]
WHEN = [
    ("DAY", "a day"),
    ("WEEK", "a week"),
    ("MONTH", "a month"),
    ("QUARTER", "a quarter"),
    ("LOCKING_PERIOD", "a locking period"),
    ("CONTRACT", "the whole contract"),
]
PARTS = {"type": "Type", "value": "Value", "by": "LimitBy", "period": "Period"}
_ROW = re.compile(r"limit-(\d{1,4})-value")


@dataclass(frozen=True, slots=True)
class Row:
    """The fields of one limit."""

    what: BoundField
    value: BoundField
    by: BoundField
    period: BoundField


class LimitsForm(Worded):
    """A row of fields for each limit that is stored or was sent, in the order of its numbers. A row that was sent keeps
    the number that it has on the page, so that what is wrong with it is said there; one without a value is left out.
    """

    currency = ""

    def __init__(self, data: Any = None, *args: Any, **options: Any) -> None:
        super().__init__(data, *args, **options)
        self.numbers = sorted(_numbers(self.initial) if data is None else _filled(data))
        for place, number in enumerate(self.numbers, 1):
            fields = _fields(number, f"Limit {place}")
            say_what_to_enter(fields, self.asks)
            self.fields |= fields

    @property
    def rows(self) -> list[Row]:
        return [self._row(number) for number in self.numbers]

    @property
    def next_number(self) -> int:
        """That of a row to be added."""
        return max(self.numbers, default=-1) + 1

    @property
    def blank(self) -> Row:
        """A row to be added, with __n__ in place of its number; its period is a month."""
        empty = LimitsForm(auto_id=self.auto_id)
        empty.fields |= _fields("__n__", "New limit")
        return empty._row("__n__")

    @property
    def paths(self) -> dict[str, str]:
        """The field that an error's path belongs to: the document numbers its limits from 0, without gaps."""
        found: dict[str, str] = {}
        for place, number in enumerate(self.numbers):
            found[f"Limits[{place}]"] = f"limit-{number}-value"
            found |= {f"Limits[{place}].{key}": f"limit-{number}-{part}" for part, key in PARTS.items()}
        return found

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        for number in self.numbers[MOST:]:
            self.add_error(f"limit-{number}-value", f"There can be at most {MOST} limits.")
        for number in self.numbers:
            problem = too_fine(data.get(f"limit-{number}-value"), self.currency)
            if problem and data.get(f"limit-{number}-type") == "PAYOUT":
                self.add_error(f"limit-{number}-value", problem)
        return data

    def _row(self, number: int | str) -> Row:
        what, value, by, period = (self[f"limit-{number}-{part}"] for part in PARTS)
        return Row(what, value, by, period)


def _fields(number: int | str, name: str) -> dict[str, forms.Field]:
    fields: dict[str, forms.Field] = {
        "type": forms.ChoiceField(choices=WHAT, label=f"{name}, what"),
        "value": limit_field(label=name, required=False),
        "by": forms.ChoiceField(choices=WHOSE, label=f"{name}, for whom"),
        "period": forms.ChoiceField(choices=WHEN, label=f"{name}, in which period", initial="MONTH", required=False),
    }
    return {f"limit-{number}-{part}": field for part, field in fields.items()}


def _numbers(names: Iterable[str]) -> Iterator[int]:
    return (int(found[1]) for name in names if (found := _ROW.fullmatch(name)))


def _filled(data: Any) -> list[int]:
    """The numbers of the rows that were sent with a value."""
    return [number for number in set(_numbers(data)) if str(data.get(f"limit-{number}-value", "")).strip()]


def read(data: Mapping[str, Any]) -> Limits:
    """The limits as they were typed; those of an order, item or click have no period."""
    return tuple(_limit({part: data[f"limit-{number}-{part}"] for part in PARTS}) for number in sorted(_numbers(data)))


def _limit(row: Mapping[str, Any]) -> Limit:
    period: Any = row["period"] or "MONTH"
    value = Decimal(plain(row["value"]))
    return Limit(row["type"], row["by"], value, period if row["by"] in WITH_PERIODS else "CONTRACT")


def initial(value: Limits) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for number, row in enumerate(value):
        values = {"type": row.type, "value": plain(row.value), "by": row.limit_by, "period": row.period}
        found |= {f"limit-{number}-{part}": values[part] for part in PARTS}
    return found


def _offer(form: Any, owner: Any) -> None:
    form.currency = owner.currency


LIMITS = FormSection(
    section="limits",
    slug="limits",
    form=LimitsForm,
    fields={},
    paths=lambda form: form.paths,
    initial=initial,
    value=read,
    help="What would go beyond a limit of money is cut to what is left. An action beyond a number of actions is over "
    "cap: it pays nothing unless you approve it. What names no customer or click is not limited by it.",
    offer=_offer,
)
LIMITS_PANEL = Panel(
    slug="limits",
    title="Limits",
    sections=(LIMITS,),
    saved="The limits are saved in the draft.",
    body="contracts/_limits_body.html",
)
