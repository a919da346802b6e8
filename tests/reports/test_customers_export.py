"""The list of customers as a file: the customers, order and columns of its page."""

import csv
import io

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from program.models import Customer, CustomerTag
from program.models.customer import CustomerRevenue
from reports.exports.services import render_export
from reports.models import Export
from tests.factories import make_customer, make_partner


@pytest.fixture
def people(brand):
    kettle = make_partner(program=brand, name="Kettle")
    for number in range(3):
        customer = make_customer(program=brand, customer_id=f"C-{number}", tags=["VIP"] if number else [])
        Customer.objects.filter(pk=customer.pk).update(orders=number, name="=1+1", partner_ids=[kettle.pk])
        CustomerRevenue.objects.create(
            program=brand, customer=customer, currency="GBP", orders=1, revenue=number, payout=1
        )
    return brand


def exported(client, query, format="csv"):
    sent = {"report": "customers", "format": format, "query": query}
    assert client.post(reverse("reports:export_create", args=[1000]), sent).status_code == 302
    export = Export.objects.latest("id")
    render_export(export.pk)
    export.refresh_from_db()
    return export


def rows_of(export):
    return list(csv.reader(io.StringIO(bytes(export.content).decode("utf-8-sig"))))


def test_a_file_has_the_customers_columns_and_order_of_the_page(people, alice, client_of):
    vip = CustomerTag.objects.get().pk
    query = f"tag={vip}&sort=customer_id&show=orders&show=tags&show=revenue&show=partners&after=x~1"
    export = exported(client_of(alice), query)
    assert rows_of(export) == [
        ["Customer id", "Tags", "Partners", "Orders", "Revenue, GBP"],
        ["C-1", "VIP", "Kettle", "1", "1.0000"],
        ["C-2", "VIP", "Kettle", "2", "2.0000"],
    ]
    assert "Customers" in client_of(alice).get(reverse("reports:export_list", args=[1000])).content.decode()


def test_a_workbook_holds_the_same(people, alice, client_of):
    export = exported(client_of(alice), "sort=-orders&show=orders", "xlsx")
    assert export.state == Export.State.READY
    assert bytes(export.content)[:2] == b"PK"


def test_what_a_spreadsheet_would_run_is_made_harmless(people, alice, client_of):
    assert rows_of(exported(client_of(alice), "show=name"))[1][1] != "=1+1"


def test_a_filter_that_cannot_be_read_makes_no_file(people, alice, client_of):
    sent = {"report": "customers", "format": "csv", "query": "tag=99"}
    page = client_of(alice).post(reverse("reports:export_create", args=[1000]), sent, follow=True)
    assert "No file was made" in page.content.decode()
    assert not Export.objects.exists()


def test_a_tag_that_is_deleted_meanwhile_fails_the_file_with_a_reason(people, alice, client_of):
    tag = CustomerTag.objects.get()
    client_of(alice).post(
        reverse("reports:export_create", args=[1000]),
        {"report": "customers", "format": "csv", "query": f"tag={tag.pk}"},
    )
    tag.delete()
    export = Export.objects.get()
    render_export(export.pk)
    export.refresh_from_db()
    assert (export.state, export.failure) == (
        "FAILED",
        f"Tag: “{export.parameters['query'][4:]}” is not a known number.",
    )


def test_the_queries_do_not_grow_with_the_customers(people, alice, client_of):
    client = client_of(alice)
    exported(client, "")
    with CaptureQueriesContext(connection) as few:
        exported(client, "")
    Customer.objects.bulk_create(Customer(program=people, customer_id=f"D-{number}") for number in range(900))
    with CaptureQueriesContext(connection) as many:
        assert len(rows_of(exported(client, ""))) == 904
    assert len(many) == len(few)
