"""The writing, check or import of a file of payout groups that is cancelled leaves the draft as it is."""

import pytest

from contracts.group_files import jobs as group_work
from contracts.models import GroupFile
from tests.common.working import is_in, locked, wait_for, wait_until, waiting_for
from tests.contracts.group_files import HEAD, NEW, checked, exported, names, of_draft, of_file, send


def export(browser, event_payout):
    browser.post(of_draft(event_payout, "group_export"), {"format": "csv"})
    return GroupFile.objects.latest("id")


def test_a_waiting_check_is_cancelled_at_once(event_payout, editor):
    file = send(editor, event_payout, HEAD + NEW)
    assert of_file(file, "cancel") in editor.get(of_file(file)).content.decode()
    assert editor.post(of_file(file, "cancel")).status_code == 302
    page = editor.get(of_file(file)).content.decode()
    assert "Cancelled by alice on " in page
    assert "Nothing was imported; the payout groups of the draft are unchanged." in page
    assert "hx-trigger" not in page.partition("<main")[2].partition("</main>")[0]
    assert not group_work.check_group_file(file.pk)
    assert is_in(file, "CANCELLED")


def test_a_waiting_export_is_cancelled_in_the_list(event_payout, editor):
    file = export(editor, event_payout)
    files = of_draft(event_payout, "group_file_list")
    assert of_file(file, "cancel") in editor.get(files).content.decode()
    editor.post(of_file(file, "cancel"))
    page = editor.get(files).content.decode()
    assert "Cancelled by alice on " in page
    assert "No file was written." in page
    assert of_file(file, "cancel") not in page
    assert not group_work.export_group_file(file.pk)


def test_a_second_cancellation_and_one_that_comes_too_late_say_so(group, event_payout, editor):
    file = send(editor, event_payout, HEAD + NEW)
    editor.post(of_file(file, "cancel"))
    again = editor.post(of_file(file, "cancel"))
    assert again.status_code == 409
    assert "This file was cancelled already" in again.content.decode()
    for over in (checked(editor, event_payout, HEAD + NEW), exported(editor, event_payout)):
        answer = editor.post(of_file(over, "cancel"))
        assert answer.status_code == 409
        assert "there is nothing to cancel" in answer.content.decode()
        assert is_in(over, "READY")


def test_a_viewer_cancels_what_a_viewer_may_start(event_payout, editor, viewer, client_of, charlie):
    sent, written = send(editor, event_payout, HEAD + NEW), export(editor, event_payout)
    for file in (sent, written):
        assert client_of(charlie).post(of_file(file, "cancel")).status_code == 404
    assert viewer.post(of_file(sent, "cancel")).status_code == 403
    page = viewer.get(of_draft(event_payout, "group_file_list")).content.decode()
    assert (of_file(sent, "cancel") in page, of_file(written, "cancel") in page) == (False, True)
    assert viewer.post(of_file(written, "cancel")).status_code == 302
    assert is_in(sent, "QUEUED")
    assert is_in(written, "CANCELLED")


@pytest.mark.django_db(transaction=True)
def test_a_running_check_is_cancelled_and_shows_no_preview(group, event_payout, editor, celery_worker):
    with locked("contracts_payoutgroup"):
        file = send(editor, event_payout, HEAD + NEW)
        wait_until(lambda: waiting_for("contracts_payoutgroup"))
        assert editor.post(of_file(file, "cancel")).status_code == 302
    again = send(editor, event_payout, HEAD + NEW)
    wait_for(again, "READY")
    file.refresh_from_db()
    assert (file.state, file.preview) == ("CANCELLED", {})


@pytest.mark.django_db(transaction=True)
def test_a_running_import_is_cancelled_and_the_draft_keeps_its_groups(
    group, event_payout, terms, editor, celery_worker
):
    file = send(editor, event_payout, HEAD + NEW)
    wait_for(file, "READY")
    with locked("contracts_payoutgroup"):
        editor.post(of_file(file, "confirm"))
        wait_until(lambda: waiting_for("contracts_payoutgroup"))
        assert is_in(file, "IMPORTING")
        assert editor.post(of_file(file, "cancel")).status_code == 302
    again = send(editor, event_payout, HEAD + NEW)
    wait_for(again, "READY")
    again.refresh_from_db()
    file.refresh_from_db()
    assert file.state == "CANCELLED"
    assert names(event_payout) == ["Old"]
    terms.refresh_from_db()
    assert terms.draft_revision == again.revision == file.revision


@pytest.mark.django_db(transaction=True)
def test_a_running_export_is_cancelled_and_leaves_no_file(group, event_payout, editor, celery_worker):
    with locked("contracts_payoutgroup"):
        file = export(editor, event_payout)
        wait_until(lambda: waiting_for("contracts_payoutgroup"))
        assert editor.post(of_file(file, "cancel")).status_code == 302
    again = export(editor, event_payout)
    wait_for(again, "READY")
    file.refresh_from_db()
    assert (file.state, bytes(file.written)) == ("CANCELLED", b"")
