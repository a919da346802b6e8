"""Files of customers: the preview, the import, and the rows that are wrong."""

import json
from datetime import date
from hashlib import sha1

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone

from program.models import Customer
from tests.common.tables.workbooks import xlsx
from tests.factories import make_customer
from tracking.imports.uploads import check_upload, confirm_upload, create_upload, import_upload
from tracking.models import UploadError

HEAD = "CustomerId,Name,Email,EmailSha1,EmailSha256,Country,Region,City,PostCode,FirstOrderDate,OrdersBefore\n"


def checked(brand, text, name="customers.csv"):
    content = text if isinstance(text, bytes) else text.encode()
    upload = create_upload(program=brand, user_id=None, kind="CUSTOMERS", filename=name, content=content)
    check_upload(upload.pk)
    upload.refresh_from_db()
    return upload


def imported(brand, text, **more):
    upload = checked(brand, text, **more)
    confirm_upload(upload=upload, only_good=True)
    import_upload(upload.pk)
    upload.refresh_from_db()
    return upload


def test_the_preview_says_what_is_added_and_changed_and_stores_nothing(brand):
    make_customer(program=brand, customer_id="C-1")
    Customer.objects.update(city="Leeds", orders_before=2)
    upload = checked(brand, HEAD + "C-1,Ann,,,,GB,,York,,,\nC-2,Ben,,,,,,,,2025-07-01,\nC-3,,,,,,,,,,4\n")
    counts = {key: upload.summary[key] for key in ("Added", "Changed", "Unchanged", "Rejected")}
    assert counts == {"Added": 2, "Changed": 1, "Unchanged": 0, "Rejected": 0}
    assert ["2", "C-1", "City", "Leeds", "York"] in upload.summary["Differing"]
    assert upload.preview[1][:3] == ["3", "C-2", "Ben"]
    assert Customer.objects.get().city == "Leeds"


def test_the_hashes_that_follow_an_address_are_no_change_of_their_own(brand):
    make_customer(program=brand, customer_id="C-1")
    make_customer(program=brand, customer_id="C-2")
    upload = checked(brand, f"{HEAD}C-1,,ann@example.com,,,,,,,,\nC-2,,,{'a' * 40},,,,,,,\n")
    assert [(name, column) for _, name, column, *_ in upload.summary["Differing"]] == [
        ("C-1", "Email"), ("C-2", "EmailSha1"),
    ]  # fmt: skip


def test_an_empty_cell_leaves_what_is_stored_and_a_date_alone_is_one_order(brand):
    make_customer(program=brand, customer_id="C-1")
    Customer.objects.update(city="Leeds", orders_before=2)
    imported(brand, HEAD + "C-1,Ann,Ann@Example.com,,,,,,,,\nC-2,,,,,,,,,2025-07-01,\nC-3,,,,,,,,,,4\n")
    ann, two, three = Customer.objects.order_by("customer_id")
    assert (ann.name, ann.city, ann.orders_before) == ("Ann", "Leeds", 2)
    assert (ann.email, ann.email_sha1) == ("ann@example.com", sha1(b"ann@example.com").hexdigest())
    assert ann.sent_at is not None
    assert (two.first_order_date, two.orders_before) == (date(2025, 7, 1), 1)
    assert (three.first_order_date, three.orders_before) == (None, 4)


def test_a_row_with_an_error_is_rejected_and_the_good_ones_are_imported(brand):
    text = HEAD + "C-1,Ann,,,,,,,,,\n,Ben,,,,,,,,,\nC-3,,x,,,Narnia,,,,2199-01-01,-1\nC-1,Again,,,,,,,,,\n"
    upload = imported(brand, text)
    assert [customer.name for customer in Customer.objects.all()] == ["Ann"]
    errors = {(error.row, error.field) for error in upload.errors.exclude(message="")}
    assert errors == {
        (3, "CustomerId"), (4, "Email"), (4, "Country"), (4, "FirstOrderDate"), (4, "OrdersBefore"), (5, "CustomerId"),
    }  # fmt: skip
    assert upload.errors.get(row=5).message == "Customer C-1 is already on row 2: keep one of the two rows."


def test_the_same_file_twice_changes_nothing(brand):
    text = HEAD + "".join(f"C-{number},Ann,,,,GB,,,,2025-07-01,3\n" for number in range(1_200))
    assert imported(brand, text).summary["Added"] == 1_200
    again = imported(brand, text).summary
    assert (again["Unchanged"], again["Duplicates"], again["Accepted"]) == (1_200, 1_200, 0)


def test_a_workbook_keeps_ids_and_dates(brand):
    rows = [["CustomerId", "PostCode", "FirstOrderDate", "OrdersBefore"], [17850, "01067", date(2025, 7, 1), 3]]
    imported(brand, xlsx(rows), name="customers.xlsx")
    customer = Customer.objects.get()
    assert (customer.customer_id, customer.post_code) == ("17850", "01067")
    assert (customer.first_order_date, customer.orders_before) == (date(2025, 7, 1), 3)


def test_the_command_imports_and_answers_in_json(brand, tmp_path, capsys):
    file = tmp_path / "customers.csv"
    file.write_text(HEAD + "C-1,Ann,,,,,,,,,\n,Ben,,,,,,,,,\n")
    call_command("import_customers", str(file), "--program", "1000", "--dry-run")
    assert not Customer.objects.exists()
    capsys.readouterr()
    call_command("import_customers", str(file), "--program", "1000")
    answer = json.loads(capsys.readouterr().out)
    assert (answer["Rows"], answer["Accepted"], answer["Rejected"]) == (2, 1, 1)
    assert answer["Errors"][0]["Field"] == "CustomerId"


@pytest.mark.parametrize(("name", "status"), [("alice", 302), ("bob", 403)])
def test_an_editor_may_send_one_and_a_viewer_may_not(brand, request, client_of, name, status):

    sent = {"kind": "CUSTOMERS", "file": SimpleUploadedFile("customers.csv", HEAD.encode() + b"C-1,Ann,,,,,,,,,\n")}
    client = client_of(request.getfixturevalue(name))
    assert client.post(reverse("tracking:upload_create", args=[1000]), sent).status_code == status


def test_the_list_of_customers_leads_to_a_form_that_has_chosen_them(brand, alice, client_of):
    page = client_of(alice).get(reverse("tracking:upload_list", args=[1000]), {"kind": "CUSTOMERS"})
    assert page.context["form"]["kind"].value() == "CUSTOMERS"


def test_a_row_that_names_an_erased_customer_is_refused_and_the_others_are_taken(brand):
    gone = make_customer(program=brand, customer_id="erased-1")
    Customer.objects.filter(pk=gone.pk).update(erased_at=timezone.now())
    upload = imported(brand, "CustomerId,Name\nerased-1,Ann\nC-2,Ben\n")
    assert (upload.state, upload.summary["Added"], upload.summary["Rejected"]) == ("IMPORTED", 1, 1)
    assert UploadError.objects.get(upload=upload).message == "erased-1 stands for a customer who was erased."
    assert dict(Customer.objects.values_list("customer_id", "name")) == {"erased-1": "", "C-2": "Ben"}
