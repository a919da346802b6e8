"""Contents of files are removed 30 days after the making, import, cancellation or failure; rows and counts stay."""

from datetime import datetime, timedelta
from itertools import product

import pytest
import time_machine

from common.jobs.cancel import cancel_job
from common.jobs.retention import remove_old_contents
from contracts.drafts.rows import add_payout_group
from contracts.drafts.template_terms import add_event_payout, create_template_terms
from contracts.group_files import jobs as group_work
from reports.exports.services import EXPORTS, render_export
from reports.models import Export
from tests.contracts.group_files import BAD, HEAD, NEW, checked, exported, names, of_draft, of_file
from tests.factories import make_event_type
from tests.reports.test_exports import LIST, ask
from tests.tracking import uploading
from tracking.imports import uploads
from tracking.models import CheckedOrders, Conversion, Upload, UploadError

ORDERS = (
    "CampaignId,EventTypeCode,EventDate,OrderId,MediaPartnerId,CurrencyCode,ItemSku,ItemQuantity,ItemPrice\n"
    "1000,SALE,2026-01-05T10:00:00Z,A1,P-1,GBP,S1,2,2.50\n1000,SALE,2026-01-05T10:00:00Z,A2,P-1,GBP,S1,2,x\n"
)
BEGIN = datetime.fromisoformat("2026-11-01T12:00:00Z")
SHORTLY_BEFORE, AFTER = BEGIN + timedelta(days=29, hours=23), BEGIN + timedelta(days=30, hours=1)
REMOVED = "The file was removed on 1 Dec 2026 after 30 days."


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(BEGIN, tick=False) as traveller:
        yield traveller


@pytest.fixture
def sale(brand):
    return make_event_type(program=brand, code="SALE")


@pytest.fixture
def event_payout(brand, sale):
    event_payout = add_event_payout(template_terms=create_template_terms(program=brand, name="Standard"),
                                    event_type=sale, payout_rate=10)  # fmt: skip
    add_payout_group(event_payout=event_payout, rules=[], name="Old", payout_rate=3)
    return event_payout


def page_of(upload, browser):
    return browser.get(f"/p/1000/transactions/uploads/{upload.pk}/").content.decode()


def in_a_month(browser, user, clock):
    """Go to the day on which old contents are removed, and log in again: the session is over by then."""
    clock.move_to(SHORTLY_BEFORE)
    assert remove_old_contents() == 0
    clock.move_to(AFTER)
    browser.force_login(user)


def test_an_imported_upload_keeps_its_row_and_counts_alone(brand, sale, clock, alice, client_of):
    upload = uploading.imported(uploading.checked(brand, ORDERS), only_good=True)
    browser = client_of(alice)
    assert "Rejected rows as csv" in page_of(upload, browser)
    in_a_month(browser, alice, clock)
    assert remove_old_contents() == 1
    upload.refresh_from_db()
    assert (bytes(upload.content), upload.preview, upload.rows, upload.state) == (b"", [], 2, "IMPORTED")
    assert (upload.summary["Accepted"], upload.summary["Rejected"]) == (1, 1)
    assert not UploadError.objects.exists()
    assert Conversion.objects.count() == 1
    page = page_of(upload, browser)
    assert REMOVED in page
    assert "Rejected rows as csv" not in page
    answer = browser.get(f"/p/1000/transactions/uploads/{upload.pk}/rejected/", follow=True)
    assert "The rejected rows of orders.csv were removed." in answer.content.decode()
    assert remove_old_contents() == 0


@pytest.mark.parametrize("state", ["FAILED", "CANCELLED"])
def test_the_content_of_an_upload_that_ended_without_an_import_is_removed(state, brand, sale, clock, alice, client_of):
    upload = uploading.sent(brand, ORDERS if state == "CANCELLED" else b"A\n\xff\n")
    if state == "CANCELLED":
        cancel_job(uploads.UPLOADS, upload, user_id=alice.pk)
    else:
        uploads.check_upload(upload.pk)
    browser = client_of(alice)
    in_a_month(browser, alice, clock)
    assert remove_old_contents() == 1
    upload.refresh_from_db()
    assert (bytes(upload.content), upload.state) == (b"", state)
    assert REMOVED in page_of(upload, browser)


def test_an_upload_on_which_nobody_decided_is_discarded(brand, sale, clock, alice, client_of):
    upload = uploading.checked(brand, ORDERS)
    browser = client_of(alice)
    in_a_month(browser, alice, clock)
    assert remove_old_contents() == 1
    upload.refresh_from_db()
    assert (bytes(upload.content), upload.state) == (b"", "DISCARDED")
    assert not CheckedOrders.objects.exists()
    page = page_of(upload, browser)
    assert "Nobody decided on it within 30 days." in page
    assert "/import/" not in page


def test_a_file_that_waits_for_a_worker_is_never_removed(brand, sale, clock):
    waits, confirmed = uploading.sent(brand, ORDERS), uploading.checked(brand, ORDERS)
    uploads.confirm_upload(upload=confirmed, only_good=True)
    clock.move_to(AFTER + timedelta(days=30))
    assert remove_old_contents() == 0
    assert not Upload.objects.exclude(removed_at=None).exists()
    assert bytes(Upload.objects.get(pk=waits.pk).content)


def test_an_export_is_no_longer_downloaded(brand, clock, alice, client_of):
    browser = client_of(alice)
    ask(browser)
    export = Export.objects.get()
    render_export(export.pk)
    cancelled = ask(browser) and Export.objects.latest("id")
    cancel_job(EXPORTS, cancelled, user_id=alice.pk)
    assert f"{LIST}{export.pk}/download/" in browser.get(LIST).content.decode()
    in_a_month(browser, alice, clock)
    assert remove_old_contents() == 1
    export.refresh_from_db()
    assert export.content is None
    page = browser.get(LIST).content.decode()
    assert page.count(REMOVED) == 1
    assert f"{LIST}{export.pk}/download/" not in page
    answer = browser.get(f"{LIST}{export.pk}/download/", follow=True)
    assert "was removed." in answer.content.decode()


def test_an_imported_group_file_is_undone_for_30_days_and_no_longer(event_payout, clock, alice, client_of):
    browser = client_of(alice)
    file = checked(browser, event_payout, HEAD + NEW + BAD)
    browser.post(of_file(file, "confirm"), {"only_good_rows": "on"})
    assert group_work.import_group_file(file.pk)
    in_a_month(browser, alice, clock)
    assert "Undo this import" in browser.get(of_file(file)).content.decode()
    assert remove_old_contents() == 1
    file.refresh_from_db()
    assert (file.before, bytes(file.written), file.preview["Changed"], file.preview["Rejected"]) == ([], b"", 1, 1)
    page = browser.get(of_file(file)).content.decode()
    assert REMOVED in page
    assert "Undo this import" not in page
    assert "Rejected rows as csv" not in page
    assert browser.post(of_file(file, "undo")).status_code == 409
    assert names(event_payout) == ["Neu"]


def test_an_exported_group_file_is_no_longer_downloaded(event_payout, clock, alice, client_of):
    browser = client_of(alice)
    file = exported(browser, event_payout)
    pages = of_draft(event_payout, "group_file_list"), of_file(file)
    in_a_month(browser, alice, clock)
    assert all(of_file(file, "download") in browser.get(page).content.decode() for page in pages)
    assert remove_old_contents() == 1
    for page, what in product(pages, (REMOVED, of_file(file, "download"))):
        assert (what in browser.get(page).content.decode()) == (what == REMOVED)
    assert "was removed." in browser.get(of_file(file, "download"), follow=True).content.decode()


def test_a_group_file_on_which_nobody_decided_is_discarded(event_payout, clock, alice, client_of):
    browser = client_of(alice)
    file = checked(browser, event_payout, HEAD + NEW)
    in_a_month(browser, alice, clock)
    assert remove_old_contents() == 1
    file.refresh_from_db()
    assert (file.state, bytes(file.content)) == ("DISCARDED", b"")
    assert "Nobody decided on it within 30 days." in browser.get(of_file(file)).content.decode()
    assert browser.post(of_file(file, "confirm")).status_code in (409, 422)
    assert names(event_payout) == ["Old"]


def test_how_long_is_a_setting(brand, sale, clock, settings, alice, client_of):
    settings.KEEP_FILES_DAYS = 7
    upload = uploading.imported(uploading.checked(brand, ORDERS), only_good=True)
    clock.move_to(BEGIN + timedelta(days=7, hours=1))
    assert remove_old_contents() == 1
    assert "after 7 days." in page_of(upload, client_of(alice))
    assert "They are kept for 7 days." in client_of(alice).get(LIST).content.decode()
