"""The form of a test order. The intake validates the fields: the order is read as by the API."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from django import forms

from common.refusals import Refusal
from common.web.combobox import Combobox
from common.web.field_messages import Worded
from program.models import EventType
from program.partners.countries import country_name
from tracking.intake.parameters import EVENT_KEYS, ITEM_PARAMETERS, NOT_SENT, numbered_name

# Which field of the form fills which parameter of the API.
PARAMETERS = {
    "event_type": "EventTypeId",
    "partner": "MediaPartnerId",
    "order_id": "OrderId",
    "event_date": "EventDate",
    "amount": "Amount",
    "currency": "CurrencyCode",
    "customer_status": "CustomerStatus",
    "customer_id": "CustomerId",
    "country": "CustomerCountry",
    "promo_code": "OrderPromoCode",
}
ITEM = ("ItemSku", "ItemQuantity", "ItemPrice", "ItemCategory", "ItemName")
SEPARATOR = ";"
FREE = ("items", "parameters")  # fields of many lines, each of which may have its own error
MOST_ERRORS = 100  # said of one field


class TestOrderForm(Worded):
    """Fields in the order of the page; the intake reports what else is missing."""

    __test__ = False

    event_type = forms.ChoiceField(label="Event type")
    partner = forms.CharField(
        label="Partner",
        required=False,
        max_length=64,
        help_text="Found by name or id; its id is sent as MediaPartnerId.",
    )
    order_id = forms.CharField(label="Order id", max_length=64)
    event_date = forms.CharField(
        label="Ordered", required=False, help_text="In the program’s time zone; empty: now.",
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}),
    )  # fmt: skip
    amount = forms.CharField(label="Amount", required=False, help_text="Without tax and shipping.")
    currency = forms.CharField(label="Currency", required=False, max_length=3, widget=Combobox("currency"))
    items = forms.CharField(
        label="Items, in place of an amount", required=False, widget=forms.Textarea(attrs={"rows": 3}),
        help_text="One on a line: SKU; quantity; price of one; category; name. The last two may be left out.",
    )  # fmt: skip
    customer_status = forms.CharField(
        label="Customer Status", required=False, max_length=40, help_text="A code as your shop sends it.",
        widget=Combobox("status-code", takes_other=True),
    )  # fmt: skip
    customer_id = forms.CharField(label="Customer id", required=False)
    country = forms.CharField(
        label="Country", required=False, help_text="Of the shipping address.", widget=Combobox("country", country_name)
    )
    promo_code = forms.CharField(label="Promo code", required=False)
    parameters = forms.CharField(
        label="Further parameters", required=False, widget=forms.Textarea(attrs={"rows": 3}),
        help_text="By their name in the API, one on a line: OrderDiscount=5, Text1=blue.",
    )  # fmt: skip

    typed: dict[str, Any]  # what each field holds, as soon as the form is checked

    def __init__(
        self, *args: object, event_types: Iterable[EventType], partner_name: Callable[[str], str], **kwargs: object
    ) -> None:
        super().__init__(*args, **kwargs)
        names = {str(row.pk): row.name for row in event_types}
        self.fields["event_type"].widget = Combobox("active-event-type", lambda value: names.get(value, value))
        self.fields["event_type"].choices = list(names.items())  # type: ignore[attr-defined]
        self.fields["partner"].widget = Combobox("active-partner", partner_name)

    def sent(self) -> dict[str, str]:
        """The parameters that the API would be sent; what was left empty is not among them."""
        sent = {parameter: self.typed[field] for field, parameter in PARAMETERS.items() if self.typed.get(field)}
        return {"EventDate": "NOW", **sent, **dict(self._items()), **dict(self._parameters())}

    def clean(self) -> None:
        values = self.typed = dict(self.cleaned_data)  # an error below takes its field out of cleaned_data
        if values.get("amount") and values.get("items", "").strip():
            self.add_error("items", "Fill in the amount or the items, not both.")
        lines = [line for line in self._lines("parameters") if "=" not in line]
        self._add("parameters", [f"Write name=value; this line has no =: {line[:60]}" for line in lines])
        named = [name.casefold() for name, _ in self._parameters()]
        for name, parameter in PARAMETERS.items():
            if values.get(name) and parameter.casefold() in named:
                self.add_error(
                    "parameters", f"{parameter} has a field of its own on this form; fill in one of the two."
                )

    def refuse(self, refused: Iterable[Refusal]) -> None:
        """Put each error beside the field that it is about; those of further parameters keep their name.

        A field that already has an error keeps it alone: further errors of the intake follow from that one.
        """
        told = set(self.errors)
        fields = {parameter: field for field, parameter in PARAMETERS.items()}
        said: dict[str, list[str]] = {}
        for name, message, *_ in refused:
            if name in fields:
                field, words = fields[name], message
            elif name in ("ClickId", "EventTypeCode", "ActionTrackerId"):
                field, words = ("partner" if name == "ClickId" else "event_type"), message
            else:
                field, words = ("items" if name.startswith("Item") else "parameters"), f"{name}: {message}"
            if field not in told or field in FREE:
                said.setdefault(field, []).append(words)
        for field, messages in said.items():
            self._add(field, messages)

    def _add(self, field: str, messages: Sequence[str]) -> None:
        """The first errors of a field, and how many more it has."""
        for message in messages[:MOST_ERRORS]:
            self.add_error(field, message)
        if len(messages) > MOST_ERRORS:
            self.add_error(field, f"And {len(messages) - MOST_ERRORS:,} more errors.")

    def _lines(self, field: str) -> list[str]:
        return [line.strip() for line in self.typed.get(field, "").splitlines() if line.strip()]

    def _items(self) -> Iterator[tuple[str, str]]:
        for number, line in enumerate(self._lines("items"), 1):
            cells = [cell.strip() for cell in line.split(SEPARATOR, len(ITEM) - 1)]
            yield from ((f"{name}{number}", cell) for name, cell in zip(ITEM, cells, strict=False) if cell)

    def _parameters(self) -> Iterator[tuple[str, str]]:
        for line in self._lines("parameters"):
            name, _, value = line.partition("=")
            if name.strip() and value.strip():
                yield name.strip(), value.strip()


def written_again(payload: Mapping[str, Any]) -> dict[str, str]:
    """A payload's items and further parameters as they are typed on the form."""
    lines, further = [], []
    for number, item in enumerate(payload.get("Items", ()), 1):
        lines.append(f"{SEPARATOR} ".join(item.get(name, "") for name in ITEM).rstrip(f"{SEPARATOR} "))
        rest = [name for name in item if name not in ITEM]
        further += [f"{numbered_name(ITEM_PARAMETERS[name.casefold()], number)}={item[name]}" for name in rest]
    known = {"CampaignId", "Items", NOT_SENT, *EVENT_KEYS, *PARAMETERS.values()}
    further = [f"{name}={value}" for name, value in payload.items() if name not in known] + further
    return {"items": "\n".join(lines), "parameters": "\n".join(further)}
