"""Files of customer tags: added, removed, put in place of what there is, since when; bad rows with the nearest name."""

import json
import re
from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from program.models.customer import CustomerTagging
from program.tags.assigning.services import assign_customer_tags, remove_customer_tags
from program.tags.services import archive_customer_tag, change_customer_tag
from tests.factories import (
    make_action,
    make_contracts,
    make_customer,
    make_customer_tag,
    make_event_type,
    make_partner,
    terms_document,
)
from tracking.imports.table import import_table
from tracking.imports.uploads import check_upload, import_upload
from tracking.intake import read_customer_tags
from tracking.models import Upload


@pytest.fixture
def tags(brand):
    return {name: make_customer_tag(program=brand, name=name) for name in ("VIP", "Staff", "Friends, and family")}


@pytest.fixture
def anna(brand, tags):
    customer = make_customer(program=brand, customer_id="C-1")
    assign_customer_tags(customers=[customer], tags=[tags["VIP"]])
    return customer


def run(brand, *rows, mode="ADD"):
    names = ("CustomerId", "Tags", "From")
    table = [(number, dict(zip(names, row, strict=False))) for number, row in enumerate(rows, 2)]
    with transaction.atomic():
        return import_table(brand, Upload.Kind.CUSTOMER_TAGS, table, now=timezone.now(), mode=mode)


def carried(customer):
    return sorted(CustomerTagging.objects.current().filter(customer=customer).values_list("tag__name", flat=True))


@pytest.mark.parametrize(
    ("mode", "after"),
    [("ADD", ["Staff", "VIP"]), ("REMOVE", []), ("REPLACE", ["Staff"])],
    ids=["add", "remove", "replace"],
)
def test_what_a_row_does_depends_on_the_mode(mode, after, brand, anna):
    outcome = run(brand, ("C-1", "Staff" if mode != "REMOVE" else "vip; staff"), mode=mode)
    assert carried(anna) == after
    assert (outcome.accepted, outcome.duplicates, outcome.rejected) == (1, 0, 0)
    assert outcome.differing == [["2", "C-1", "Tags", "VIP", ", ".join(after)]]


def test_a_row_that_changes_nothing_is_counted_apart(brand, anna):
    assert run(brand, ("C-1", "VIP"), mode="REPLACE").extra["Unchanged"] == 1
    assert run(brand, ("C-1", "VIP")).duplicates == 1
    assert run(brand, ("C-1", "Staff"), mode="REMOVE").duplicates == 1


def test_an_empty_cell_takes_all_tags_off_where_the_file_says_which_are_all(brand, anna):
    run(brand, ("C-1", ""), mode="REPLACE")
    assert carried(anna) == []
    refused = run(brand, ("C-1", ""))
    assert refused.errors() == [{"Row": 2, "Field": "Tags", "Message": "Is required."}]


def test_names_are_read_with_commas_in_quotes_and_by_earlier_ones(brand, anna, tags):
    change_customer_tag(tag=tags["Staff"], name="Team")
    run(brand, ("C-1", ' "Friends, and family" , STAFF'))
    assert carried(anna) == ["Friends, and family", "Team", "VIP"]


def test_a_moment_counts_from_then_on_in_the_time_zone_of_the_program(brand, anna):
    run(brand, ("C-1", "Staff", "2026-07-01"), ("C-1", "VIP", "2026-07-02T10:00:00Z"))
    since = dict(CustomerTagging.objects.values_list("tag__name", "period"))
    assert since["Staff"].lower == datetime(2026, 6, 30, 23, tzinfo=UTC)
    assert since["VIP"].lower == datetime(2026, 7, 2, 10, tzinfo=UTC)
    run(brand, ("C-1", "Staff", "2026-07-05"), mode="REMOVE")
    assert CustomerTagging.objects.get(tag__name="Staff").period.upper == datetime(2026, 7, 4, 23, tzinfo=UTC)


def test_orders_that_are_priced_already_are_counted(brand, anna):
    make_event_type(program=brand)
    partner = make_partner(program=brand, media_partner_id="P-1")
    make_contracts(program=brand, document=terms_document(), partners=[partner])
    make_action(program=brand, CustomerId="C-1")
    ago = (timezone.now() - timedelta(days=5)).isoformat()
    assert run(brand, ("C-1", "Staff", ago)).extra["Priced"] == 1
    assert run(brand, ("C-1", "Friends")).extra["Priced"] == 0


def test_unknown_customers_and_tags_are_errors_with_the_nearest(brand, anna, tags):
    make_customer(program=brand, customer_id="C-20001")
    archive_customer_tag(tag=tags["Staff"], on=True)
    outcome = run(brand, ("C-20002", "VIP"), ("C-1", "VPI"), ("zebra", "VIP"), ("C-1", "Staff"), ("", "VIP"))
    assert outcome.errors() == [
        {"Row": 2, "Field": "CustomerId", "Message": "“C-20002” is not a known customer; did you mean C-20001?"},
        {"Row": 3, "Field": "Tags", "Message": "“VPI” is not a customer tag; did you mean VIP?"},
        {"Row": 4, "Field": "CustomerId", "Message": "“zebra” is not a known customer."},
        {"Row": 5, "Field": "Tags", "Message": "Staff is archived and cannot be assigned."},
        {"Row": 6, "Field": "CustomerId", "Message": "Is required."},
    ]
    assert carried(anna) == ["VIP"]


def test_an_archived_tag_may_be_kept_and_removed(brand, anna, tags):
    archive_customer_tag(tag=tags["VIP"], on=True)
    assert run(brand, ("C-1", "VIP, Staff"), mode="REPLACE").accepted == 1
    assert carried(anna) == ["Staff", "VIP"]
    run(brand, ("C-1", "VIP"), mode="REMOVE")
    assert carried(anna) == ["Staff"]


def test_a_customer_stands_once_in_a_file_of_all_tags(brand, anna):
    outcome = run(brand, ("C-1", "VIP"), ("C-1", "Staff"), mode="REPLACE")
    assert outcome.errors() == [
        {"Row": 3, "Field": "CustomerId", "Message": "Customer C-1 is already on row 2: keep one of the two rows."}
    ]
    assert run(brand, ("C-1", "Staff"), ("C-1", "Friends, and family")).rejected == 1, "no tag is called Friends"


@pytest.mark.parametrize("value", ["tomorrow", "1999-12-31", "2100-01-01", "2026-03-29 01:30"])
def test_a_moment_that_cannot_be_is_refused(value, brand, anna):
    assert run(brand, ("C-1", "VIP", value)).rejected == 1


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("a, b;c", ("a", "b", "c")),
        ('"a, b", c', ("a, b", "c")),
        ('"a ""b"""', ('a "b"',)),
        (" , ;", ()),
        ("a,a", ("a",)),
    ],
)
def test_how_names_stand_in_a_cell(text, names):
    assert read_customer_tags({"customerid": "C", "TAGS": text}, time_zone="UTC").tags == names


def test_rows_take_the_same_queries_however_many(brand, anna, django_assert_max_num_queries):
    for number in range(50):
        make_customer(program=brand, customer_id=f"M-{number}")
    with django_assert_max_num_queries(12):
        outcome = run(brand, *((f"M-{number}", "VIP, Staff") for number in range(50)))
    assert outcome.extra["Began"] == 100


def test_a_file_is_checked_shown_and_imported(brand, anna, erin, client_of):
    editor = client_of(erin)
    content = b"CustomerId,Tags\nC-1,Staff\nC-2,Staff\n"
    form = {"kind": "CUSTOMER_TAGS", "mode": "REPLACE", "file": SimpleUploadedFile("tags.csv", content)}
    address = editor.post(reverse("tracking:upload_create", args=[1000]), form)["Location"]
    upload = Upload.objects.get()
    check_upload(upload.pk)
    page = editor.get(address).content.decode()
    assert "put them in place of the customer&#x27;s tags" in page
    assert "Import only the good rows: 1 customer" in page
    assert carried(anna) == ["VIP"], "nothing is changed before it is confirmed"
    editor.post(reverse("tracking:upload_confirm", args=[1000, upload.pk]), {"rows": "good"})
    import_upload(upload.pk)
    assert carried(anna) == ["Staff"]
    assert CustomerTagging.objects.current().get().assigned_by == erin
    done = editor.get(address).content.decode()
    assert "See the customers" in done
    assert "Tags removed" in done
    assert "1 customer, 1 rejected" in editor.get(reverse("tracking:upload_list", args=[1000])).content.decode()


@pytest.mark.parametrize(
    ("mode", "sent", "removed", "after"),
    [("REMOVE", "VIP", 1, ["Staff"]), ("REPLACE", "Press", 2, ["Press"]), ("REPLACE", "", 2, [])],
    ids=["remove", "replace", "replace by nothing"],
)
def test_before_a_file_takes_tags_off_its_page_says_which(
    mode, sent, removed, after, brand, anna, tags, erin, client_of
):
    make_customer_tag(program=brand, name="Press")
    assign_customer_tags(customers=[anna], tags=[tags["Staff"]])
    editor = client_of(erin)
    content = f"CustomerId,Tags\nC-1,{sent}\n".encode()
    form = {"kind": "CUSTOMER_TAGS", "mode": mode, "file": SimpleUploadedFile("tags.csv", content)}
    address = editor.post(reverse("tracking:upload_create", args=[1000]), form)["Location"]
    upload = Upload.objects.get()
    check_upload(upload.pk)
    page = " ".join(re.sub(r"<[^>]*>", " ", editor.get(address).content.decode()).split())
    assert f"Tags removed {removed} " in page
    changes, _, _ = page.partition(" By the file ")[2].partition(" The first ")
    assert changes == " ".join(["2 C-1 Tags Staff, VIP", *after])
    assert carried(anna) == ["Staff", "VIP"], "nothing is changed before it is confirmed"
    editor.post(reverse("tracking:upload_confirm", args=[1000, upload.pk]), {"rows": "all"})
    import_upload(upload.pk)
    assert carried(anna) == after


def test_finance_does_not_send_tags(brand, anna, frank, client_of):
    form = {"kind": "CUSTOMER_TAGS", "mode": "ADD", "file": SimpleUploadedFile("tags.csv", b"CustomerId,Tags\nC-1,VIP")}
    assert client_of(frank).post(reverse("tracking:upload_create", args=[1000]), form).status_code == 403


def test_the_command_prints_what_it_did(brand, anna, tmp_path):
    file = tmp_path / "tags.csv"
    file.write_text("CustomerId;Tags\nC-1;VIP\nC-9;VIP\n")
    out = StringIO()
    call_command("import_customer_tags", file, program=1000, mode="remove", stdout=out)
    answer = json.loads(out.getvalue())
    assert (answer["Rows"], answer["Accepted"], answer["Rejected"]) == (2, 1, 1)
    assert carried(anna) == []
    with pytest.raises(CommandError):
        call_command("import_customer_tags", file, "--program=1000", "--mode=swap")


def test_in_place_of_all_from_a_past_moment_ends_what_was_carried_then(brand, anna, tags):
    customer = make_customer(program=brand, customer_id="C-2")
    january, march = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 3, 1, tzinfo=UTC)
    assign_customer_tags(customers=[customer], tags=[tags["VIP"]], since=january)
    remove_customer_tags(customers=[customer], tags=[tags["VIP"]], until=march)
    outcome = run(brand, ("C-2", "Staff", "2026-02-01"), mode="REPLACE")
    periods = CustomerTagging.objects.filter(customer=customer).order_by("tag__name").values_list("tag__name", "period")
    february = datetime(2026, 2, 1, tzinfo=UTC)
    assert [(name, period.lower, period.upper) for name, period in periods] == [
        ("Staff", february, None),
        ("VIP", january, february),
    ]
    assert (outcome.accepted, outcome.extra["Began"], outcome.extra["Ended"]) == (1, 1, 1)
    assert carried(anna) == ["VIP"]
