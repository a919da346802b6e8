"""Who a customer is, as the API or a file says it: the only writer of it, beside what orders say."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple, Protocol

from django.db import connection, transaction
from django.utils import timezone

from common.db.statements import fetch
from common.refusals import Refusal, Refused
from program.models import Customer, Program

# By column, as files and the API name them.
IDENTITY = {
    "name": "Name", "surname": "Surname", "email": "Email", "email_sha1": "EmailSha1", "email_sha256": "EmailSha256",
    "country": "Country", "region": "Region", "city": "City", "post_code": "PostCode",
}  # fmt: skip
EARLIER = {"first_order_date": "FirstOrderDate", "orders_before": "OrdersBefore"}
COLUMNS = {**IDENTITY, **EARLIER}
HASHES = ("email_sha1", "email_sha256")


class CustomerRow(Protocol):
    """A customer as a file or the API gives it, well formed; the customers reader's rows have this shape."""

    @property
    def customer_id(self) -> str: ...
    @property
    def said(self) -> Mapping[str, object]: ...  # by column; what is not in it stays as it is, a blank clears


class Difference(NamedTuple):
    """How a row differs from the stored customer; columns as files name them."""

    customer_id: str
    column: str
    before: str
    after: str


@dataclass(frozen=True)
class CustomerCounts:
    added: int
    changed: int
    unchanged: int
    differences: tuple[Difference, ...] = field(default=(), compare=False)  # of the changed ones
    numbers: Mapping[str, int] = field(default_factory=dict, compare=False)  # of the rows, by customer id
    new: frozenset[str] = field(default=frozenset(), compare=False)  # the customer ids that were added


@transaction.atomic
def add_customer(*, program: Program, row: CustomerRow) -> Customer:
    """Say for the first time who a customer is, who may be known by orders already.

    Raises Refused where it was said before: that is changed, and not added.
    """
    _save(program, [row], is_first=True)
    return Customer.objects.get(program=program, customer_id=row.customer_id)


@transaction.atomic
def save_customers(*, program: Program, rows: Iterable[CustomerRow]) -> CustomerCounts:
    """Add the customers that are new by id and change the others, in a constant number of queries.

    Who they are is what was said last: orders that are received later replace it. A date of a first order alone means
    one earlier order. Raises Refused for an id that is listed twice; then nothing is stored.
    """
    return _save(program, rows)


def erased_among(program: Program, listed: Iterable[str]) -> list[str]:
    """Those of these ids that are pseudonyms of customers who were erased."""
    found = Customer.objects.filter(program=program, customer_id__in=list(listed)).exclude(erased_at=None)
    return sorted(found.values_list("customer_id", flat=True))


def stands_for_erased(customer_id: str) -> Refusal:
    return Refusal("CustomerId", f"{customer_id} stands for a customer who was erased.", "erased")


def _save(program: Program, rows: Iterable[CustomerRow], *, is_first: bool = False) -> CustomerCounts:
    now = timezone.now()
    listed = _unique(rows)
    new = _add(program, listed, now)
    customers = _locked(program, listed)
    if _missing(listed, customers):
        # While this waited for their rows they were erased: under these ids there is nobody now.
        new |= _add(program, listed, now)
        customers = _locked(program, listed)
    if missing := _missing(listed, customers):
        raise Refused(*map(stands_for_erased, missing))
    changed: list[Customer] = []
    differences: list[Difference] = []
    for customer in customers:
        if is_first and customer.sent_at is not None:
            raise Refused(Refusal("CustomerId", f"The customer {customer.customer_id} already exists.", "taken"))
        if differing := _change(customer, listed[customer.customer_id]):
            changed.append(customer)
            differences += [each for each in differing if customer.customer_id not in new]
    sent = [each for each in customers if is_first or IDENTITY.keys() & listed[each.customer_id].keys()]
    for customer in sent:
        customer.sent_at = now
    _write({customer.pk: customer for customer in (*changed, *sent)}.values())
    others = sum(customer.customer_id not in new for customer in changed)
    return CustomerCounts(
        added=len(new),
        changed=others,
        unchanged=len(customers) - len(new) - others,
        differences=tuple(differences),
        numbers={customer.customer_id: customer.pk for customer in customers},
        new=frozenset(new),
    )


def _locked(program: Program, listed: Iterable[str]) -> list[Customer]:
    """Those of these who are known, locked in the order in which all lock them."""
    found = Customer.objects.known().filter(program=program, customer_id__in=list(listed))
    return list(found.order_by("pk").select_for_update(no_key=True))


def _missing(listed: Iterable[str], customers: Iterable[Customer]) -> list[str]:
    return sorted({*listed} - {customer.customer_id for customer in customers})


def _unique(rows: Iterable[CustomerRow]) -> dict[str, Mapping[str, object]]:
    listed: dict[str, Mapping[str, object]] = {}
    for row in rows:
        if row.customer_id in listed:
            raise Refused(Refusal("CustomerId", f"The customer id {row.customer_id} is listed twice.", "taken"))
        listed[row.customer_id] = row.said
    return listed


def _add(program: Program, listed: Iterable[str], now: datetime) -> set[str]:
    """Add those that are new, in one order, as pricing does: so the two cannot deadlock."""
    return {customer_id for (customer_id,) in fetch(_ADD, [program.pk, now, sorted(listed), program.pk])}


def _write(customers: Iterable[Customer]) -> None:
    """Write them by one statement. Django's own has a condition for each row and column, each tried for each row: it
    took most of the time of a file. Each write of a row is one to a dozen indexes, too.
    """
    rows = [(customer.pk, *(getattr(customer, name) for name in _WRITTEN)) for customer in customers]
    if rows:
        with connection.cursor() as cursor:
            cursor.execute(_WRITE, [list(column) for column in zip(*rows, strict=True)])


_TYPES = {"first_order_date": "date", "orders_before": "integer", "sent_at": "timestamptz"}
_WRITTEN = (*COLUMNS, "sent_at")
_WRITE = f"""
UPDATE program_customer AS customer SET {", ".join(f"{name} = new.{name}" for name in _WRITTEN)}
FROM unnest(%s::bigint[], {", ".join(f"%s::{_TYPES.get(name, 'text')}[]" for name in _WRITTEN)})
    AS new (id, {", ".join(_WRITTEN)})
WHERE customer.id = new.id
"""  # noqa: S608 (no value in it comes from outside)
_ADD = """
INSERT INTO program_customer (program_id, customer_id, created_at)
SELECT %s, new.customer_id, %s FROM unnest(%s::text[]) AS new (customer_id)
WHERE NOT EXISTS (
    SELECT FROM program_customer c WHERE c.program_id = %s AND c.customer_id = new.customer_id
)
ON CONFLICT DO NOTHING RETURNING customer_id
"""


def _change(customer: Customer, said: Mapping[str, Any]) -> list[Difference]:
    """Set what is said, and answer how it differs from what was stored."""
    before = {column: getattr(customer, column) for column in COLUMNS}
    after = {**before, **said}
    hashes = {column: said[column] for column in HASHES if said.get(column)}
    if "email" not in said and any(before[column] != value for column, value in hashes.items()):
        # The hash of another address: what is stored of the former one does not belong to it.
        after |= {"email": "", **dict.fromkeys(HASHES, ""), **hashes}
    elif after["email"]:
        after |= {column: after[column] or before[column] for column in HASHES}
    if "name" in said and "surname" not in said and not f" {after['name']}".endswith(f" {after['surname']}"):
        after["surname"] = ""
    if after["first_order_date"] and not after["orders_before"]:
        after["orders_before"] = 1
    for column, value in after.items():
        setattr(customer, column, value)
    return [
        Difference(customer.customer_id, COLUMNS[column], _text(before[column]), _text(value))
        for column, value in after.items()
        if value != before[column]
    ]


def _text(value: object) -> str:
    return "" if value is None else str(value)
