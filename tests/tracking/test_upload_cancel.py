"""A check or import that is cancelled stores nothing, whether it waits, runs or is over."""

import time

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from tests.common.working import is_in, locked, wait_for, wait_until, waiting_for
from tests.factories import make_event_type
from tests.tracking.uploading import checked, sent
from tracking.imports import uploads
from tracking.models import CheckedOrders, Conversion, Upload

HEAD = "CampaignId,EventTypeCode,EventDate,OrderId,MediaPartnerId,CurrencyCode,ItemSku,ItemQuantity,ItemPrice\n"
LIST = "/p/1000/transactions/uploads/"


def rows(count):
    return HEAD + "".join(f"1000,SALE,2026-01-05T10:00:00Z,A{n},P-1,GBP,S1,2,2.50\n" for n in range(count))


def cancel(browser, upload):
    return browser.post(f"{LIST}{upload.pk}/cancel/")


def page_of(browser, upload):
    return browser.get(f"{LIST}{upload.pk}/").content.decode()


def send(browser, text):
    file = SimpleUploadedFile("orders.csv", text.encode())
    assert browser.post(f"{LIST}new/", {"kind": "CONVERSIONS", "file": file}).status_code == 302
    return Upload.objects.latest("id")


@pytest.fixture(autouse=True)
def sale(brand):
    return make_event_type(program=brand, code="SALE")


@pytest.fixture
def editor(erin, client_of):
    return client_of(erin)


def test_a_waiting_check_is_cancelled_at_once(brand, editor):
    upload = sent(brand, rows(1))
    assert f"{LIST}{upload.pk}/cancel/" in page_of(editor, upload)
    assert cancel(editor, upload).status_code == 302
    page = page_of(editor, upload)
    assert "Cancelled by erin on " in page
    assert "Nothing was imported." in page
    assert "hx-trigger" not in page.partition("<main")[2].partition("</main>")[0]
    assert f"{LIST}{upload.pk}/again/" in page
    assert not uploads.check_upload(upload.pk)
    assert is_in(upload, "CANCELLED")


def test_a_waiting_import_is_cancelled_with_the_orders_that_its_check_kept(brand, editor):
    upload = checked(brand, rows(2))
    uploads.confirm_upload(upload=upload, only_good=False)
    assert CheckedOrders.objects.exists()
    cancel(editor, upload)
    assert not CheckedOrders.objects.exists()
    assert not uploads.import_upload(upload.pk)
    assert not Conversion.objects.exists()


def test_a_second_cancellation_says_so(brand, editor, client_of, alice):
    upload = sent(brand, rows(1))
    cancel(editor, upload)
    again = cancel(client_of(alice), upload)
    assert again.status_code == 409
    assert "This file was cancelled already" in again.content.decode()
    assert "Cancelled by erin" in again.content.decode()


@pytest.mark.parametrize("state", ["CHECKED", "IMPORTED", "FAILED", "DISCARDED"])
def test_what_is_over_or_waits_for_a_decision_is_not_cancelled(state, brand, editor):
    upload = checked(brand, rows(1))
    Upload.objects.update(state=state)
    answer = cancel(editor, upload)
    assert answer.status_code == 409
    assert "there is nothing to cancel" in answer.content.decode()
    assert f"{LIST}{upload.pk}/cancel/" not in page_of(editor, upload)
    assert is_in(upload, state)


def test_only_who_may_send_such_a_file_may_cancel_it(brand, client_of, bob, frank, charlie):
    orders, changes = sent(brand, rows(1)), sent(brand, rows(1), kind="MODIFICATIONS")
    assert cancel(client_of(charlie), orders).status_code == 404
    assert cancel(client_of(bob), orders).status_code == 403
    assert cancel(client_of(frank), orders).status_code == 403
    assert is_in(orders, "QUEUED")
    assert f"{LIST}{orders.pk}/cancel/" not in page_of(client_of(bob), orders)
    assert cancel(client_of(frank), changes).status_code == 302


@pytest.mark.django_db(transaction=True)
def test_a_running_check_is_cancelled_and_its_worker_is_free_within_seconds(editor, celery_worker):
    long = send(editor, rows(500_000))
    wait_until(lambda: is_in(long, "CHECKING") and long.progress > 0)
    assert cancel(editor, long).status_code == 302
    began = time.monotonic()
    short = send(editor, rows(1))
    wait_for(short, "CHECKED")
    assert time.monotonic() - began < 8
    assert is_in(long, "CANCELLED")
    assert not CheckedOrders.objects.filter(upload=long).exists()


@pytest.mark.django_db(transaction=True)
def test_a_running_import_is_cancelled_and_stores_nothing(editor, celery_worker):
    upload = send(editor, rows(30))
    wait_for(upload, "CHECKED")
    with locked("tracking_conversion"):
        editor.post(f"{LIST}{upload.pk}/import/", {"rows": "all"})
        wait_until(lambda: waiting_for("tracking_conversion"))
        assert is_in(upload, "IMPORTING")
        assert cancel(editor, upload).status_code == 302
    again = send(editor, rows(1))
    wait_for(again, "CHECKED")
    assert is_in(upload, "CANCELLED")
    assert not Conversion.objects.exists()
    assert again.summary.get("Duplicates", 0) == 0


def test_a_cancelled_file_is_tried_again_as_an_upload_of_its_own(brand, editor):
    upload = sent(brand, rows(2))
    cancel(editor, upload)
    assert f"{LIST}{upload.pk}/again/" in editor.get(LIST).content.decode()
    answer = editor.post(f"{LIST}{upload.pk}/again/")
    again = Upload.objects.latest("id")
    assert answer["Location"] == f"{LIST}{again.pk}/"
    assert uploads.check_upload(again.pk)
    assert is_in(again, "CHECKED")
    assert is_in(upload, "CANCELLED")
    assert editor.post(f"{LIST}{upload.pk}/again/").status_code == 409, "a file has one successor"
    assert Upload.objects.count() == 2


@pytest.mark.parametrize("change", [{"state": "IMPORTED"}, {"removed_at": "2026-01-01T00:00:00Z"}])
def test_a_file_that_is_done_or_gone_is_not_tried_again(change, brand, editor):
    upload = sent(brand, rows(1))
    cancel(editor, upload)
    Upload.objects.update(**change)
    assert f"{LIST}{upload.pk}/again/" not in editor.get(LIST).content.decode()
    answer = editor.post(f"{LIST}{upload.pk}/again/")
    assert answer.status_code == 409
    assert "cannot be tried again" in answer.content.decode()
    assert Upload.objects.count() == 1


def test_only_those_who_may_send_a_file_try_it_again(brand, editor, bob, charlie, client_of):
    upload = sent(brand, rows(1))
    cancel(editor, upload)
    address = f"{LIST}{upload.pk}/again/"
    assert address not in client_of(bob).get(LIST).content.decode()
    assert client_of(bob).post(address).status_code == 403
    assert client_of(charlie).post(address).status_code == 404
