"""What a customer is known by is found as a whole: not within another's id, not as an ordinary number."""

import re

import pytest
from django.db import connection

from tracking.erasing.person import Person


def person(customer_id="C-1", emails=(), hashes=()):
    return Person(1000, customer_id, frozenset(emails), frozenset(hashes))


@pytest.mark.parametrize(("customer_id", "text", "is_in"), [
    ("C-1", "C-1", True),
    ("C-1", "order of C-1, twice", True),
    ("C-1", "C-1 (VIP), C-2 (VIP)", True),
    ("C-1", "C-1.csv", True),
    ("C-1", "C-1.", True),
    ("C-1", "q=C-1&tag=3", True),
    ("C-1", "q=of+C-1+only", True),
    ("C-1", '{"CustomerId": "C-1"}', True),
    ("C-1", "C-1x", False),
    ("C-1", "C-10", False),
    ("C-1", "xC-1", False),
    ("C-1", "C-1-2", False),
    ("C-1", "c-1", False),
    ("C-1", "C-1.example", False),
    ("Zoë Ä", "q=Zo%C3%AB+%C3%84", True),
    ('a"b', '{"CustomerId": "a\\"b"}', True),
    ("a.b", "axb", False),
    ("7", "7 rows", False),
    ("7", '{"CustomerId": "7"}', True),
    ("7", '{"Accepted": "7"}', False),
    ("20491", "20491 rows", False),
    ("204917", "of 204917", True),
])  # fmt: skip
def test_an_id_is_found_as_a_whole_by_python_and_by_the_database_alike(customer_id, text, is_in, db):
    found = person(customer_id)
    assert found.is_in(text) == is_in
    with connection.cursor() as cursor:
        cursor.execute("SELECT %s ~ %s", [text, found.exact])
        assert cursor.fetchone() == (is_in,)


@pytest.mark.parametrize(("text", "is_in"), [
    ("anna@example.org", True),
    ("Anna@Example.ORG", True),
    ("<anna@example.org>", True),
    ("q=anna%40example.org&page=2", True),
    ("q=to%20anna%40example.org", True),
    ("joanna@example.org", False),
    ("q=joanna%40example.org", False),
    ("anna@example.org.uk", False),
    ("AB12" * 10, True),
    ("AB12" * 11, False),
])  # fmt: skip
def test_an_address_and_a_hash_are_found_in_any_letter_case(text, is_in, db):
    found = person(emails=["anna@example.org"], hashes=["ab12" * 10])
    assert found.is_in(text) == is_in
    with connection.cursor() as cursor:
        cursor.execute("SELECT %s ~* %s", [text, found.loose])
        assert cursor.fetchone() == (is_in,)


def test_a_plain_number_is_found_in_cells_below_a_customers_head_alone():
    head = ["OrderId", "Customer Id", "Quantity"]
    assert person("7").is_in_rows([["a title"], head, ["1", "7", "2"]])
    assert not person("7").is_in_rows([["a title"], head, ["7", "8", "7"]])


def test_what_is_replaced_leaves_the_rest():
    found = person(emails=["anna@example.org"])
    kept = {"q": ["C-1"], "mail": "to anna@example.org", "other": ["C-10", 7], "C-1": None}
    assert found.cleaned(kept) == {"q": ["erased"], "mail": "to erased", "other": ["C-10", 7], "erased": None}
    assert re.fullmatch(r"erased \(VIP\)", found.without("C-1 (VIP)"))
