"""Files that hold an erased customer, and the file of everything that is known of one."""

import json
from datetime import date

import pytest

from common.refusals import Refused
from program.models import Customer, EventType
from tests.common.tables.workbooks import xlsx
from tests.factories import make_action
from tests.tracking.erasing.planted import HEAD, ID, NAME, customer, erase
from tests.tracking.uploading import checked, imported
from tracking.erasing.customer_files import create_customer_file
from tracking.erasing.services import erase_customer, run_erasure
from tracking.imports import uploads
from tracking.models import Conversion, CustomerFile, UploadError
from tracking.status_check.checks import create_check, make_check


def test_a_file_that_waits_for_a_decision_is_named(brand, planted):
    rows = f"1000,SALE,2026-01-05T10:00:00Z,W1,P-1,GBP,10,{ID},\n"
    upload = checked(brand, HEAD + rows, filename="waiting.csv")
    erasure = erase_customer(customer=customer(), user_id=None)
    run_erasure(erasure.pk)
    erasure.refresh_from_db()
    assert (erasure.state, "waiting.csv" in erasure.failure) == ("FAILED", True)
    assert Conversion.objects.filter(erased_at__isnull=False).count() == 0
    uploads.discard_upload(upload=upload)
    erase(customer())


@pytest.mark.parametrize("kind", ["xlsx", "csv.gz", "csv"])
def test_every_kind_of_file_is_searched(kind, brand, planted):
    import gzip  # noqa: PLC0415

    text = HEAD + f"1000,SALE,2026-01-05T10:00:00Z,K1,P-1,GBP,10,{ID},\n"
    rows = [line.split(",") for line in text.strip().split("\n")]
    content = {"xlsx": lambda: xlsx(rows), "csv.gz": lambda: gzip.compress(text.encode()),
               "csv": lambda: text.encode("utf-16")}[kind]()  # fmt: skip
    upload = imported(checked(brand, content, filename=f"orders.{kind}"))
    make_action(program=brand)
    erase(customer())
    upload.refresh_from_db()
    assert (bytes(upload.content), upload.removed_because) == (b"", "a customer in it was erased")


@pytest.mark.parametrize("customer_id", [ID, "7"])
def test_a_status_check_that_lists_the_customer_loses_its_files_and_keeps_its_counts(brand, standard, customer_id):
    make_action(program=brand, CustomerId=customer_id, CustomerStatus="Existing", EventDate="2026-01-05T10:00:00Z")
    event_type = EventType.objects.get(program=brand)
    days = {"start": date(2026, 1, 1), "end": date(2026, 1, 31), "re_engaged_after_days": 30}
    check = create_check(event_type=event_type, user_id=None, **days)
    assert make_check(check.pk)
    check.refresh_from_db()
    assert customer_id in bytes(check.csv).decode()
    assert bytes(check.xlsx)
    erase(customer(customer_id))
    check.refresh_from_db()
    assert (check.csv, check.xlsx, check.removed_because) == (None, None, "a customer in it was erased")
    assert check.findings["Orders"] == 1


def test_errors_of_a_file_go_with_its_content(brand, planted):
    assert UploadError.objects.filter(values__CustomerId=ID).exists()
    erase(customer())
    assert not UploadError.objects.filter(values__CustomerId=ID).exists()
    assert UploadError.objects.filter(values__CustomerId=f"{ID}x").exists()


def test_everything_known_is_a_file_for_its_maker(brand, planted, alice, erin, client_of):
    file = CustomerFile.objects.get()
    told = json.loads(bytes(file.content))
    assert told["Customer"]["Name"] == NAME
    assert {order["OrderId"] for order in told["Orders"]} == {"Z1", "Z-held", "Z-mail", "Z-click", "F1"}
    first = next(order for order in told["Orders"] if order["OrderId"] == "Z1")
    assert first["AsSent"]["CustomerPostCode"] == "QX9 7ZZ"
    assert [change["AsSent"]["Amount"] for change in first["Changes"]] == ["80"]
    assert len(first["Action"]["Updates"]) == 2
    assert [tag["Tag"] for tag in told["Tags"]] == ["VIP"]
    assert first["Derived"]["DerivedOs"] == "Windows 7"
    clicked = next(order for order in told["Orders"] if order["OrderId"] == "Z-click")
    assert clicked["Action"]["Journey"]["Values"]["ReferralParam1"] == "param-zen"
    steps = [(step["Kind"], step["Partner"], step["Source"], step["IpAddress"]) for step in told["Steps"]]
    assert steps == [
        ("Visit", "", "source-zen", "198.51.100.78"),
        ("Impression", "Meadow Media", "", "198.51.100.78"),
        ("Click", "Meadow Media", "", "198.51.100.78"),
    ]
    assert {step["Facts"]["ReferralParam1"] for step in told["Steps"]} == {"param-zen"}
    address = f"/p/1000/customers/files/{file.pk}/"
    assert NAME.encode() in client_of(alice).get(address).content
    assert client_of(erin).get(address).status_code == 404


def test_an_erased_customer_is_exported_by_nobody(brand, planted, alice):
    erasure = erase(customer())
    with pytest.raises(Refused, match="erased"):
        create_customer_file(customer=Customer.objects.get(pk=erasure.customer_id), user_id=alice.pk)
