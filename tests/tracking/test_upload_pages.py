"""The pages of uploads, through HTTP; and one file through the real worker."""

import time

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from tests.common.tables.workbooks import xlsx
from tests.factories import make_contracts, make_event_type, make_partner, make_user, terms_document
from tracking.imports import uploads
from tracking.models import Action, Conversion, Modification, Upload

HEAD = "CampaignId,EventTypeCode,EventDate,OrderId,MediaPartnerId,CurrencyCode,ItemSku,ItemQuantity,ItemPrice\n"
LIST = "/p/1000/transactions/uploads/"


def rows(*ids, price="2.50"):
    return HEAD + "".join(f"1000,SALE,2026-01-05T10:00:00Z,{name},P-1,GBP,S1,2,{price}\n" for name in ids)


@pytest.fixture
def sale(brand):
    return make_event_type(program=brand, code="SALE")


def send(client, text, *, kind="CONVERSIONS", name="orders.csv"):
    content = text.encode() if isinstance(text, str) else text
    return client.post(f"{LIST}new/", {"kind": kind, "file": SimpleUploadedFile(name, content)})


def uploaded(client, text):
    response = send(client, text)
    assert response.status_code == 302
    upload = Upload.objects.latest("id")
    assert response["Location"] == f"{LIST}{upload.pk}/"
    uploads.check_upload(upload.pk)
    return upload


def text_of(client, upload):
    return client.get(f"{LIST}{upload.pk}/").content.decode()


def test_a_file_is_sent_checked_confirmed_and_imported(client_of, alice, sale):
    client = client_of(alice)
    send(client, rows("A1", "A2"))
    upload = Upload.objects.get()
    page = client.get(f"{LIST}{upload.pk}/").content.decode()
    assert "Waiting in the background" in page
    assert 'hx-trigger="every' in page
    uploads.check_upload(upload.pk)
    page = client.get(f"{LIST}{upload.pk}/").content.decode()
    assert "Import all: 2 orders" in page
    assert "5.00 GBP" in page
    assert "hx-trigger" not in page.partition("<main")[2].partition("</main>")[0]
    assert client.post(f"{LIST}{upload.pk}/import/", {"rows": "all"}).status_code == 302
    uploads.import_upload(upload.pk)
    page = client.get(f"{LIST}{upload.pk}/").content.decode()
    assert "Pricing the orders" in page
    assert Conversion.objects.count() == 2


def test_a_part_of_the_page_is_answered_to_htmx(client_of, alice, sale):
    client = client_of(alice)
    upload = uploaded(client, rows("A1"))
    part = client.get(f"{LIST}{upload.pk}/", headers={"HX-Request": "true"}).content.decode()
    assert part.strip().startswith('<div class="stack" id="upload"')
    assert "<html" not in part


def test_errors_are_listed_and_come_back_as_a_file(client_of, alice, sale):
    client = client_of(alice)
    upload = uploaded(client, rows("A1", price="x") + rows("A2").removeprefix(HEAD))
    page = client.get(f"{LIST}{upload.pk}/").content.decode()
    assert "Import only the good rows: 1 order" in page
    assert "Write a plain number" in page
    answer = client.get(f"{LIST}{upload.pk}/rejected/")
    assert answer["Content-Disposition"] == 'attachment; filename="orders-rejected.csv"'
    assert b"ItemPrice: Write a plain number" in b"".join(answer.streaming_content)
    assert client.post(f"{LIST}{upload.pk}/import/", {"rows": "all"}).status_code == 409
    assert client.post(f"{LIST}{upload.pk}/import/", {"rows": "good"}).status_code == 302


def test_nobody_imports_another_sheet_than_their_page_shows(client_of, alice, sale):
    client = client_of(alice)
    head, *row = [line.split(",") for line in rows("A1").splitlines()]
    sheets = {"May": [head, *row], "June": [head, [*row[0][:3], "B1", *row[0][4:]]]}
    send(client, xlsx([], sheets=sheets), name="orders.xlsx")
    upload = Upload.objects.get()
    uploads.check_upload(upload.pk)
    seen = client.get(f"{LIST}{upload.pk}/").context["opened_with"]
    client.post(f"{LIST}{upload.pk}/sheet/", {"sheet": "June"})
    uploads.check_upload(upload.pk)
    stale = client.post(f"{LIST}{upload.pk}/import/", {"rows": "all", "opened_with": seen})
    assert stale.status_code == 409
    assert "checked again since you saw this page" in stale.content.decode()
    assert "sheet <b>June</b>" in stale.content.decode()
    seen = stale.context["opened_with"]
    assert client.post(f"{LIST}{upload.pk}/import/", {"rows": "all", "opened_with": seen}).status_code == 302


def test_changes_that_were_refused_lead_to_their_list(client_of, alice, sale):
    head = "CampaignId,EventTypeCode,OrderId,ModificationDate,Reason,Amount\n"
    change = "1000,SALE,A1,2026-01-06,ORDER_UPDATE,1.00\n"
    upload = uploads.create_upload(
        program=sale.program, user_id=None, kind="MODIFICATIONS", filename="changes.csv",
        content=(head + change).encode(),
    )  # fmt: skip
    uploads.check_upload(upload.pk)
    uploads.confirm_upload(upload=upload, only_good=False)
    uploads.import_upload(upload.pk)
    Modification.objects.update(state=Modification.State.REFUSED)
    page = text_of(client_of(alice), upload)
    assert "could not be applied. The list of refused changes says why." in page
    assert 'href="/p/1000/transactions/conversions/?tab=modifications">Refused changes</a>' in page
    assert "not priced" not in page.partition("<main")[2]


def test_a_file_of_which_everything_is_rejected_says_so(client_of, alice, sale):
    client = client_of(alice)
    upload = uploaded(client, rows("A1", price="x"))
    assert "Nothing can be imported: everything in this file is rejected." in text_of(client, upload)


def test_another_sheet_of_a_workbook_is_chosen_on_the_page(client_of, alice, bob, sale):
    client = client_of(alice)
    head = HEAD.strip().split(",")
    row = [1000, "SALE", "2026-01-05", "A1", "P-1", "GBP", "S1", 1, 10]
    sheets = {"May": [["Orders of May"], head, row], "June": [head, [*row[:3], "B1", *row[4:]]], "old": [head]}
    send(client, xlsx([], sheets=sheets, hidden=["old"]), name="orders.xlsx")
    upload = Upload.objects.get()
    uploads.check_upload(upload.pk)
    page = client.get(f"{LIST}{upload.pk}/").content.decode()
    assert "sheet <b>May</b>" in page
    assert "The column names are in row 2; the rows above it are not read." in page
    assert '<option value="June">June</option>' in page
    assert ">old<" not in page
    assert "Another sheet" not in client_of(bob).get(f"{LIST}{upload.pk}/").content.decode()
    assert client_of(bob).post(f"{LIST}{upload.pk}/sheet/", {"sheet": "June"}).status_code == 403
    stale = client.post(f"{LIST}{upload.pk}/sheet/", {"sheet": "old"})
    assert stale.status_code == 409
    assert "has no such sheet" in stale.content.decode()
    assert client.post(f"{LIST}{upload.pk}/sheet/", {"sheet": "June"}).status_code == 302
    uploads.check_upload(upload.pk)
    page = client.get(f"{LIST}{upload.pk}/").content.decode()
    assert "sheet <b>June</b>" in page
    assert "B1" in page


def test_a_discarded_file_is_not_imported(client_of, alice, sale):
    client = client_of(alice)
    upload = uploaded(client, rows("A1"))
    assert client.post(f"{LIST}{upload.pk}/discard/").status_code == 302
    stale = client.post(f"{LIST}{upload.pk}/import/", {"rows": "all"})
    assert stale.status_code == 409
    assert "Discarded" in stale.content.decode()


@pytest.mark.parametrize(
    ("data", "words"),
    [({"kind": "CONVERSIONS"}, "Choose a file."), ({"kind": "NONSENSE"}, "Choose one of the list.")],
)
def test_a_form_that_lacks_something_says_so(client_of, alice, data, words):
    response = client_of(alice).post(f"{LIST}new/", data)
    assert response.status_code == 422
    assert words in response.content.decode()


def test_another_kind_of_file_is_refused(client_of, alice):
    response = send(client_of(alice), b"%PDF", name="orders.pdf")
    assert response.status_code == 422
    assert "not a supported kind of file" in response.content.decode()


def test_a_file_too_large_is_refused_before_it_is_kept(client_of, alice, monkeypatch):
    monkeypatch.setattr("tracking.imports.pages.upload_create.most_file_bytes", 100_000)
    response = send(client_of(alice), b"x" * 200_000)
    assert response.status_code == 413
    assert "larger than 64 MB and was not kept" in response.content.decode()
    assert not Upload.objects.exists()


def test_a_file_needs_the_token_against_forgery(client_of, alice):
    client = client_of(alice)
    client.handler.enforce_csrf_checks = True
    assert send(client, rows("A1")).status_code == 403


def test_a_viewer_sees_uploads_and_changes_nothing(client_of, alice, bob, sale):
    upload = uploaded(client_of(alice), rows("A1"))
    client = client_of(bob)
    assert client.get(LIST).status_code == 200
    page = client.get(f"{LIST}{upload.pk}/").content.decode()
    assert "Import all" not in page
    assert send(client, rows("A2")).status_code == 403
    assert client.post(f"{LIST}{upload.pk}/import/").status_code == 403
    assert client.post(f"{LIST}{upload.pk}/discard/").status_code == 403


def test_another_brand_finds_nothing(client_of, alice, charlie, sale):
    upload = uploaded(client_of(alice), rows("A1"))
    client = client_of(charlie)
    for address in (LIST, f"{LIST}{upload.pk}/", f"{LIST}{upload.pk}/rejected/"):
        assert client.get(address).status_code == 404
    assert send(client, rows("A2")).status_code == 404
    assert client.post(f"{LIST}{upload.pk}/import/").status_code == 404
    assert client.get(f"/p/2000/transactions/uploads/{upload.pk}/").status_code == 404


def test_the_list_asks_the_database_as_often_for_many_as_for_one(client_of, alice, sale, django_assert_num_queries):
    client = client_of(alice)
    assert "Nothing uploaded yet" in client.get(LIST).content.decode()
    for number in range(12):
        uploads.create_upload(program=sale.program, user_id=alice.pk, kind="CONVERSIONS", filename=f"{number}.csv",
                              content=b"x" * 1000)  # fmt: skip
    with django_assert_num_queries(9):
        assert client.get(LIST).status_code == 200


def row_of(client, upload):
    """What the list says of an upload, and what is left to do."""
    [row] = [row for row, _ in client.get(LIST).context["rows"] if row.upload.pk == upload.pk]
    return row.did, row.to_do, row.url


def test_the_list_says_what_each_file_did_and_what_is_left_to_do(client_of, alice, sale):
    client = client_of(alice)
    wrong = uploaded(client, rows("A1", "A2") + rows("A3", price="x").removeprefix(HEAD))
    page = f"{LIST}{wrong.pk}/"
    assert row_of(client, wrong) == ("On import: 2 orders, 1 rejected", "Import or discard", page)
    client.post(f"{page}import/", {"rows": "good"})
    uploads.import_upload(wrong.pk)
    assert row_of(client, wrong) == ("Imported: 2 orders, 1 rejected", "1 rejected: correct and send", page)
    Conversion.objects.filter(order_id="A1").update(state="HELD", reason="CONTRACT_NOT_FOUND")
    assert row_of(client, wrong)[1:] == ("1 not priced", "/p/1000/transactions/conversions/")
    partners = sent_partners(client)
    assert row_of(client, partners)[:2] == ("On import: 1 added", "Import or discard")
    discarded = uploaded(client, rows("B1"))
    client.post(f"{LIST}{discarded.pk}/discard/")
    assert row_of(client, discarded) == ("Nothing was imported.", "", "")


def sent_partners(client):
    send(client, "PartnerId,Name\nP-9,Nine\n", kind="PARTNERS", name="partners.csv")
    upload = Upload.objects.latest("id")
    uploads.check_upload(upload.pk)
    return upload


def test_refused_changes_of_a_file_lead_to_their_list(client_of, alice, sale):
    client = client_of(alice)
    head = "CampaignId,EventTypeCode,OrderId,ModificationDate,Reason,Amount\n"
    send(client, f"{head}1000,SALE,A1,2026-01-06T10:00:00Z,ORDER_UPDATE,0\n", kind="MODIFICATIONS")
    upload = Upload.objects.get()
    uploads.check_upload(upload.pk)
    client.post(f"{LIST}{upload.pk}/import/", {"rows": "all"})
    uploads.import_upload(upload.pk)
    Modification.objects.update(state="REFUSED", reason="ACTION_LOCKED")
    assert row_of(client, upload)[1:] == ("1 refused", "/p/1000/transactions/conversions/?tab=modifications")


@pytest.mark.django_db(transaction=True)
def test_the_worker_checks_imports_and_prices_an_uploaded_file(client_of, celery_worker, brand):
    alice = make_user(username="alice", program=brand)
    make_event_type(program=brand, code="SALE")
    make_contracts(
        program=brand, document=terms_document(), partners=[make_partner(program=brand, media_partner_id="P-1")]
    )
    client = client_of(alice)
    send(client, rows("A1", "A2"))
    upload = Upload.objects.get()
    wait_for(lambda: Upload.objects.get().state == "CHECKED")
    client.post(f"{LIST}{upload.pk}/import/", {"rows": "all"})
    wait_for(lambda: Action.objects.count() == 2)
    assert {f"{action.payout:.2f}" for action in Action.objects.all()} == {"0.50"}
    page = client.get(f"{LIST}{upload.pk}/").content.decode()
    assert "hx-trigger" not in page.partition("<main")[2].partition("</main>")[0]


def wait_for(condition, seconds=60):
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, "the worker has not done it"
        time.sleep(0.2)
