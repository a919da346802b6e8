"""Which customers a filter means: what the list shows, and what is done to “all that match”."""

from django.http import QueryDict

from common.web.filters import chosen_rows
from common.web.lists import text_in
from program.models import Customer, CustomerTag, Program
from program.models.customer import CustomerQuerySet


def customers_matching(program: Program, query: QueryDict) -> CustomerQuerySet:
    """The customers of the program that match the filters in the address of the list."""
    customers = Customer.objects.known().filter(program=program)
    if q := text_in(query, "q"):
        customers = customers.matching(q)
    if tags := chosen_rows(query, "tag", CustomerTag.objects.filter(program=program)):
        customers = customers.tagged([int(pk) for pk in tags])
    return customers
