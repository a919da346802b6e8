"""An uploaded file is checked and imported by a worker's steps: whole, once, or not at all."""

import csv
import gzip
import io
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone

from common.jobs.runner import to_resume
from common.refusals import Refused
from common.tables.sent import MAX_SIZE
from program.models import Partner
from tests.factories import make_event_type, make_partner
from tests.tracking.uploading import checked, imported, sent
from tracking.imports import uploads
from tracking.imports.table import import_table
from tracking.imports.upload_state import errors_of, rejected_rows, state_of
from tracking.models import Conversion, Modification, Upload, UploadError

HEAD = "CampaignId,EventTypeCode,EventDate,OrderId,MediaPartnerId,CurrencyCode,ItemSku,ItemQuantity,ItemPrice\n"


def line(order_id="A1", sku="S1", price="2.50", campaign=1000):
    return f"{campaign},SALE,2026-01-05T10:00:00Z,{order_id},P-1,GBP,{sku},2,{price}\n"


@pytest.fixture(autouse=True)
def sale(brand):
    return make_event_type(program=brand, code="SALE")


def test_checking_tells_what_would_happen_and_stores_nothing(brand):
    upload = checked(brand, HEAD + line() + line(sku="S2") + line("A2"))
    assert (upload.state, upload.rows) == ("CHECKED", 3)
    assert (upload.summary["Accepted"], upload.summary["Duplicates"], upload.summary["Rejected"]) == (2, 0, 0)
    assert upload.preview[0] == ["2", "A1", "5 Jan 2026, 10:00 GMT", "P-1", "", "2", "10.00 GBP"]
    assert not Conversion.objects.exists()


def test_importing_all_stores_every_order_with_its_upload(brand):
    upload = imported(checked(brand, HEAD + line() + line(sku="S2") + line("A2")))
    assert upload.state == "IMPORTED"
    first = Conversion.objects.get(order_id="A1")
    assert (first.upload, first.state, first.source) == (upload, "WAITING", "FILE")
    assert [item["ItemSku"] for item in first.payload["Items"]] == ["S1", "S2"]
    assert state_of(upload).waiting == 2


def test_every_error_is_kept_with_its_row_and_field(brand):
    text = HEAD + line(price="x") + line(sku="S2") + line("A2", campaign=7) + line("A3")
    upload = checked(brand, text)
    assert upload.summary["Rejected"] == 2
    assert [(error.row, error.field) for error in errors_of(upload)] == [(2, "ItemPrice"), (4, "CampaignId")]


def test_with_a_bad_row_all_is_refused_and_the_good_rows_go_alone(brand):
    upload = checked(brand, HEAD + line(price="x") + line(sku="S2") + line("A2"))
    with pytest.raises(Refused, match="only the good rows"):
        uploads.confirm_upload(upload=upload, only_good=False)
    imported(upload, only_good=True)
    assert list(Conversion.objects.values_list("order_id", flat=True)) == ["A2"]


def test_the_rejected_rows_come_back_whole_and_can_be_sent_again_repaired(brand):
    upload = checked(brand, HEAD + line("A0") + line(price="x") + line(sku="S2"))
    text = rejected_rows(upload).read().decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert list(rows[0]) == [*HEAD.strip().split(","), "Rejection Reason"]
    assert [row["ItemSku"] for row in rows] == ["S1", "S2"]
    assert rows[0]["Rejection Reason"].startswith("ItemPrice: ")
    assert rows[1]["Rejection Reason"] == "Other rows of its order are wrong."
    again = checked(brand, text.replace(",x,", ",3,"))
    assert (again.summary["Accepted"], again.summary["Rejected"]) == (1, 0)


def test_the_same_file_again_is_all_duplicates(brand):
    text = HEAD + line() + line("A2")
    imported(checked(brand, text))
    again = checked(brand, text)
    assert (again.summary["Accepted"], again.summary["Duplicates"]) == (0, 2)
    assert again.summary["Listed"][0][:2] == ["2", "A1"]
    imported(again)
    assert Conversion.objects.waiting().count() == 2


def test_when_a_row_has_turned_bad_since_the_check_nothing_is_imported(brand, sale):
    upload = checked(brand, HEAD + line() + line("A2"))
    sale.is_active = False
    sale.save()
    imported(upload)
    assert (upload.state, upload.summary["Rejected"]) == ("CHECKED", 2)
    assert not Conversion.objects.exists()


def test_an_import_is_begun_once(brand):
    upload = imported(checked(brand, HEAD + line()))
    assert not uploads.import_upload(upload.pk)
    assert not uploads.check_upload(upload.pk)
    with pytest.raises(Refused):
        uploads.confirm_upload(upload=upload, only_good=True)
    assert Conversion.objects.count() == 1


def test_an_import_whose_worker_died_is_begun_again_and_stores_each_order_once(brand):
    upload = checked(brand, HEAD + line())
    uploads.confirm_upload(upload=upload, only_good=False)
    Upload.objects.filter(pk=upload.pk).update(state="IMPORTING", attempts=1)
    assert not uploads.import_upload(upload.pk)  # its worker may live
    Upload.objects.filter(pk=upload.pk).update(beat_at=timezone.now() - timedelta(seconds=61))
    assert to_resume(uploads.UPLOADS) == [(upload.pk, uploads.IMPORT)]
    assert uploads.import_upload(upload.pk)
    assert Conversion.objects.count() == 1


def test_a_worker_whose_claim_was_taken_over_changes_nothing(brand, monkeypatch):
    upload = checked(brand, HEAD + line())
    uploads.confirm_upload(upload=upload, only_good=False)
    imports = uploads.import_table

    def slow(*args, **kwargs):
        outcome = imports(*args, **kwargs)
        Upload.objects.filter(pk=upload.pk).update(attempts=2)
        return outcome

    monkeypatch.setattr(uploads, "import_table", slow)
    uploads.import_upload(upload.pk)
    assert not Conversion.objects.exists()


def test_a_file_that_kills_its_worker_is_given_up_after_three_times(brand):
    upload = sent(brand, HEAD + line())
    Upload.objects.filter(pk=upload.pk).update(
        state="CHECKING", attempts=3, beat_at=timezone.now() - timedelta(minutes=2)
    )
    uploads.check_upload(upload.pk)
    upload.refresh_from_db()
    assert upload.state == "FAILED"
    assert "three times" in upload.failure


@pytest.mark.parametrize(
    ("content", "filename", "words"),
    [(b"", "a.csv", "empty"), (b"x", "a.xlsx", "save it again as .xlsx"), (b"A\n\xff\n", "a.csv", "Line 2"),
     (gzip.compress(b"A\n", mtime=0)[:-3], "a.csv.gz", "damaged")],
)  # fmt: skip
def test_a_file_that_cannot_be_read_fails_in_words(brand, content, filename, words):
    upload = checked(brand, content, filename=filename)
    assert upload.state == "FAILED"
    assert words in upload.failure


def test_a_file_too_large_or_of_another_kind_is_not_kept(brand):
    with pytest.raises(Refused, match="64 MB"):
        sent(brand, b"x" * (MAX_SIZE + 1))
    with pytest.raises(Refused, match=r"not a supported kind of file"):
        sent(brand, b"x", filename="a.pdf")


def test_a_discarded_file_leaves_nothing(brand):
    upload = checked(brand, HEAD + line(price="x"))
    uploads.discard_upload(upload=upload)
    upload.refresh_from_db()
    assert (upload.state, bytes(upload.content)) == ("DISCARDED", b"")
    assert not UploadError.objects.exists()
    with pytest.raises(Refused):
        uploads.discard_upload(upload=upload)


def test_changes_are_stored_once_and_those_of_unknown_orders_are_counted(brand):
    imported(checked(brand, HEAD + line()))
    head = "CampaignId,EventTypeCode,OrderId,ModificationDate,Reason,ItemSku,ItemQuantity\n"
    change = "1000,SALE,A1,2026-01-07T10:00:00Z,ITEM_RETURNED,S1,1\n"
    text = head + change + change + change.replace("A1", "ZZ") + "1000,SALE,A1,2026-01-08,NONSENSE,S1,1\n"
    upload = checked(brand, text, kind="MODIFICATIONS")
    counts = {name: upload.summary[name] for name in ("Accepted", "Duplicates", "Rejected", "Unknown")}
    assert counts == {"Accepted": 2, "Duplicates": 1, "Rejected": 1, "Unknown": 1}
    assert upload.preview[0] == ["2", "A1", "7 Jan 2026, 10:00 GMT", "ITEM_RETURNED", "S1: quantity 1"]
    imported(upload, only_good=True)
    again = checked(brand, text, kind="MODIFICATIONS")
    assert (again.summary["Accepted"], again.summary["Duplicates"]) == (0, 3)
    assert Modification.objects.count() == 2


def test_partners_are_added_and_changed_and_bad_rows_named(brand):
    make_partner(program=brand, media_partner_id="P-1", name="Old")
    text = (
        "PartnerId,Name,Country,Groups,Email\nP-1,New,United Kingdom,Blogs;Email,\nP-2,Second,GB,,a@example.com\n"
        f"P-2,Again,,,\nP-3,{'x' * 130},,,\nP-4,Fourth,Atlantis,,\n"
    )
    upload = checked(brand, text, kind="PARTNERS")
    assert {name: upload.summary[name] for name in ("Added", "Changed", "Rejected")} == {
        "Added": 1, "Changed": 1, "Rejected": 3,
    }  # fmt: skip
    assert [(error.row, error.field) for error in errors_of(upload)] == [(4, "PartnerId"), (5, "Name"), (6, "Country")]
    assert Partner.objects.get().name == "Old"
    imported(upload, only_good=True)
    partners = Partner.objects.filter(program=brand).order_by("media_partner_id").values_list("name", "country")
    assert list(partners) == [("New", "GB"), ("Second", "GB")]


def test_the_check_of_a_partners_file_says_which_cells_change(brand):
    imported(checked(brand, "PartnerId,Name,Country,Groups\nP-1,One,GB,Blogs\nP-2,Two,GB,\n", kind="PARTNERS"))
    text = "PartnerId,Name,Country,Groups\nP-1,Uno,DE,Blogs;Email\nP-2,Two,,\nP-3,New,GB,\n"
    upload = checked(brand, text, kind="PARTNERS")
    expected = [
        ["2", "P-1", "Name", "One", "Uno"], ["2", "P-1", "Country", "GB", "DE"],
        ["2", "P-1", "Groups", "Blogs", "Blogs, Email"],
    ]  # fmt: skip
    assert upload.summary["Differing"] == expected
    imported(upload)
    assert upload.summary["Differing"] == expected


@pytest.mark.django_db(transaction=True)
def test_a_file_waits_without_a_worker_while_another_of_the_program_is_read(brand):
    upload = sent(brand, HEAD + line())
    other = connection.copy()
    with other.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s, %s)", [uploads.STORING, brand.pk])
    assert not uploads.check_upload(upload.pk)
    upload.refresh_from_db()
    assert (upload.state, upload.attempts) == ("QUEUED", 0)
    other.close()
    assert uploads.check_upload(upload.pk)


@pytest.mark.django_db(transaction=True)
def test_an_import_stands_in_a_transaction_and_tells_its_progress_outside(brand, monkeypatch):
    with pytest.raises(transaction.TransactionManagementError):
        import_table(brand, "CONVERSIONS", [], now=timezone.now())
    monkeypatch.setattr("tracking.imports.import_run.BEAT", 0)
    monkeypatch.setattr("tracking.imports.orders.BATCH", 1)
    upload = checked(brand, HEAD + line() + line("A2"))
    other = connection.copy()
    told = []

    def peek(upload_pk):
        with other.cursor() as cursor:
            cursor.execute("SELECT progress, state FROM tracking_upload WHERE id = %s", [upload_pk])
            told.append(cursor.fetchone())

    beats = uploads.Heartbeat.__call__

    def beat(self, rows):
        beats(self, rows)
        peek(upload.pk)

    monkeypatch.setattr(uploads.Heartbeat, "__call__", beat)
    imported(upload)
    other.close()
    assert told == [(1, "IMPORTING"), (2, "IMPORTING")]
