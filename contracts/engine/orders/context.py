"""Program data that an order does not contain: time zone, currencies, status codes, lists, catalog, rates."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any

from common.formats.comparison import compared, trimmed
from common.patterns import Patterns, patterns_of
from contracts.engine.orders.exchange import MOST_PLACES, Rate, Rates, rate_json
from contracts.engine.orders.money import written
from contracts.engine.orders.values import calendar_day, day, number, text

CATALOG_FIELDS = ("Manufacturer", "Category", "Subcategory", "OriginalFormatCategory")
_RETURNING = ("return", "returning")
# Recognised without a mapping, unless it lists them elsewhere.
_KNOWN_CODES = {"new": "New", "existing": "Existing", **dict.fromkeys(_RETURNING, "Existing")}
_LOOKED_UP = ("ItemPromoCode", "ItemSku", "ItemCategory")
_CACHED_VALUES = 20_000


def category_name(name: str) -> str:
    """A customer status category as the engine calls it: Return and Returning are Existing (payouts.md §4)."""
    return "Existing" if compared(name) in _RETURNING else trimmed(name)


@dataclass(frozen=True)
class Context:
    """The facts beside an order, for one event type and one terms currency.

    `currency` is the terms'; `digits` the ISO 4217 digits by code; `statuses` the codes by category; `lists` the
    entries (value, EQ or REGEX) by list name; `catalog` the rows by SKU; `rates` at most one for a pair and day, in
    any order.
    """

    currency: str
    default_currency: str
    digits: Mapping[str, int]
    time_zone: str = "UTC"
    statuses: Mapping[str, Sequence[str]] = field(default_factory=dict)
    lists: Mapping[str, Sequence[tuple[str, str]]] = field(default_factory=dict)
    catalog: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    rates: Sequence[Rate] = ()

    def digits_of(self, currency: str) -> int:
        """The decimal digits of a currency; ValueError where the context does not hold it."""
        try:
            return self.digits[currency]
        except KeyError:
            raise ValueError(f"{currency!r} is not a known currency code") from None

    def rate(self, currency: str, on: date | None) -> Rate | None:
        """The rate into the terms' currency on that day, None where it is the same currency; else RateMissing."""
        return None if currency == self.currency else self._rates.on(currency, self.currency, on)

    def category(self, code: str | None) -> str | None:
        """The category of a customer status code, None when there is no code or it is unmapped."""
        return self._codes.get(compared(code)) if code else None

    def memberships(self, value: str) -> frozenset[str]:
        """The names, as they are compared, of the lists that contain the value."""
        return frozenset(name for name, _ in self._entries(value))

    def narrowed(self, payload: Mapping[str, Any], status: str | None = None) -> dict[str, Any]:
        """Only what this order uses, as JSON: stored with an action, it prices the same however lists change later.

        `status` is the code that a modification gave the customer, if any.
        """
        currency = (text(payload.get("CurrencyCode")) or self.default_currency).upper()
        codes = [code for code in (text(payload.get("CustomerStatus")), text(status)) if code]
        listed: dict[str, list[dict[str, str]]] = {}
        for value in looked_up(payload) if self.lists else ():
            for name, entry in self._entries(value):
                row = {"Value": entry[0], "MatchMode": entry[1]}
                if row not in listed.setdefault(self._list_names[name], []):
                    listed[self._list_names[name]].append(row)
        mapping: dict[str, list[str]] = {}
        for code in codes:
            category = self.category(code)
            if category is not None and code not in mapping.setdefault(category, []):
                mapping[category].append(code)
        items = (payload.get("Items") or ()) if self.catalog else ()
        skus = sorted({sku for item in items if (sku := text(item.get("ItemSku")))})
        narrowed: dict[str, Any] = {
            "TimeZone": self.time_zone,
            "Currency": self.currency,
            "DefaultCurrency": self.default_currency,
            "Digits": {code: self.digits_of(code) for code in sorted({currency, self.currency})},
            "CustomerStatusMapping": mapping,
            "ExceptionLists": listed,
            "Catalog": {sku: dict(self.catalog[sku]) for sku in skus if sku in self.catalog},
            "ExchangeRates": [],
        }
        rate = self.rate(currency, calendar_day(payload.get("EventDate"), self.time_zone))
        if rate is not None:
            narrowed["ExchangeRates"].append(rate_json(rate))
        return narrowed

    @classmethod
    def from_json(
        cls,
        data: Mapping[str, Any],
        *,
        currency: str | None = None,
        default_currency: str | None = None,
        digits: Mapping[str, int] | None = None,
        event_type_code: str | None = None,
    ) -> "Context":
        """The context that `narrowed` wrote, or one written by hand for `try_payout`. By hand the status mapping is
        under the event type's code, and currency and digits come as arguments. ValueError names the part that cannot be
        read.
        """
        mapping = data.get("CustomerStatusMapping") or {}
        if event_type_code is not None:
            mapping = (mapping.get(event_type_code) or {}) if isinstance(mapping, Mapping) else mapping
        terms_currency = currency or data.get("Currency")
        home = data.get("DefaultCurrency") or default_currency or terms_currency
        if not isinstance(terms_currency, str) or not isinstance(home, str):
            raise ValueError("Currency: give a currency code like GBP")
        known = data.get("Digits")
        try:
            return cls(
                currency=terms_currency.upper(),
                default_currency=home.upper(),
                digits=digits if digits is not None else dict(known or {}),
                time_zone=data.get("TimeZone") or "UTC",
                statuses={name: tuple(_plain(code) for code in codes) for name, codes in mapping.items()},
                lists={
                    name: tuple((_plain(entry["Value"]), entry.get("MatchMode") or "EQ") for entry in entries)
                    for name, entries in (data.get("ExceptionLists") or {}).items()
                },
                catalog={
                    sku: {name: _plain(value) for name, value in row.items() if value is not None}
                    for sku, row in (data.get("Catalog") or {}).items()
                },
                rates=tuple(_rate(row) for row in data.get("ExchangeRates") or ()),
            )
        except (AttributeError, KeyError, TypeError) as error:
            raise ValueError(f"the context cannot be read: {error!r}") from error

    @cached_property
    def _rates(self) -> Rates:
        return Rates(self.rates)

    @cached_property
    def _codes(self) -> dict[str, str]:
        codes: dict[str, str] = {}
        for name, mapped in self.statuses.items():
            for code in mapped:
                codes.setdefault(compared(code), category_name(name))
        return _KNOWN_CODES | codes

    @cached_property
    def _met(self) -> dict[str, Sequence[tuple[str, tuple[str, str]]]]:
        return {}

    @cached_property
    def _list_names(self) -> dict[str, str]:
        return {compared(name): name for name in self.lists}

    @cached_property
    def _equal(self) -> dict[str, list[tuple[str, tuple[str, str]]]]:
        equal: dict[str, list[tuple[str, tuple[str, str]]]] = {}
        for name, entries in self.lists.items():
            for entry in entries:
                if entry[1] == "EQ":
                    equal.setdefault(compared(entry[0]), []).append((compared(name), entry))
        return equal

    @cached_property
    def _regex(self) -> tuple[Patterns, list[tuple[str, tuple[str, str]]]]:
        """The patterns of all lists, and for each the list's name as it is compared and the entry."""
        found = [
            (compared(name), entry) for name, entries in self.lists.items() for entry in entries if entry[1] != "EQ"
        ]
        return patterns_of(tuple(entry[0] for _, entry in found)), found

    def _entries(self, value: str) -> Sequence[tuple[str, tuple[str, str]]]:
        """(list name as it is compared, entry) of every entry that the value meets; a REGEX must meet all of it.
        Computed once for each value: rules ask for it, and then what is stored with the action.
        """
        found = self._met.get(value)
        if found is None:
            if len(self._met) >= _CACHED_VALUES:
                self._met.clear()
            form = compared(value)
            patterns, entries = self._regex
            regular = [entries[number] for number in patterns.matching(form)]
            found = self._met[value] = (*self._equal.get(form, ()), *regular)
        return found


def looked_up(payload: Mapping[str, Any]) -> list[str]:
    """Every value of an order that is looked up on exception lists."""
    sent = [payload.get("OrderPromoCode")]
    for item in payload.get("Items") or ():
        sent += map(item.get, _LOOKED_UP)
        if "ItemSubCategory" in item:
            sent.append(super_category(item))
    return sorted({value for given in set(sent) if given and (value := text(given))})


def super_category(item: Mapping[str, str]) -> str | None:
    """`category_subcategory` of a line, None unless both were sent."""
    category, subcategory = text(item.get("ItemCategory")), text(item.get("ItemSubCategory"))
    return f"{category}_{subcategory}" if category and subcategory else None


def _plain(value: object) -> str:
    """A text of the context; people who write one by hand also write whole numbers and rates without quotes."""
    if isinstance(value, str):
        return value
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        return written(Decimal(value))
    raise TypeError(f"{value!r} is not a text")


def _rate(row: Mapping[str, Any]) -> Rate:
    rate = _euro_rate(row)
    return replace(rate, over=tuple(map(_euro_rate, row.get("Over") or ())))


def _euro_rate(row: Mapping[str, Any]) -> Rate:
    """A rate as it is written, without those that it was worked out from."""
    rate = number(_plain(row["Rate"]))
    if rate is None or rate <= 0 or abs(rate.adjusted()) > MOST_PLACES:
        raise ValueError(f"ExchangeRates: the rate from {row['From']} to {row['To']} must be above 0")
    return Rate(day(row["Date"]), row["From"].upper(), row["To"].upper(), rate, row.get("Source") or "")
