"""Reading a customer: every bad field at once, addresses with their hashes, and only what was sent."""

from datetime import UTC, date, datetime

import pytest

from common.refusals import Refused
from tracking.intake import read_customer

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
ANN = "ann@kettle.example"
SHA1 = "bc4c44bb0cf67f7a2b4d5b6c0c4ab2bc7c8a39a1"


def read(**params):
    return read_customer({"CustomerId": "C-1", **params}, now=NOW, time_zone="Europe/London")


def errors_of(**params):
    with pytest.raises(Refused) as refused:
        read(**params)
    return {each.path: each.message for each in refused.value}


def test_only_what_was_sent_is_said():
    assert read(Name=" Ann  Lee ", city="Leeds").said == {"name": "Ann Lee", "city": "Leeds"}


def test_a_blank_value_clears_or_in_a_file_says_nothing():
    params = {"CustomerId": "C-1", "Name": "", "City": "  ", "FirstOrderDate": "", "OrdersBefore": ""}
    assert read_customer(params, now=NOW).said == {
        "name": "", "city": "", "first_order_date": None, "orders_before": 0,
    }  # fmt: skip
    assert read_customer(params, now=NOW, blank_clears=False).said == {}


def test_an_address_is_kept_in_lower_case_with_both_hashes():
    said = read(Email=" Ann@Kettle.example ").said
    assert said == {
        "email": ANN,
        "email_sha1": "8bcb07c4f35be01f20e3e03156520d03ebe99bfe",
        "email_sha256": "63ca0b8d0de51cbc3aa9419a6c604feb4099acf94d9b11eed76d800335ae7428",
    }


def test_a_hash_alone_is_kept_in_lower_case():
    assert read(EmailSha1=SHA1.upper()).said == {"email_sha1": SHA1}


def test_a_blank_address_takes_its_hashes_with_it_unless_one_is_sent():
    assert read(Email="").said == {"email": "", "email_sha1": "", "email_sha256": ""}
    assert read(Email="", EmailSha1=SHA1).said == {"email": "", "email_sha1": SHA1, "email_sha256": ""}


def test_the_hash_of_another_address_is_refused():
    assert "leave one of the two out" in errors_of(Email=ANN, EmailSha1=SHA1)["EmailSha1"]


def test_a_country_is_kept_by_its_code():
    assert read(Country="Great Britain").said == {"country": "GB"}


def test_a_first_order_is_a_day_of_the_programs_time_zone():
    assert read(FirstOrderDate="2025-06-30T23:30:00Z", OrdersBefore="3").said == {
        "first_order_date": date(2025, 7, 1), "orders_before": 3,
    }  # fmt: skip


def test_every_bad_field_is_named_at_once():
    assert set(
        errors_of(
            CustomerId="undefined", Email="ann", EmailSha256="ab", Country="Narnia", FirstOrderDate="2027-01-01",
            OrdersBefore="-1", Name="x" * 256, City=["Leeds"], Colour="red",
        )
    ) == {
        "CustomerId", "Email", "EmailSha256", "Country", "FirstOrderDate", "OrdersBefore", "Name", "City", "Colour",
    }  # fmt: skip


def test_a_customer_id_is_required():
    assert errors_of(CustomerId=" ") == {"CustomerId": "Is required."}


def test_a_parameter_that_is_not_taken_is_refused():
    with pytest.raises(Refused, match="FirstOrderDate: Is not known here; use CustomerId, Name"):
        read_customer({"CustomerId": "1", "FirstOrderDate": "2025-01-01"}, now=NOW, takes=("CustomerId", "Name"))


@pytest.mark.parametrize("text", ["31/02/2025", "2025-02-31", "soon"])
def test_a_day_that_does_not_exist_is_refused_with_a_day_as_example(text):
    with pytest.raises(Refused, match=r"FirstOrderDate: Write a day that exists, such as 2026-02-15\.$"):
        read(FirstOrderDate=text)
