"""Part of an order is never stored as the whole: its rows are accepted together or rejected together."""

import csv
import io
import json
import threading

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.utils import timezone

from tests.tracking import uploading
from tests.tracking.uploading import imported
from tracking.imports.table import import_table
from tracking.imports.upload_state import rejected_rows
from tracking.models import CheckedOrders, Conversion, Upload
from tracking.pricing.batch import price_all

COLUMNS = "CampaignId,EventTypeCode,EventDate,OrderId,MediaPartnerId,CustomerStatus,CurrencyCode"
HEAD = f"{COLUMNS},ItemSku,ItemQuantity,ItemPrice\n"


def line(order_id="A1", sku="A", price="10.00", when="2026-05-06"):
    return f"1000,SALE,{when},{order_id},P-1,new,GBP,{sku},1,{price}\n"


SORTED_BY_SKU = [line("A1"), line("A2"), line("A1", "B", "90.00"), line("A2", "B", "90.00")]


def checked(brand, *lines):
    return uploading.checked(brand, HEAD + "".join(lines))


def stored():
    return {
        conversion.order_id: [item["ItemSku"] for item in conversion.payload["Items"]]
        for conversion in Conversion.objects.exclude(state="DUPLICATE")
    }


def rejected(upload):
    return list(csv.DictReader(io.TextIOWrapper(rejected_rows(upload), encoding="utf-8-sig", newline="")))


def test_a_file_that_is_sorted_by_sku_stores_no_part_of_an_order_and_its_repaired_rows_are_stored_whole(brand, sale):
    upload = checked(brand, *SORTED_BY_SKU, line("A3"))
    assert (upload.summary["Accepted"], upload.summary["Duplicates"], upload.summary["Rejected"]) == (1, 0, 2)
    imported(upload, only_good=True)
    assert stored() == {"A3": ["A"]}
    rows = rejected(upload)
    assert [(row["OrderId"], row["ItemSku"]) for row in rows] == [("A1", "A"), ("A2", "A"), ("A1", "B"), ("A2", "B")]
    assert "Order A1 is also on row 4" in rows[0]["Rejection Reason"]

    out = io.StringIO()
    repaired = csv.DictWriter(out, rows[0])
    repaired.writeheader()
    repaired.writerows(sorted(rows, key=lambda row: row["OrderId"]))
    again = imported(uploading.checked(brand, out.getvalue()))
    assert (again.summary["Accepted"], again.summary["Duplicates"], again.summary["Rejected"]) == (2, 0, 0)
    assert stored() == {"A1": ["A", "B"], "A2": ["A", "B"], "A3": ["A"]}


@pytest.mark.parametrize("batch", [1, 1_000])
def test_what_was_stored_of_an_order_before_its_other_rows_came_is_taken_back(brand, sale, monkeypatch, batch):
    monkeypatch.setattr("tracking.imports.orders.BATCH", batch)
    upload = checked(brand, line("A0"), *SORTED_BY_SKU, line("A3"))
    kept = CheckedOrders.objects.values_list("order_ids", flat=True)
    assert [order_id for batch in kept for order_id in batch] == ["A0", "A3"]
    assert (upload.rows, upload.summary["Accepted"], len(upload.preview)) == (6, 2, 2)
    CheckedOrders.objects.all().delete()  # so that the import reads the file
    imported(upload, only_good=True)
    assert (upload.summary["Accepted"], upload.summary["Rejected"], len(rejected(upload))) == (2, 2, 4)
    assert stored() == {"A0": ["A"], "A3": ["A"]}


def test_an_order_that_comes_again_with_exactly_its_rows_is_a_duplicate(brand, sale):
    whole = line("A1"), line("A1", "B")
    upload = imported(checked(brand, *whole, line("A2"), *whole))
    assert (upload.summary["Accepted"], upload.summary["Duplicates"], upload.summary["Rejected"]) == (2, 1, 0)
    assert stored() == {"A1": ["A", "B"], "A2": ["A"]}


def test_the_same_id_after_the_window_is_a_new_order_within_the_same_file(brand, sale):
    sale.deduplication_days = 5
    sale.save()
    upload = imported(checked(brand, line("A1"), line("A2"), line("A1", "B", when="2026-05-11")))
    assert (upload.summary["Accepted"], upload.summary["Rejected"]) == (3, 0)
    near = checked(brand, line("B1"), line("B2"), line("B1", "B", when="2026-05-10"))
    assert (near.summary["Accepted"], near.summary["Rejected"]) == (1, 1)


def test_a_bad_row_rejects_its_order_with_all_its_rows(brand, sale):
    upload = imported(checked(brand, line("A1"), line("A1", "B", price="x"), line("A2")), only_good=True)
    assert stored() == {"A2": ["A"]}
    assert [row["ItemSku"] for row in rejected(upload)] == ["A", "B"]
    good = imported(checked(brand, line("A1"), line("A1", "B")))
    assert (good.summary["Accepted"], good.summary["Duplicates"]) == (1, 0)


def test_only_the_first_row_of_an_order_needs_its_cells_as_shops_export_them(brand, sale):
    text = (
        "CampaignId,EventTypeCode,OrderId,EventDate,MediaPartnerId,OrderDiscount,ItemSku,ItemQuantity,ItemPrice\n"
        "1000,SALE,#1001,2026-05-06T09:00:00+01:00,P-1,5.00,A,2,10.00\n"
        ",,#1001,,,,B,1,6.99\n"
        "1000,SALE,#1002,2026-05-06T09:05:00+01:00,P-1,,A,1,10.00\n"
    )
    upload = imported(uploading.checked(brand, text))
    assert (upload.summary["Accepted"], upload.summary["Rejected"]) == (2, 0)
    assert stored() == {"#1001": ["A", "B"], "#1002": ["A"]}
    assert Conversion.objects.get(order_id="#1001").payload["OrderDiscount"] == "5.00"


def test_rejected_rows_that_are_kept_have_all_or_none_of_an_order(brand, sale, monkeypatch):
    monkeypatch.setattr("tracking.imports.import_run.KEPT_PROBLEMS", 1)
    upload = checked(brand, *SORTED_BY_SKU)
    assert upload.summary["Rejected"] == 2
    assert [(row["OrderId"], row["ItemSku"]) for row in rejected(upload)] == [("A1", "A"), ("A1", "B")]


def test_the_command_says_which_rows_stand_apart(brand, sale, tmp_path, capsys):
    file = tmp_path / "orders.csv"
    file.write_text(HEAD + "".join([*SORTED_BY_SKU, line("A3")]))
    call_command("import_conversions", str(file), "--program", str(brand.pk))
    said = json.loads(capsys.readouterr().out)
    assert {name: said[name] for name in ("Rows", "Accepted", "Duplicates", "Rejected")} == {
        "Rows": 5, "Accepted": 1, "Duplicates": 0, "Rejected": 2,
    }  # fmt: skip
    assert [error["Row"] for error in said["Errors"]] == [2, 3, 4, 5]
    assert stored() == {"A3": ["A"]}


def test_rows_that_can_be_read_once_alone_are_not_taken(brand, sale):
    with pytest.raises(TypeError, match="may be read twice"):
        import_table(brand, "CONVERSIONS", iter([]), now=timezone.now())


def test_a_table_that_is_not_the_same_when_it_is_read_again_stores_nothing(brand, sale):
    class Once:
        def __init__(self, rows):
            self.rows = iter(rows)

        def __iter__(self):
            return self.rows

    rows = list(enumerate(csv.DictReader(io.StringIO(HEAD + "".join(SORTED_BY_SKU))), 2))
    with pytest.raises(RuntimeError, match="had 4 rows, and 0 when it was read again"), transaction.atomic():
        import_table(brand, "CONVERSIONS", Once(rows), now=timezone.now())
    assert not Conversion.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_nothing_of_a_file_is_priced_before_all_of_it_is_stored(brand, standard, monkeypatch):
    monkeypatch.setattr("tracking.imports.orders.BATCH", 2)
    seen = []

    def price():
        price_all(brand.pk)
        seen.append(Conversion.objects.count())
        connection.close()

    class Rows(list):
        """Rows in whose middle another worker prices what it finds."""

        def __iter__(self):
            for number, row in enumerate(csv.DictReader(io.StringIO(HEAD + "".join(map(line, "ABCDEFGH")))), 2):
                if number == 8:
                    worker = threading.Thread(target=price)
                    worker.start()
                    worker.join()
                yield number, row

        def summary(self):
            return {}

    upload = checked(brand, *map(line, "ABCDEFGH"))
    CheckedOrders.objects.all().delete()
    monkeypatch.setattr("tracking.imports.uploads.read_table", lambda *args, **kwargs: Rows())
    imported(upload)
    assert seen == [0]
    assert Upload.objects.get().state == "IMPORTED"
    assert set(Conversion.objects.values_list("state", flat=True)) == {"WAITING"}
    price_all(brand.pk)
    assert Conversion.objects.filter(state="PRICED").count() == 8
