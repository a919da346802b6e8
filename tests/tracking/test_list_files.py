"""Files of entries of exception lists and of the product catalog: checked, shown with what they change, imported."""

import io
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from common.tables.read import read_table
from common.tables.write import write_xls, write_xlsx
from program.exception_lists.entries import Entry, add_entries
from program.exception_lists.services import close_exception_list, delete_exception_list
from program.models import CatalogItem, ReceivedValue
from reports.exports import lists as exports
from reports.exports.services import render_export
from reports.models import Export
from tests.factories import (
    make_contracts,
    make_event_type,
    make_exception_list,
    make_partner,
    make_program,
    terms_document,
)
from tests.tracking.uploading import imported
from tracking.imports import uploads
from tracking.models import Upload

HEAD = "Value,Name,MatchMode\n"
CATALOG_HEAD = "Sku,Name,Manufacturer,Category,Subcategory,OriginalFormatCategory\n"


@pytest.fixture
def winter(brand):
    return make_exception_list(program=brand, values=["SKU-1", "SKU-2", "/COAT-[0-9]+/"])


def checked(brand, text, mode="ADD", *, kind="EXCEPTION_LIST", exception_list=None, filename="entries.csv"):
    upload = uploads.create_upload(
        program=brand, user_id=None, kind=kind, filename=filename, mode=mode, exception_list=exception_list,
        content=text if isinstance(text, bytes) else text.encode(),
    )  # fmt: skip
    assert uploads.check_upload(upload.pk)
    upload.refresh_from_db()
    return upload


def counts(upload):
    return [upload.summary[name] for name in ("Added", "Changed", "Dropped", "Unchanged", "Rejected")]


def values_of(exception_list):
    return list(exception_list.items.values_list("value", "match_mode", "name"))


def page_of(upload, browser):
    return browser.get(f"/p/1000/transactions/uploads/{upload.pk}/").content.decode()


def test_a_file_adds_entries_and_shows_first_what_changes(brand, winter, erin, client_of):
    upload = checked(brand, f"{HEAD}sku-1,Coat,\nSKU-2,,EQ\nHAT-.*,Hats,regex\n", exception_list=winter)
    assert counts(upload) == [1, 1, 0, 1, 0]
    assert winter.items.count() == 3, "a check stores nothing"
    page = page_of(upload, client_of(erin))
    assert "Import all: 2 entries" in page
    assert "Entries of the exception list" in page
    assert upload.summary["Differing"] == [["2", "sku-1", "Name", "", "Coat"]]
    imported(upload)
    assert values_of(winter) == [
        ("SKU-1", "EQ", "Coat"), ("SKU-2", "EQ", ""), ("COAT-[0-9]+", "REGEX", ""), ("HAT-.*", "REGEX", "Hats"),
    ]  # fmt: skip
    assert "See the list" in page_of(upload, client_of(erin))


def test_a_file_replaces_the_list_and_shows_what_is_dropped(brand, winter, erin, client_of):
    upload = checked(brand, "Value\nSKU-2\nSKU-3\n", "REPLACE", exception_list=winter)
    assert counts(upload) == [1, 0, 2, 1, 0]
    assert sorted(upload.summary["Leaving"]) == ["COAT-[0-9]+", "SKU-1"]
    page = page_of(upload, client_of(erin))
    assert "What is dropped" in page
    assert "(put its rows in place of all that is there)" in page
    assert "Import all: 1 entry, 2 dropped" in page
    imported(upload)
    assert values_of(winter) == [("SKU-2", "EQ", ""), ("SKU-3", "EQ", "")]


def test_a_file_takes_entries_off(brand, winter):
    upload = checked(brand, f"{HEAD}sku-1,,\nCOAT-[0-9]+,,REGEX\nunknown,,\n", "REMOVE", exception_list=winter)
    assert counts(upload) == [0, 0, 2, 1, 0]
    imported(upload)
    assert values_of(winter) == [("SKU-2", "EQ", "")]


def test_bad_rows_are_named_and_come_back_as_a_file(brand, winter, erin, client_of):
    rows = f"{HEAD}ok,,\n(,,REGEX\nOK,,\nx,,LIKE\n{'x' * 256},,\n,Nameless,\n"
    upload = checked(brand, rows, exception_list=winter)
    assert [(error.row, error.field) for error in upload.errors.all()] == [
        (3, "Value"), (4, "Value"), (5, "MatchMode"), (6, "Value"), (7, "Value"),
    ]  # fmt: skip
    rejected = client_of(erin).get(f"/p/1000/transactions/uploads/{upload.pk}/rejected/")
    assert "is already on row 2" in b"".join(rejected.streaming_content).decode()
    imported(upload, only_good=True)
    assert winter.items.count() == 4


@pytest.mark.parametrize(("write", "name"), [(write_xlsx, "list.xlsx"), (write_xls, "list.xls")])
def test_workbooks_are_read(write, name, brand, winter):
    file = io.BytesIO()
    write(["Value", "Name", "MatchMode"], [["00123", "Leading zeros", ""], ["9-.*", "", "REGEX"]], file)
    upload = checked(brand, file.getvalue(), "REPLACE", exception_list=winter, filename=name)
    imported(upload)
    assert values_of(winter) == [("00123", "EQ", "Leading zeros"), ("9-.*", "REGEX", "")]


def test_before_a_file_is_imported_the_terms_in_force_and_the_orders_are_said(brand, winter, erin, client_of):
    sale = make_event_type(program=brand)
    day = timezone.localdate(timezone=brand.zone) - timedelta(days=2)
    for value, orders in (("sku-1", 3), ("SKU-2", 50), ("COAT-7", 4)):
        ReceivedValue.objects.create(
            program=brand, event_type=sale, variable="ITEM_SKU", value=value, day=day, orders=orders
        )
    rule = {"Variable": "LIST_ITEM_SKU", "Operator": "IN_LIST", "Values": ["Winter"]}
    group = {"Rank": 1, "Name": "Coats", "Rules": [rule], "PayoutRate": "20"}
    make_contracts(program=brand, document=terms_document(groups=[group]), partners=[make_partner(program=brand)])
    upload = checked(brand, "Value\nSKU-2\nSKU-9\n", "REPLACE", exception_list=winter)
    assert upload.summary["Carried"] == 7
    page = page_of(upload, client_of(erin))
    assert "Standard</a>, in force: payout group Coats" in page
    assert "<b>7 orders</b> carried one of these values" in page
    imported(upload)
    assert "Terms in force ask for this." not in page_of(upload, client_of(erin))


def test_a_file_for_a_list_that_was_closed_or_deleted_meanwhile_says_so(brand, winter):
    upload = checked(brand, "Value\nSKU-9\n", exception_list=winter)
    close_exception_list(exception_list=winter, on=True)
    uploads.confirm_upload(upload=upload, only_good=False)
    uploads.import_upload(upload.pk)
    upload.refresh_from_db()
    assert (upload.state, upload.failure) == (
        "FAILED", "Winter is closed: open it again before you change its entries.",
    )  # fmt: skip
    other = checked(brand, "Value\nSKU-9\n", exception_list=make_exception_list(program=brand, name="Other"))
    delete_exception_list(exception_list=other.exception_list)
    uploads.confirm_upload(upload=other, only_good=False)
    uploads.import_upload(other.pk)
    other.refresh_from_db()
    assert other.failure.startswith("The list was deleted after this file was sent")


def test_the_form_takes_a_list_of_this_program_that_is_open(brand, winter, erin, client_of):
    browser = client_of(erin)
    foreign = make_exception_list(program=make_program())
    assert (
        f'value="{winter.pk}"'
        in browser.get(f"/p/1000/transactions/uploads/?kind=EXCEPTION_LIST&list={winter.pk}").content.decode()
    )

    def sent(number, **more):
        file = SimpleUploadedFile("entries.csv", b"Value\nSKU-9\n")
        data = {"kind": "EXCEPTION_LIST", "list": number, "file": file, **more}
        return browser.post("/p/1000/transactions/uploads/new/", data)

    for number in ("", "x", foreign.pk):
        response = sent(number)
        assert response.status_code == 422
        assert "Choose the list" in response.content.decode()
    assert sent(winter.pk, row_mode="REMOVE").status_code == 302
    upload = Upload.objects.get()
    assert (upload.exception_list, upload.mode) == (winter, "REMOVE")


def test_a_file_adds_changes_replaces_and_removes_skus(brand):
    CatalogItem.objects.create(program=brand, sku="S1", name="Anvil", manufacturer="Acme")
    CatalogItem.objects.create(program=brand, sku="S2")
    CatalogItem.objects.create(program=make_program(), sku="S3")
    upload = checked(brand, f"{CATALOG_HEAD}S1,,Bolt,Anvils,,\nS4,New,,,,\nS4,Twice,,,,\n", kind="CATALOG")
    assert counts(upload) == [1, 1, 0, 0, 1]
    assert [row[2:] for row in upload.summary["Differing"]] == [
        ["Manufacturer", "Acme", "Bolt"], ["Category", "", "Anvils"],
    ]  # fmt: skip
    imported(upload, only_good=True)
    upload = checked(brand, f"{CATALOG_HEAD}S1,,,,,\nS5,Five,,,,\n", "REPLACE", kind="CATALOG")
    assert counts(upload) == [1, 0, 2, 1, 0]
    imported(upload)
    assert list(CatalogItem.objects.filter(program=brand).values_list("sku", "name", "manufacturer")) == [
        ("S1", "Anvil", "Bolt"), ("S5", "Five", ""),
    ]  # fmt: skip
    imported(checked(brand, "Sku,Name\nS1,\n", "REMOVE", kind="CATALOG"))
    assert [item.sku for item in CatalogItem.objects.order_by("pk")] == ["S3", "S5"]


@pytest.mark.parametrize("format", ["csv", "xlsx"])
def test_what_is_exported_imports_again_unchanged(format, brand, winter, erin):
    winter.items.filter(value="SKU-1").update(name="=1+1")
    CatalogItem.objects.create(program=brand, sku="007", name="Bond", category="Films")
    for handle, chosen, kind in (("exception_list", winter, "EXCEPTION_LIST"), ("catalog", None, "CATALOG")):
        export = exports.create_list_export(
            program=brand, user_id=erin.pk, handle=handle, exception_list=chosen, format=format
        )
        assert render_export(export.pk)
        export.refresh_from_db()
        assert (export.state, export.failure) == ("READY", "")
        again = checked(
            brand, bytes(export.content), "REPLACE", kind=kind, exception_list=chosen, filename=export.filename
        )
        assert counts(again) == [0, 0, 0, export.rows, 0]
        assert len(list(read_table(bytes(export.content), export.filename))) == export.rows


def test_exports_are_asked_for_on_the_pages(brand, winter, erin, charlie, client_of):
    address = "/p/1000/reports/exports/new/"
    foreign = make_exception_list(program=make_program())
    browser = client_of(erin)
    assert browser.post(address, {"report": "catalog", "format": "xlsx"}).status_code == 302
    assert browser.post(address, {"report": "exception_list", "list": winter.pk, "format": "csv"}).status_code == 302
    assert browser.post(address, {"report": "exception_list", "list": foreign.pk, "format": "csv"}).status_code == 404
    assert browser.post(address, {"report": "catalog", "format": "pdf"}).status_code == 422
    assert client_of(charlie).post(address, {"report": "catalog", "format": "csv"}).status_code == 404
    assert [export.handle for export in Export.objects.order_by("pk")] == ["catalog", "exception_list"]
    page = browser.get("/p/1000/reports/exports/").content.decode()
    assert "Product catalog" in page
    assert "exception-list-Winter-" in page


def test_a_file_does_not_do_what_its_preview_did_not_show(brand, winter, erin, client_of):
    upload = checked(brand, "Value\nSKU-1\n", "REPLACE", exception_list=winter)
    assert upload.summary["Dropped"] == 2
    add_entries(exception_list=winter, entries=[Entry("SKU-9"), Entry("SKU-10")])
    uploads.confirm_upload(upload=upload, only_good=False)
    uploads.import_upload(upload.pk)
    upload.refresh_from_db()
    assert (upload.state, upload.summary["Dropped"]) == ("CHECKED", 4)
    assert winter.items.count() == 5, "nothing is imported before it is confirmed again"
    assert "Others changed the same entries or SKUs after this file was checked" in page_of(upload, client_of(erin))
    imported(upload)
    assert values_of(winter) == [("SKU-1", "EQ", "")]


def test_of_two_files_for_the_catalog_the_second_shows_again_what_it_changes(brand):
    first, second = (checked(brand, f"Sku,Category\nS1,{name}\n", kind="CATALOG") for name in ("Hats", "Coats"))
    imported(first)
    uploads.confirm_upload(upload=second, only_good=False)
    uploads.import_upload(second.pk)
    second.refresh_from_db()
    assert second.state == "CHECKED"
    assert second.summary["Differing"] == [["2", "S1", "Category", "Hats", "Coats"]]
    imported(second)
    assert CatalogItem.objects.get().category == "Coats"


@pytest.mark.parametrize(
    ("rows", "why"),
    [
        ("".join(f"s{number}.*,REGEX\n" for number in range(1_001)), "A list holds at most 1,000 regular expressions"),
        ("".join(f"(a?){{100}}a{{100}}b{number},REGEX\n" for number in range(170)), "Together with those of the"),
    ],
)
def test_a_file_of_costly_regular_expressions_is_refused_as_a_whole(rows, why, brand, winter):
    upload = uploads.create_upload(
        program=brand, user_id=None, kind="EXCEPTION_LIST", filename="a.csv", mode="ADD", exception_list=winter,
        content=f"Value,MatchMode\n{rows}".encode(),
    )  # fmt: skip
    uploads.check_upload(upload.pk)
    upload.refresh_from_db()
    assert upload.state == "FAILED"
    assert upload.failure.startswith(why)
