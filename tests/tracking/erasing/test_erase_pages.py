"""The pages on which customers are erased and exported, and those that show what is left."""

import pytest

from tests.factories import make_action, make_conversion
from tests.tracking.erasing.planted import ID, PLANTED, customer, erase
from tracking.erasing.customer_files import create_customer_file
from tracking.erasing.services import run_erasure
from tracking.models import Conversion, Erasure


@pytest.mark.parametrize(
    "address",
    ["transactions/actions/", "transactions/actions/{action}/payout-groups/", "transactions/conversions/{conversion}/",
     "transactions/conversions/{held}/", "transactions/conversions/?state=X", "customers/", "transactions/uploads/",
     "customers/{customer}/", "customers/{customer}/erase/", "search/?q=Kunde"],
)  # fmt: skip
def test_pages_of_erased_orders_open(address, brand, planted, alice, client_of):
    pk = customer().pk
    erase(customer(), alice)
    held = Conversion.objects.get(order_id="Z-held")
    path = address.format(action=planted.pk, conversion=planted.conversion_id, held=held.pk, customer=pk)
    answer = client_of(alice).get(f"/p/1000/{path}")
    assert answer.status_code == 200
    assert not [value for value in PLANTED if value in answer.content.decode().replace(f"{ID}x", "")]


@pytest.mark.parametrize(("who", "page", "status"), [
    ("erin", "erase", 403), ("bob", "erase", 403), ("frank", "erase", 403), ("charlie", "erase", 404),
    ("bob", "export", 403), ("frank", "export", 403), ("charlie", "export", 404), ("erin", "export", 200),
    ("alice", "erase", 200),
])  # fmt: skip
def test_who_may_erase_and_export(who, page, status, brand, planted, request, client_of):
    browser = client_of(request.getfixturevalue(who))
    assert browser.get(f"/p/1000/customers/{customer().pk}/{page}/").status_code == status
    if status != 200:
        assert browser.post(f"/p/1000/customers/{customer().pk}/{page}/").status_code == status
    assert not Erasure.objects.exists()


def test_the_id_has_to_be_typed(brand, planted, alice, client_of):
    browser, address = client_of(alice), f"/p/1000/customers/{customer().pk}/erase/"
    answer = browser.post(address, {"customer_id": "kunde-4711"})
    assert (answer.status_code, Erasure.objects.count()) == (422, 0)
    assert browser.post(address, {"customer_id": ID}).status_code == 302
    erasure = Erasure.objects.get()
    assert b"Being erased" in browser.get(address).content
    run_erasure(erasure.pk)
    assert browser.get(address, headers={"HX-Request": "true"}).headers["HX-Refresh"] == "true"
    assert b"Erased customer" in browser.get(address).content


def test_the_pages_ask_as_much_for_any_number_of_orders(brand, standard, alice, client_of, django_assert_num_queries):
    make_action(program=brand, CustomerId=ID)
    browser, pk = client_of(alice), customer().pk
    for _ in range(2):
        with django_assert_num_queries(11):
            browser.get(f"/p/1000/customers/{pk}/erase/")
        with django_assert_num_queries(7):
            browser.get(f"/p/1000/customers/{pk}/export/")
        for number in range(3):
            make_conversion(program=brand, CustomerId=ID, OrderId=f"Q{number}")
            create_customer_file(customer=customer(), user_id=alice.pk)
