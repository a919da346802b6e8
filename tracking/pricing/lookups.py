"""Look-ups that pricing needs beside the orders, loaded for a batch in a few set queries."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple

from django.db.models import F

from common.currencies import CURRENCY_DIGITS
from common.db.statements import AnyOf
from common.formats.comparison import compared
from contracts.agreements.plans import ContractAt, contracts_for, terms_of
from contracts.engine.orders.context import CATALOG_FIELDS, Context
from program.models import CatalogItem, Customer, EventType, ExceptionList, ExceptionListItem, Partner
from program.models.customer import CustomerTagging
from tracking.intake.parameters import PARTNER_KEYS
from tracking.models import Conversion

type ContractKey = tuple[int, int, datetime]
type CustomerKey = tuple[int, str]


@dataclass(frozen=True, slots=True)
class Needs:
    """What else the rules of an event payout look up: exception lists by name as compared, the product catalog."""

    lists: frozenset[str]
    catalog: bool


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
    return Needs(frozenset(names), any(rule.variable.startswith("ITEM_CATALOG") for rule in rules))


def forced_partner(conversion: Conversion) -> str | None:
    """The partner id that the conversion itself names."""
    return next((conversion.payload[key] for key in PARTNER_KEYS if key in conversion.payload), None)


class KnownCustomer(NamedTuple):
    """A customer's number and the names of its tags, in order."""

    pk: int
    tags: tuple[str, ...]


@dataclass
class Lookups:
    """Rows around a batch of conversions of one or more programs."""

    event_types: dict[int, EventType]
    partners: dict[tuple[int, str], Partner]
    contracts: dict[ContractKey, ContractAt]
    customers: dict[CustomerKey, KnownCustomer]
    lists: dict[int, dict[str, list[tuple[str, str]]]] = field(default_factory=dict)
    catalog: dict[int, dict[str, dict[str, str]]] = field(default_factory=dict)
    _contexts: dict[tuple[int, int], Context] = field(default_factory=dict)

    def partner(self, conversion: Conversion) -> Partner | None:
        return self.partners.get((conversion.program_id, forced_partner(conversion) or ""))

    def contract(self, conversion: Conversion, partner: Partner) -> ContractAt | None:
        return self.contracts.get((partner.pk, conversion.event_type_id, conversion.event_date))

    def tags(self, conversion: Conversion) -> list[str]:
        """The names of its customer's tags, in order."""
        key = customer_key(conversion)
        customer = self.customers.get(key) if key else None
        return list(customer.tags) if customer else []

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
            )
        return self._contexts[key]


def load_lookups(conversions: Collection[Conversion]) -> Lookups:
    """Load everything that these conversions may need. The number of queries does not depend on how many they are."""
    event_types = EventType.objects.select_related("program").prefetch_related("customerstatusmapping_set")
    partner_ids = {named for conversion in conversions if (named := forced_partner(conversion))}
    programs = {conversion.program_id for conversion in conversions}
    partners = Partner.objects.filter(program__in=programs, media_partner_id__in=partner_ids)
    known = Lookups(
        event_types=event_types.in_bulk({conversion.event_type_id for conversion in conversions}),
        partners={(partner.program_id, partner.media_partner_id): partner for partner in partners},
        contracts={},
        customers=load_customers({key for conversion in conversions if (key := customer_key(conversion))}),
    )
    keys = {
        (partner.pk, conversion.event_type_id, conversion.event_date)
        for conversion in conversions
        if (partner := known.partner(conversion))
    }
    known.contracts = contracts_for(sorted(keys))
    _load_lists_and_catalog(known, conversions)
    return known


def customer_key(conversion: Conversion) -> CustomerKey | None:
    """Under which its customer is known, where it names one."""
    customer_id = conversion.payload.get("CustomerId")
    return (conversion.program_id, customer_id) if customer_id else None


def load_customers(keys: Iterable[CustomerKey]) -> dict[CustomerKey, KnownCustomer]:
    """Those of these customers that are known, with their tags."""
    ids: dict[int, list[str]] = defaultdict(list)
    for program_id, customer_id in keys:
        ids[program_id].append(customer_id)
    known: dict[CustomerKey, KnownCustomer] = {}
    for program_id, of_program in ids.items():
        rows = Customer.objects.filter(AnyOf(F("customer_id"), of_program), program=program_id)
        numbers = {pk: customer_id for customer_id, pk in rows.order_by().values_list("customer_id", "pk")}
        tags: dict[int, list[str]] = defaultdict(list)
        tagged = CustomerTagging.objects.filter(AnyOf(F("customer_id"), list(numbers)))
        for pk, name in tagged.values_list("customer_id", "tag__name"):
            tags[pk].append(name)
        for pk, customer_id in numbers.items():
            known[program_id, customer_id] = KnownCustomer(pk, tuple(sorted(tags.get(pk, ()))))
    return known


def _load_lists_and_catalog(known: Lookups, conversions: Iterable[Conversion]) -> None:
    lists: dict[int, set[str]] = {}
    skus: dict[int, set[str]] = {}
    for conversion in conversions:
        partner = known.partner(conversion)
        contract = known.contract(conversion, partner) if partner else None
        if contract is None:
            continue
        needs = needs_of(contract.terms_version_id, known.event_types[conversion.event_type_id].code)
        lists.setdefault(conversion.program_id, set()).update(needs.lists)
        if needs.catalog:
            of_order = {item["ItemSku"] for item in conversion.payload.get("Items", []) if "ItemSku" in item}
            skus.setdefault(conversion.program_id, set()).update(of_order)
    for program_id, names in lists.items():
        if names:
            known.lists[program_id] = _entries(program_id, names)
    for program_id, of_program in skus.items():
        rows = CatalogItem.objects.filter(program=program_id, sku__in=of_program)
        known.catalog[program_id] = {row.sku: catalog_row(row) for row in rows}


def _entries(program_id: int, names: set[str]) -> dict[str, list[tuple[str, str]]]:
    """The entries of the lists with these names, in the form in which names are compared."""
    known = ExceptionList.objects.filter(program=program_id).values_list("id", "name")
    wanted = {pk: name for pk, name in known if compared(name) in names}
    entries: dict[str, list[tuple[str, str]]] = {name: [] for name in wanted.values()}
    rows = ExceptionListItem.objects.filter(exception_list__in=wanted).order_by("id")
    for pk, value, mode in rows.values_list("exception_list_id", "value", "match_mode"):
        entries[wanted[pk]].append((value, mode))
    return entries


def catalog_row(row: CatalogItem) -> dict[str, str]:
    """A row of the catalog as the engine reads it; what is blank there is missing."""
    values = (row.manufacturer, row.category, row.subcategory, row.original_format_category)
    return {name: value for name, value in zip(CATALOG_FIELDS, values, strict=True) if value}
