"""What the check of a conversions file read is what its import stores, without reading the file again."""

import errno
import tracemalloc
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from program.models import Program
from tests.factories import make_conversion, make_event_type
from tests.tracking import uploading
from tests.tracking.uploading import imported
from tracking.conversions.new_conversions import store_checked
from tracking.imports import uploads
from tracking.imports.checked_order_writer import CheckedOrder, CheckedOrderWriter
from tracking.imports.upload_state import errors_of
from tracking.intake import ConversionData, EventKey
from tracking.models import CheckedOrders, Conversion, Upload, UploadError

HEAD = "CampaignId,EventTypeCode,EventDate,OrderId,MediaPartnerId,CurrencyCode,ItemSku,ItemName,ItemPrice\n"


def line(order_id="A1", *, code="SALE", when="2026-01-05T10:00:00Z", sku="S1", name="Mug", price="2.50"):
    return f"1000,{code},{when},{order_id},P-1,GBP,{sku},{name},{price}\n"


def checked(brand, *lines):
    return uploading.checked(brand, HEAD + "".join(lines))


def lose_content(upload):
    """Reading the file again fails from now on."""
    Upload.objects.filter(pk=upload.pk).update(content=b"")


def stored():
    fields = "order_id", "event_type__code", "event_date", "payload", "state", "source", "deduplication_period"
    return list(Conversion.objects.order_by("order_id").values_list(*fields))


def test_the_import_stores_what_the_check_read_and_does_not_read_the_file(brand, sale):
    upload = checked(brand, line(), line(sku="S2", name='Tea "pot" \\ größer'), line("A2", when="2026-01-05 10:00:00"))
    before = upload.preview, upload.rows, upload.summary["Columns"]
    lose_content(upload)
    imported(upload)
    assert upload.state == "IMPORTED"
    assert (upload.preview, upload.rows, upload.summary["Columns"]) == before
    assert (upload.summary["Accepted"], upload.progress) == (2, 3)
    first = Conversion.objects.get(order_id="A1")
    assert (first.upload, first.state, first.source, first.event_type) == (upload, "WAITING", "FILE", sale)
    assert [item["ItemName"] for item in first.payload["Items"]] == ["Mug", 'Tea "pot" \\ größer']


def test_it_stores_the_same_as_reading_the_file_would(brand, sale):
    lines = line(), line(sku="S2"), line("A2", when="2026-07-05 10:00:00"), line("A3", price="x"), line("A4", name="é")
    imported(checked(brand, *lines), only_good=True)
    as_checked = stored()
    Conversion.objects.all().delete()
    upload = checked(brand, *lines)
    CheckedOrders.objects.all().delete()
    imported(upload, only_good=True)
    assert stored() == as_checked
    assert len(as_checked) == 3


def test_a_check_keeps_no_conversion_and_one_row_for_a_batch(brand, sale, monkeypatch):
    monkeypatch.setattr("tracking.imports.orders.BATCH", 2)
    upload = checked(brand, *(line(f"A{number}") for number in range(5)))
    assert not Conversion.objects.exists()
    assert [len(row.rows) for row in CheckedOrders.objects.filter(upload=upload)] == [2, 2, 1]
    lose_content(upload)
    assert imported(upload).summary["Accepted"] == 5


def test_a_batch_ends_with_a_thousand_orders_or_a_megabyte(brand, sale, monkeypatch):
    monkeypatch.setattr("tracking.imports.orders.BATCH_SIZE", 1)
    checked(brand, line("A1"), line("A2"), line("A3"))
    assert CheckedOrders.objects.count() == 3


def test_an_order_that_came_by_api_in_between_is_a_duplicate(brand, sale):
    upload = checked(brand, line("A1"), line("A2"))
    assert upload.summary["Duplicates"] == 0
    first = make_conversion(program=brand, OrderId="A1", EventDate="2026-01-05T09:00:00Z")
    lose_content(upload)
    imported(upload)
    assert (upload.summary["Accepted"], upload.summary["Duplicates"]) == (1, 1)
    assert upload.summary["Listed"] == [["2", "A1", f"Order A1 was sent before, as {first.batch_id}."]]
    later = Conversion.objects.get(order_id="A1", state="DUPLICATE")
    assert later.duplicate_of == first
    assert later.payload["Items"][0]["ItemSku"] == "S1"


def test_of_two_with_one_order_id_the_later_row_is_the_duplicate(brand, sale):
    head, start = "CampaignId,EventTypeCode,EventDate,OrderId,MediaPartnerId,Amount\n", "1000,SALE,2026-01-05T10:00:00Z"
    later = start.replace("-05T", "-06T")
    upload = uploading.checked(brand, f"{head}{start},A1,P-1,5\n{start},A2,P-1,6\n{later},A1,P-1,7\n")
    assert (upload.summary["Accepted"], upload.summary["Duplicates"]) == (2, 1)
    lose_content(upload)
    imported(upload)
    first = Conversion.objects.get(order_id="A1", state="WAITING")
    assert first.payload["Amount"] == "5"
    assert Conversion.objects.get(duplicate_of=first).payload["Amount"] == "7"
    assert upload.summary["Listed"] == [["4", "A1", f"Order A1 was sent before, as {first.batch_id}."]]


def test_an_event_type_switched_off_in_between_is_refused_with_its_rows(brand, sale):
    make_event_type(program=brand, code="LEAD")
    upload = checked(brand, line("A1"), line("A2", code="LEAD"), line("A3", price="x"))
    sale.is_active = False
    sale.save()
    imported(upload, only_good=True)
    assert (upload.summary["Accepted"], upload.summary["Rejected"]) == (1, 2)
    assert [(error.row, error.field) for error in errors_of(upload)] == [(2, "EventTypeCode"), (4, "ItemPrice")]
    assert list(Conversion.objects.values_list("order_id", flat=True)) == ["A2"]


def test_a_file_whose_rows_have_turned_bad_is_checked_anew_and_imported_as_that_check_read_it(brand, sale):
    lead = make_event_type(program=brand, code="LEAD")
    upload = checked(brand, line("A1"), line("A2", code="LEAD"))
    lead.is_active = False
    lead.save()
    before = upload.summary["Now"]
    imported(upload)
    assert (upload.state, upload.summary["Rejected"], Conversion.objects.count()) == ("CHECKED", 1, 0)
    assert upload.summary["Now"] > before
    lose_content(upload)
    imported(upload, only_good=True)
    assert (upload.state, upload.summary["Accepted"], upload.summary["Rejected"]) == ("IMPORTED", 1, 1)
    assert Conversion.objects.get().order_id == "A1"


def test_in_another_time_zone_the_dates_are_read_anew(brand, sale):
    upload = checked(brand, line(when="2026-01-05 10:00:00"))
    Program.objects.filter(pk=brand.pk).update(time_zone="America/New_York")
    imported(upload)
    assert Conversion.objects.get().event_date == datetime(2026, 1, 5, 15, tzinfo=UTC)
    assert upload.preview[0][2] == "5 Jan 2026, 10:00 EST"


@pytest.mark.parametrize("is_read_again", [False, True])
def test_now_is_the_moment_of_the_check_that_the_preview_showed(brand, sale, is_read_again):
    upload = checked(brand, line(when="NOW"))
    checked_at = datetime.fromisoformat(upload.summary["Now"])
    assert abs(checked_at - timezone.now()) < timedelta(minutes=1)
    if is_read_again:
        CheckedOrders.objects.all().delete()
    imported(upload)
    assert Conversion.objects.get().event_date == checked_at


def test_importing_the_good_rows_keeps_the_errors_of_the_others(brand, sale):
    upload = checked(brand, line("A1", price="x"), line("A2"), line("A3", code="LEAD"))
    errors = list(UploadError.objects.values_list("pk", "row", "field", "values"))
    make_event_type(program=brand, code="LEAD")  # what was rejected stays so: it was shown so
    lose_content(upload)
    imported(upload, only_good=True)
    assert (upload.summary["Accepted"], upload.summary["Rejected"]) == (1, 2)
    assert list(UploadError.objects.values_list("pk", "row", "field", "values")) == errors


def test_a_file_whose_orders_were_not_kept_is_read(brand, sale):
    upload = checked(brand, line("A1"), line("A2"))
    CheckedOrders.objects.all().delete()
    imported(upload)
    assert (upload.state, Conversion.objects.count()) == ("IMPORTED", 2)


def test_a_file_of_which_a_batch_is_gone_is_read_as_a_whole(brand, sale, monkeypatch):
    monkeypatch.setattr("tracking.imports.orders.BATCH", 1)
    upload = checked(brand, line("A1"), line("A2"))
    CheckedOrders.objects.latest("id").delete()
    imported(upload)
    assert sorted(Conversion.objects.values_list("order_id", "state")) == [("A1", "WAITING"), ("A2", "WAITING")]
    assert upload.summary["Duplicates"] == 0


@pytest.mark.parametrize("end", ["import", "discard", "fail"])
def test_nothing_is_left_of_it_at_the_end(brand, sale, end):
    upload = checked(brand, line())
    assert CheckedOrders.objects.filter(upload=upload).exists()
    if end == "import":
        imported(upload)
    elif end == "discard":
        uploads.discard_upload(upload=upload)
    else:
        uploads.confirm_upload(upload=upload, only_good=False)
        silent = timezone.now() - timedelta(minutes=2)
        Upload.objects.filter(pk=upload.pk).update(state="IMPORTING", attempts=3, beat_at=silent)
        uploads.import_upload(upload.pk)
    upload.refresh_from_db()
    assert upload.state in ("IMPORTED", "DISCARDED", "FAILED")
    assert not CheckedOrders.objects.exists()


@pytest.mark.parametrize("step", ["check", "import"])
def test_a_worker_whose_claim_was_taken_over_leaves_what_was_read_as_it_was(brand, sale, monkeypatch, step):
    upload = checked(brand, line())
    kept = list(CheckedOrders.objects.values())

    concludes = uploads.conclude

    def too_late(*args: Any, **kwargs: Any) -> bool:
        Upload.objects.filter(pk=upload.pk).update(attempts=2)
        return concludes(*args, **kwargs)

    monkeypatch.setattr(uploads, "conclude", too_late)
    if step == "check":
        Upload.objects.filter(pk=upload.pk).update(state="QUEUED", attempts=0)
        uploads.check_upload(upload.pk)
    else:
        uploads.confirm_upload(upload=upload, only_good=False)
        uploads.import_upload(upload.pk)
    assert list(CheckedOrders.objects.values()) == kept
    assert not Conversion.objects.exists()


def test_neither_the_check_nor_the_import_holds_more_than_a_batch_in_memory(brand, sale):
    upload = uploads.create_upload(program=brand, user_id=None, kind="CONVERSIONS", filename="a.csv", content=b"x")
    key, payload = EventKey("EventTypeCode", "SALE"), f'{{"Note": "{"x" * 300_000}"}}'
    data = ConversionData(1000, key, timezone.now(), "", "P-1", "GBP", {})
    tracemalloc.start()
    with CheckedOrderWriter() as writer:
        for number in range(60):
            writer.add([CheckedOrder(number, number, sale.pk, data, payload)])
        writer.keep(upload)
    batches = sum(batch.accepted for batch in store_checked(upload))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert batches == 60
    assert peak < 10 * len(payload)


def test_a_full_disk_is_waited_out(brand, sale, monkeypatch):
    with monkeypatch.context() as full, open("/dev/full", "wb+", buffering=0) as disk:
        full.setattr("tempfile.TemporaryFile", lambda: disk)
        with pytest.raises(OSError, match="No space left") as refused:
            checked(brand, line())
    assert refused.value.errno == errno.ENOSPC
    upload = Upload.objects.get()
    assert upload.state == "CHECKING"
    Upload.objects.update(beat_at=timezone.now() - timedelta(minutes=2))
    assert uploads.check_upload(upload.pk)
    assert CheckedOrders.objects.filter(upload=upload).exists()


def test_they_go_with_their_upload(brand, sale):
    checked(brand, line()).delete()
    assert not CheckedOrders.objects.exists()
