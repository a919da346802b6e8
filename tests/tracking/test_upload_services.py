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
from tests.common.tables.workbooks import xlsx
from tests.factories import make_action, make_conversion, make_event_type, make_partner
from tests.tracking.uploading import checked, imported, sent
from tracking.imports import uploads
from tracking.imports.table import import_table
from tracking.imports.upload_state import errors_of, rejected_rows, state_of
from tracking.models import Conversion, Modification, Upload, UploadError
from tracking.modifications.apply import apply_all

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


def test_a_column_beyond_the_header_is_an_error_of_its_row(brand):
    upload = checked(brand, HEAD + line().strip() + ",extra\n")
    assert [(error.row, error.field) for error in errors_of(upload)] == [(2, "Column 10")]
    assert b"Column 10" in rejected_rows(upload).read()


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


def test_a_checked_workbook_names_its_sheet_and_can_be_checked_with_another(brand):
    head = HEAD.strip().split(",")
    rows = {name: [head, [1000, "SALE", "2026-01-05", order, "P-1", "GBP", "S1", 1, 10]]
            for name, order in (("old", "H1"), ("orders", "A1"), ("more", "B1"))}  # fmt: skip
    upload = checked(brand, xlsx([], sheets=rows, hidden=["old"]), filename="orders.xlsx")
    assert (upload.summary["Sheet"], upload.summary["OtherSheets"]) == ("orders", ["more"])
    assert upload.preview[0][1] == "A1"
    with pytest.raises(Refused, match="no such sheet"):
        uploads.choose_sheet(upload=upload, sheet="old")
    uploads.choose_sheet(upload=upload, sheet="more")
    assert uploads.check_upload(upload.pk)
    upload.refresh_from_db()
    assert (upload.state, upload.summary["Sheet"], upload.preview[0][1]) == ("CHECKED", "more", "B1")
    imported(upload)
    assert list(Conversion.objects.values_list("order_id", flat=True)) == ["B1"]
    assert upload.summary["Sheet"] == "more"
    with pytest.raises(Refused, match="no longer waiting"):
        uploads.choose_sheet(upload=upload, sheet="orders")


def test_a_cell_that_says_nothing_rejects_its_row_and_comes_back_as_it_was_shown(brand):
    head = [*HEAD.strip().split(","), "OrderDiscount"]
    row = [1000, "SALE", "2026-01-05", "A1", "P-1", "GBP", "S1", 1, 100]
    content = xlsx([head, [*row, "=I2*0.2"], [*row[:3], "A2", *row[4:]]])
    upload = checked(brand, content, filename="orders.xlsx")
    [error] = errors_of(upload)
    assert (error.row, error.field, error.sent) == (2, "OrderDiscount", "=I2*0.2")
    assert error.message.startswith("Cell J2 holds a formula without a stored value")
    imported(upload, only_good=True)
    [stored] = Conversion.objects.all()
    assert (stored.order_id, "OrderDiscount" in stored.payload) == ("A2", False)
    assert b"'=I2*0.2" in rejected_rows(upload).read()


def test_orders_whose_shortened_ids_became_the_same_are_refused_each_row_by_itself(brand):
    upload = checked(brand, HEAD + line("5.02E+12") + line("5.02E+12", sku="S2") + line("A1"))
    assert (upload.summary["Accepted"], upload.summary["Rejected"]) == (1, 2)
    assert [(error.row, error.field) for error in errors_of(upload)] == [(2, "OrderId"), (3, "OrderId")]


def test_an_amount_merged_over_rows_is_refused_and_order_cells_merged_over_them_make_one_order(brand):
    head = HEAD.strip().split(",")
    first = [1000, "SALE", "2026-01-05", "A1", "P-1", "GBP", "S1", 1, 10]
    rows = [head, first, [None] * 6 + ["S2", 2, 20], [1000, "SALE", "2026-01-05", "A2", "P-1", "GBP", "S1", 3, 5],
            [None] * 6 + ["S2", None, 7]]  # fmt: skip
    merged = [f"{column}{row}:{column}{row + 1}" for column in "ABCDEF" for row in (2, 4)]
    upload = checked(brand, xlsx(rows, merged=[*merged, "H4:H5"]), filename="orders.xlsx")
    assert [(error.row, error.field) for error in errors_of(upload)] == [(4, "ItemQuantity"), (5, "ItemQuantity")]
    assert "H4:H5 are merged" in errors_of(upload)[0].message
    imported(upload, only_good=True)
    [stored] = Conversion.objects.all()
    assert [item["ItemPrice"] for item in stored.payload["Items"]] == ["10", "20"]


def test_how_many_orders_have_a_placeholder_is_counted_in_the_preview_and_after_the_import(brand, sale):
    lines = [line("A1"), line("A2"), line("A3")]
    text = "CustomerId," + HEAD + "undefined," + lines[0] + "C-1," + lines[1] + "NaN," + lines[2]
    upload = checked(brand, text)
    assert upload.summary["NotSent"] == 2
    assert imported(upload).summary["NotSent"] == 2
    change = "OrderId,EventTypeCode,ItemSku,ItemQuantity,CustomerStatus\nA1,SALE,S1,0,null\nA2,SALE,S1,0,\n"
    assert checked(brand, change, kind="MODIFICATIONS").summary["NotSent"] == 1


CHANGES = "OrderId,EventTypeCode,ItemSku,ItemQuantity,Reason,ModificationDate\n"


def test_a_change_that_its_known_order_cannot_take_is_rejected_by_the_check_of_its_file(brand, standard):
    make_action(program=brand, OrderId="A1", EventDate="2026-11-05T10:00:00Z", ItemSku1="S1", ItemPrice1="10",
                ItemQuantity1=3)  # fmt: skip
    make_conversion(program=brand, OrderId="A2", EventDate="2026-11-05T10:00:00Z")  # not priced yet
    rows = [
        "A1,SALE,S1,5,ITEM_RETURNED,2026-11-06\n",
        "A2,SALE,S1,1,ORDER_UPDATE,2026-11-04\n",
        "A2,SALE,S1,1,ITEM_RETURNED,2026-11-05\n",
        "A3,SALE,S1,9,ITEM_RETURNED,2026-11-01\n",
    ]
    upload = checked(brand, CHANGES + "".join(rows), kind="MODIFICATIONS")
    assert (upload.summary["Accepted"], upload.summary["Rejected"], upload.summary["Unknown"]) == (2, 2, 1)
    assert [(error.row, error.field) for error in errors_of(upload)] == [(2, "ItemQuantity"), (3, "ModificationDate")]
    assert [row[0] for row in upload.preview] == ["4", "5"]


def test_a_return_after_other_changes_of_its_file_is_judged_when_it_is_applied(brand, standard):
    action = make_action(program=brand, OrderId="A1", EventDate="2026-11-05T10:00:00Z", ItemSku1="S1", ItemPrice1="10",
                         ItemQuantity1=3)  # fmt: skip
    rows = "A1,SALE,S1,7,ORDER_UPDATE,2026-11-06\n", "A1,SALE,S1,5,ITEM_RETURNED,2026-11-07\n"
    upload = imported(checked(brand, CHANGES + "".join(rows), kind="MODIFICATIONS"))
    assert (upload.summary["Accepted"], upload.summary["Rejected"]) == (2, 0)
    apply_all(brand.pk)
    assert action.items.get().quantity == 5
    more = checked(brand, CHANGES + "A1,SALE,S1,6,ITEM_RETURNED,2026-11-08\n", kind="MODIFICATIONS")
    assert [(error.row, error.field) for error in errors_of(more)] == [(2, "ItemQuantity")]


def test_a_row_with_very_many_bad_cells_is_kept_once(brand):
    columns = [f"Unknown{number}" for number in range(1_500)]
    text = f"{','.join(columns)},OrderId\n{','.join(['x' * 50] * 1_500)},A1\n"
    upload = checked(brand, text)
    problems = list(UploadError.objects.filter(upload=upload))
    assert len(problems) == 20
    assert problems[-1].message.endswith("more in this row.")
    assert sum(len(str(problem.values)) for problem in problems) < 2 * len(text)
    [row] = csv.DictReader(io.TextIOWrapper(rejected_rows(upload), "utf-8-sig"))
    assert row["Unknown1499"] == "x" * 50


def test_rejected_rows_are_kept_up_to_a_size(brand, monkeypatch):
    monkeypatch.setattr("tracking.imports.import_run.KEPT_SIZE", 1_000)
    upload = checked(brand, HEAD + "".join(line(f"A{number}", price="much" * 10) for number in range(100)))
    assert upload.summary["Rejected"] == 100
    assert 5 < UploadError.objects.filter(upload=upload).count() < 20
