"""Rows and cells of an uploaded file that are refused or counted, and workbooks."""

import csv
import io

import pytest

from common.refusals import Refused
from tests.common.tables.workbooks import xlsx
from tests.factories import make_action, make_conversion, make_event_type
from tests.tracking.test_upload_services import HEAD, line
from tests.tracking.uploading import checked, imported
from tracking.imports import uploads
from tracking.imports.upload_state import errors_of, rejected_rows
from tracking.models import Conversion, UploadError
from tracking.modifications.apply import apply_all


@pytest.fixture(autouse=True)
def sale(brand):
    return make_event_type(program=brand, code="SALE")


def test_a_column_beyond_the_header_is_an_error_of_its_row(brand):
    upload = checked(brand, HEAD + line().strip() + ",extra\n")
    assert [(error.row, error.field) for error in errors_of(upload)] == [(2, "Column 10")]
    assert b"Column 10" in rejected_rows(upload).read()


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


@pytest.mark.parametrize(("delimiter", "is_taken"), [(",", True), ("\t", True), (";", False)], ids=repr)
@pytest.mark.parametrize("column", ["ItemPrice", "ItemQuantity", "OrderShipping", "Numeric1"])
def test_a_number_whose_point_may_stand_between_thousands_is_refused_with_its_row(brand, delimiter, is_taken, column):
    cells = {"CampaignId": "1000", "EventTypeCode": "SALE", "EventDate": "2026-01-05", "MediaPartnerId": "P-1",
             "Note": "1.234", "ItemSku": "1.234", "ItemDiscountRate": "1.234", "ItemPrice": "10.50"}  # fmt: skip
    rows = [{"OrderId": "A1", **cells, column: "1.000"}, {"OrderId": "A2", **cells, column: "1000"},
            {"OrderId": "A3", **cells, column: "0.000"}, {"OrderId": "A4", **cells, column: "1000.000"}]  # fmt: skip
    text = "\n".join(delimiter.join(row) for row in [list(rows[0]), *map(dict.values, rows)])
    upload = checked(brand, text)
    assert upload.summary["Accepted"] == 3 + is_taken
    if not is_taken:
        [error] = errors_of(upload)
        assert (error.row, error.field) == (2, column)
        assert "“1.000” can be read as 1.000 or as 1000" in error.message
        again = checked(brand, rejected_rows(upload).read().decode("utf-8-sig"))
        assert again.summary["Rejected"] == 1, "sent again as it came back, it is not guessed either"


def test_a_new_amount_or_quantity_is_not_guessed_either(brand, standard):
    make_action(program=brand, OrderId="A1", Amount="5000")
    head = "OrderId;EventTypeCode;Amount;Reason\n"
    upload = checked(brand, f"{head}A1;SALE;1.234;ORDER_UPDATE\n", kind="MODIFICATIONS")
    assert [(error.row, error.field) for error in errors_of(upload)] == [(2, "Amount")]
    upload = checked(brand, f"{head}A1;SALE;1.2340;ORDER_UPDATE\n", kind="MODIFICATIONS")
    assert upload.summary["Accepted"] == 1


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
