"""Look-ups that pricing needs beside the orders, loaded for a batch in a few set queries."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple

from django.db.models import F

from common.currencies import CURRENCY_DIGITS
from common.db.statements import AnyOf
from common.formats.comparison import compared
from contracts.agreements.plans import ContractAt, terms_of
from contracts.engine.orders.context import CATALOG_FIELDS, Context, looked_up
from contracts.engine.orders.exchange import Rate
from contracts.engine.orders.history import OrdersBefore
from contracts.engine.orders.values import text
from contracts.engine.rules.fields import VARIABLES
from program.models import CatalogItem, Customer, EventType, ExceptionListItem, ExceptionListName
from program.models.customer import CustomerTagging, CustomerTagName
from tracking.exchange_rates.known import Wanted, load_rates
from tracking.models import Conversion

from .order_history import Earlier, earlier_orders

type CustomerKey = tuple[int, str]


@dataclass(frozen=True, slots=True)
class Needs:
    """What else the rules of an event payout look up: exception lists by name as compared, the product catalog, the
    customer's order history.
    """

    lists: frozenset[str]
    catalog: bool
    history: bool


@lru_cache(maxsize=512)
def needs_of(version_id: int, event_type_code: str) -> Needs:
    """What the event payout of a terms version needs; a version never changes, so neither does this."""
    event_payout = terms_of(version_id).event_payout(event_type_code)
    rules = [
        rule
        for part in (event_payout.payout_groups, event_payout.payout_adjustments, event_payout.payout_restrictions)
        for row in part
        for rule in row.rules
    ]
    names = {compared(name) for rule in rules if rule.operator.endswith("IN_LIST") for name in rule.values}
    return Needs(
        lists=frozenset(names),
        catalog=any(rule.variable.startswith("ITEM_CATALOG") for rule in rules),
        history=any(VARIABLES[rule.variable].family == "history" for rule in rules),
    )


class Carried(NamedTuple):
    """A tag that a customer carries or carried: its name, the names that it had before, and from when until when."""

    name: str
    formerly: tuple[str, ...]
    since: datetime
    until: datetime | None

    def at(self, moment: datetime) -> bool:
        return self.since <= moment and (self.until is None or moment < self.until)


class KnownCustomer(NamedTuple):
    """A customer's number, the tags that it ever carried, by name, and the orders from before the brand came."""

    pk: int
    tags: tuple[Carried, ...] = ()
    before: OrdersBefore = OrdersBefore()


@dataclass
class Lookups:
    """Rows around a batch of conversions of one or more programs, for credited ones and others."""

    event_types: dict[int, EventType]
    customers: dict[CustomerKey, KnownCustomer]
    lists: dict[int, dict[str, list[tuple[str, str]]]] = field(default_factory=dict)
    catalog: dict[int, dict[str, dict[str, str]]] = field(default_factory=dict)
    rates: Mapping[int, Sequence[Rate]] = field(default_factory=dict)
    earlier: dict[int, Earlier] = field(default_factory=dict)  # by conversion, where they are asked for
    _contexts: dict[tuple[int, int], Context] = field(default_factory=dict)

    def customer(self, conversion: Conversion) -> KnownCustomer | None:
        key = customer_key(conversion)
        return self.customers.get(key) if key else None

    def tags(self, conversion: Conversion) -> list[Carried]:
        """The tags that its customer carried at its event date, by name."""
        customer = self.customer(conversion)
        return [tag for tag in customer.tags if tag.at(conversion.event_date)] if customer else []

    def context(self, conversion: Conversion, version_id: int) -> Context:
        """The engine's context for that event type under that version; shared by the conversions of the batch."""
        key = (conversion.event_type_id, version_id)
        if key not in self._contexts:
            event_type = self.event_types[conversion.event_type_id]
            program = event_type.program
            self._contexts[key] = Context(
                currency=terms_of(version_id).currency,
                default_currency=program.currency,
                digits=CURRENCY_DIGITS,
                time_zone=program.time_zone,
                statuses=event_type.statuses(),
                lists=self.lists.get(program.pk, {}),
                catalog=self.catalog.get(program.pk, {}),
                rates=self.rates.get(program.pk, ()),
            )
        return self._contexts[key]


def load_lookups(
    conversions: Collection[Conversion], contracts: Mapping[int, ContractAt], event_types: dict[int, EventType]
) -> Lookups:
    """Load everything that these conversions may need. The number of queries does not depend on how many they are.

    `contracts` holds by conversion the contract that it is priced by; without one it is not priced.
    """
    known = Lookups(
        event_types=event_types,
        customers=load_customers({key for conversion in conversions if (key := customer_key(conversion))}),
    )
    priced = [(conversion, contracts[conversion.pk]) for conversion in conversions if conversion.pk in contracts]
    known.rates = load_rates({wanted for each, contract in priced if (wanted := _wanted_rate(each, contract, known))})
    _load_lists_and_catalog(known, priced)
    known.earlier = earlier_orders([each for each, contract in priced if _asks_for_history(each, contract, known)])
    return known


def _wanted_rate(conversion: Conversion, contract: ContractAt, known: Lookups) -> Wanted | None:
    """The exchange rate that it needs; None where it is in the currency of its terms."""
    program = known.event_types[conversion.event_type_id].program
    source = (text(conversion.payload.get("CurrencyCode")) or program.currency).upper()
    target = terms_of(contract.terms_version_id).currency
    if source == target:
        return None
    return Wanted(program.pk, source, target, conversion.event_date.astimezone(program.zone).date())


def _asks_for_history(conversion: Conversion, contract: ContractAt, known: Lookups) -> bool:
    """Whether its terms ask for the order history, or its status is worked out from it."""
    if not conversion.payload.get("CustomerId"):
        return False
    event_type = known.event_types[conversion.event_type_id]
    if event_type.works_out_status and not conversion.payload.get("CustomerStatus"):
        return True
    return needs_of(contract.terms_version_id, event_type.code).history


def customer_key(conversion: Conversion) -> CustomerKey | None:
    """Under which its customer is known, where it names one."""
    customer_id = conversion.payload.get("CustomerId")
    return (conversion.program_id, customer_id) if customer_id else None


def load_customers(keys: Iterable[CustomerKey]) -> dict[CustomerKey, KnownCustomer]:
    """Those of these customers that are known, with the tags that they ever carried."""
    ids: dict[int, list[str]] = defaultdict(list)
    for program_id, customer_id in keys:
        ids[program_id].append(customer_id)
    known: dict[CustomerKey, KnownCustomer] = {}
    for program_id, of_program in ids.items():
        rows = Customer.objects.filter(AnyOf(F("customer_id"), of_program), program=program_id)
        found = list(rows.order_by().values_list("pk", "customer_id", "orders_before", "first_order_date"))
        tags = _carried([pk for pk, *_ in found])
        for pk, customer_id, number, first_day in found:
            known[program_id, customer_id] = KnownCustomer(
                pk, tuple(sorted(tags.get(pk, ()))), OrdersBefore(number, first_day)
            )
    return known


def _carried(customers: list[int]) -> dict[int, list[Carried]]:
    """The tags that these customers ever carried, by the numbers of their rows."""
    taggings = CustomerTagging.objects.usable().filter(AnyOf(F("customer_id"), customers))
    rows = list(taggings.values_list("customer_id", "tag_id", "tag__name", "period"))
    formerly: dict[int, list[str]] = defaultdict(list)
    if rows:
        names = CustomerTagName.objects.filter(tag__in={tag for _, tag, *_ in rows})
        for tag, name in names.exclude(name_key=F("tag__name_key")).values_list("tag", "name"):
            formerly[tag].append(name)
    carried: dict[int, list[Carried]] = defaultdict(list)
    for customer, tag, name, period in rows:
        carried[customer].append(Carried(name, tuple(formerly.get(tag, ())), period.lower, period.upper))
    return carried


def _load_lists_and_catalog(known: Lookups, priced: Iterable[tuple[Conversion, ContractAt]]) -> None:
    lists: dict[int, set[str]] = {}
    values: dict[int, set[str]] = {}
    skus: dict[int, set[str]] = {}
    for conversion, contract in priced:
        needs = needs_of(contract.terms_version_id, known.event_types[conversion.event_type_id].code)
        if needs.lists:
            lists.setdefault(conversion.program_id, set()).update(needs.lists)
            values.setdefault(conversion.program_id, set()).update(map(compared, looked_up(conversion.payload)))
        if needs.catalog:
            of_order = {item["ItemSku"] for item in conversion.payload.get("Items", []) if "ItemSku" in item}
            skus.setdefault(conversion.program_id, set()).update(of_order)
    for program_id, names in lists.items():
        known.lists[program_id] = list_entries(program_id, names, values[program_id])
    for program_id, of_program in skus.items():
        rows = CatalogItem.objects.filter(program=program_id, sku__in=of_program)
        known.catalog[program_id] = {row.sku: catalog_row(row) for row in rows}


def list_entries(program_id: int, names: set[str], values: set[str] | None = None) -> dict[str, list[tuple[str, str]]]:
    """Of the lists with these names, earlier ones too, the entries that one of the values may meet: those that equal
    it, and every regular expression; without values all of them. All as they are compared; the list is under the name
    that rules ask for.
    """
    rows = ExceptionListName.objects.filter(program=program_id, name_key__in=names)
    wanted = dict(rows.values_list("name", "exception_list_id"))
    items = ExceptionListItem.objects.filter(exception_list__in=set(wanted.values())).order_by("id")
    patterns = items.filter(match_mode=ExceptionListItem.MatchMode.REGEX)
    equal = items.filter(match_mode=ExceptionListItem.MatchMode.EQ)
    if values is not None:
        equal = equal.filter(AnyOf(F("value_key"), list(values)))
    found: dict[int, list[tuple[str, str]]] = defaultdict(list)
    for entries in (equal, patterns):
        for pk, value, mode in entries.values_list("exception_list_id", "value", "match_mode"):
            found[pk].append((value, mode))
    return {name: found[pk] for name, pk in wanted.items()}


def catalog_row(row: CatalogItem) -> dict[str, str]:
    """A row of the catalog as the engine reads it; what is blank there is missing."""
    values = (row.manufacturer, row.category, row.subcategory, row.original_format_category)
    return {name: value for name, value in zip(CATALOG_FIELDS, values, strict=True) if value}
