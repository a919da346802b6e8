"""What the list of customers and a file of it show beside the customers; as many queries for any number of them."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from program.customers.selection import CustomerFilters
from program.event_types.status_marks import status_marks
from program.models import Customer, Partner, Program
from program.models.customer import CustomerRevenue, CustomerTag, CustomerTagging
from program.partners.countries import country_name


class ListedCustomer(NamedTuple):
    """A customer with the rows beside it. `revenue` is in the chosen currency, None where there is none in it."""

    customer: Customer
    tags: list[CustomerTag]
    partners: list[str]
    revenue: CustomerRevenue | None
    mark: str
    country: str

    @property
    def email_hash(self) -> str:
        """The e-mail address as integrations send it."""
        return self.customer.email_sha256 or self.customer.email_sha1


def listed(filters: CustomerFilters, customers: Sequence[Customer]) -> list[ListedCustomer]:
    program, numbers = filters.program, [customer.pk for customer in customers]
    revenues = CustomerRevenue.objects.filter(customer__in=numbers, currency=filters.currency)
    by_customer = {row.customer_id: row for row in revenues}
    tags = tags_of(numbers)
    names = partner_names(program, customers)
    marks = status_marks(program)
    return [
        ListedCustomer(
            customer,
            tags.get(customer.pk, []),
            sorted(names[pk] for pk in customer.partner_ids if pk in names),
            by_customer.get(customer.pk),
            marks[customer.status],
            country_name(customer.country),
        )
        for customer in customers
    ]


def tags_of(numbers: Iterable[int]) -> dict[int, list[CustomerTag]]:
    """The tags that these customers carry now, by name."""
    taggings = CustomerTagging.objects.current().filter(customer__in=list(numbers))
    found: dict[int, list[CustomerTag]] = {}
    for tagging in taggings.select_related("tag").order_by("tag__name"):
        found.setdefault(tagging.customer_id, []).append(tagging.tag)
    return found


def partner_names(program: Program, customers: Iterable[Customer]) -> dict[int, str]:
    """The names of those who brought these customers, by number."""
    numbers = {pk for customer in customers for pk in customer.partner_ids}
    return dict(Partner.objects.filter(program=program, pk__in=numbers).values_list("pk", "name"))
