"""What a worker does with files of payout groups: for the draft it was requested for, once, even if workers die."""

import time
from datetime import timedelta

import pytest
from django.utils import timezone

from common.jobs.runner import run, to_resume
from common.tables.read import read_table
from contracts.drafts.rows import switch_row
from contracts.group_files import jobs as group_work
from contracts.models import GroupFile
from program.models import ExceptionList
from tests.contracts.group_files import HEAD, NEW, checked, names, of_draft, of_file, send
from tests.factories import make_exception_list


def test_a_draft_that_changed_before_the_decision_has_the_file_checked_again(group, event_payout, editor):
    file = checked(editor, event_payout, HEAD + NEW)
    switch_row(row=group, on=False)
    page = editor.get(of_file(file)).content.decode()
    assert "Check it again" in page
    assert of_file(file, "confirm") not in page
    answer = editor.post(of_file(file, "confirm"))
    assert answer.status_code == 409
    assert "The terms changed since this file was checked. Nothing was imported" in answer.content.decode()
    assert not group_work.import_group_file(file.pk)
    assert group_work.check_group_file(file.pk)
    page = editor.get(of_file(file)).content.decode()
    assert "3% for every order, switched off" in page
    assert "below is what it would do now" in page
    editor.post(of_file(file, "confirm"))
    group_work.import_group_file(file.pk)
    assert names(event_payout) == ["Neu"]


def test_a_draft_that_changed_after_the_decision_is_left_alone(group, event_payout, editor):
    file = checked(editor, event_payout, HEAD + NEW)
    editor.post(of_file(file, "confirm"))
    switch_row(row=group, on=False)
    assert group_work.import_group_file(file.pk)
    assert names(event_payout) == ["Old"]
    file.refresh_from_db()
    assert (file.state, file.failure) == ("QUEUED", group_work.CHANGED)


def test_a_list_that_is_gone_since_the_check_makes_a_new_check(brand, event_payout, editor):
    make_exception_list(program=brand, name="Winter", values=["S1"])
    file = checked(editor, event_payout, HEAD + "1,A,Percent,15,[List for Item SKU is Winter],\n")
    editor.post(of_file(file, "confirm"))
    ExceptionList.objects.all().delete()
    group_work.import_group_file(file.pk)
    group_work.check_group_file(file.pk)
    file.refresh_from_db()
    assert (file.state, file.preview["Rejected"], names(event_payout)) == ("READY", 1, [])


def test_a_bell_that_rings_twice_does_nothing_twice(group, event_payout, editor, terms):
    file = checked(editor, event_payout, HEAD + NEW)
    assert not group_work.check_group_file(file.pk)
    editor.post(of_file(file, "confirm"))
    assert editor.post(of_file(file, "confirm")).status_code == 409
    assert group_work.import_group_file(file.pk)
    terms.refresh_from_db()
    revision = terms.draft_revision
    assert not group_work.import_group_file(file.pk)
    terms.refresh_from_db()
    assert terms.draft_revision == revision


def test_a_worker_that_was_taken_for_dead_writes_nothing_any_more(group, event_payout, editor, monkeypatch):
    file = checked(editor, event_payout, HEAD + NEW)
    editor.post(of_file(file, "confirm"))
    write = group_work.write_groups

    def lose_the_claim(**fields):
        GroupFile.objects.update(attempts=2)
        write(**fields)

    monkeypatch.setattr(group_work, "write_groups", lose_the_claim)
    group_work.import_group_file(file.pk)
    assert names(event_payout) == ["Old"]


@pytest.mark.parametrize("step", group_work.GROUP_IMPORTS.steps)
def test_work_whose_worker_died_is_begun_again_and_given_up_at_last(step, group, event_payout, editor):
    file = checked(editor, event_payout, HEAD + NEW)
    GroupFile.objects.update(state=step.waits)
    assert to_resume(group_work.GROUP_IMPORTS) == [(file.pk, step)]
    GroupFile.objects.update(state=step.runs, attempts=3)
    assert to_resume(group_work.GROUP_IMPORTS) == []
    GroupFile.objects.update(beat_at=timezone.now() - timedelta(minutes=2))
    assert to_resume(group_work.GROUP_IMPORTS) == [(file.pk, step)]
    run(group_work.GROUP_IMPORTS, step, file.pk)
    assert "It was interrupted three times" in editor.get(of_file(file)).content.decode()
    assert names(event_payout) == ["Old"]


def test_a_fault_of_the_product_is_told_without_its_inside(group, event_payout, editor):
    file = send(editor, event_payout, HEAD + NEW)
    GroupFile.objects.update(kind="EXPORT", filename="groups.exe")
    group_work.export_group_file(file.pk)
    assert "Something went wrong on our side" in editor.get(of_file(file)).content.decode()


def wait_for(file, state):
    until = time.monotonic() + 90
    while file.state != state and time.monotonic() < until:
        time.sleep(0.2)
        file.refresh_from_db()
    assert file.state == state


@pytest.mark.django_db(transaction=True)
def test_a_real_worker_exports_and_imports(group, event_payout, editor, celery_worker):
    editor.post(of_draft(event_payout, "group_export"), {"format": "xlsx"})
    file = GroupFile.objects.get()
    wait_for(file, "READY")
    assert [row["Name"] for _, row in read_table(bytes(file.written), file.filename)] == ["Old"]
    file = send(editor, event_payout, HEAD + "".join(f"{n},Group {n},Fixed,{n},,\n" for n in range(1, 1_201)))
    wait_for(file, "READY")
    assert names(event_payout) == ["Old"]
    editor.post(of_file(file, "confirm"))
    wait_for(file, "IMPORTED")
    assert (len(names(event_payout)), file.progress) == (1_200, 1_200)
