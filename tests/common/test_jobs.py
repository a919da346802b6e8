"""Who may have workers at how many files at once, and what a step that takes too long becomes."""

from dataclasses import replace
from datetime import timedelta

import pytest
from celery.exceptions import SoftTimeLimitExceeded
from django.db import connection, transaction
from django.utils import timezone

from common.jobs.cancel import cancel_job
from common.jobs.kinds import job_kinds
from common.jobs.progress import ClaimLost, Heartbeat
from common.jobs.runner import MINUTES, claim, conclude, run, to_resume
from common.jobs.tasks import sweep
from config.celery import OF_FILES, app
from reports.models import Export
from tests.common.working import wait_for
from tests.factories import make_account, make_program, make_user
from tracking.imports.uploads import CHECK, UPLOADS
from tracking.models import Upload


def upload(program, user=None):
    return Upload.objects.create(program=program, user=user, kind="CONVERSIONS", filename="orders.csv", content=b"x")


def claimed(job):
    return claim(UPLOADS, CHECK, job.pk) is not None


@pytest.fixture
def other(db):
    return make_program(id=2000, account=make_account(name="Rivets Ltd", sid="BB-RIVETS"))


def test_of_one_program_one_file_is_worked_on_at_a_time(brand, other):
    first, second, another = upload(brand), upload(brand), upload(other)
    assert claimed(first)
    assert not claimed(second)
    assert claimed(another)


def test_a_file_of_another_kind_counts_too(brand):
    Export.objects.create(program=brand, handle="x", format="csv", filename="x.csv", state="RUNNING")
    assert not claimed(upload(brand))


def test_of_one_user_one_file_is_worked_on_at_a_time_whatever_the_program(brand, other, alice):
    assert claimed(upload(brand, alice))
    assert not claimed(upload(other, alice))
    assert claimed(upload(other, make_user(username="zoe", program=other, role="EDITOR")))


def test_a_worker_that_is_silent_takes_no_place(brand):
    first, second = upload(brand), upload(brand)
    assert claimed(first)
    Upload.objects.filter(pk=first.pk).update(beat_at=timezone.now() - timedelta(seconds=61))
    assert claimed(second)


def test_a_file_whose_turn_has_come_is_claimed(brand):
    first, second = upload(brand), upload(brand)
    assert claimed(first)
    Upload.objects.filter(pk=first.pk).update(state="CHECKED")
    assert claimed(second)


def test_the_sweep_sends_one_message_a_program_however_many_files_wait(brand, other):
    first, *_, another = [upload(program) for program in (brand, brand, brand, other)]
    assert to_resume(UPLOADS) == [(first.pk, CHECK), (another.pk, CHECK)]


@pytest.mark.django_db(transaction=True)
def test_a_step_that_takes_too_long_fails_and_says_what_to_do(brand):
    def take_too_long(job):
        raise SoftTimeLimitExceeded

    job = upload(brand)
    assert run(UPLOADS, replace(CHECK, do=take_too_long), job.pk)
    job.refresh_from_db()
    assert job.state == "FAILED"
    assert f"longer than {MINUTES} minutes" in job.failure


@pytest.mark.django_db(transaction=True)
def test_a_report_of_progress_notices_that_the_job_was_cancelled(brand):
    job = upload(brand)
    held = claim(UPLOADS, CHECK, job.pk)
    with Heartbeat(held) as beat:
        beat(1)
        cancel_job(UPLOADS, job, user_id=None)
        with pytest.raises(ClaimLost):
            beat(2)
    job.refresh_from_db()
    assert (job.state, job.progress) == ("CANCELLED", 1)


@pytest.mark.django_db(transaction=True)
def test_what_a_step_wrote_before_it_was_cancelled_is_rolled_back(brand):
    def write_and_lose(job):
        with transaction.atomic():
            Export.objects.create(program=brand, handle="x", format="csv", filename="x.csv")
            cancel_elsewhere(job)
            conclude(job, "CHECKED")

    job = upload(brand)
    assert not run(UPLOADS, replace(CHECK, do=write_and_lose), job.pk)
    job.refresh_from_db()
    assert job.state == "CANCELLED"
    assert not Export.objects.exists()


def cancel_elsewhere(job):
    other = connection.copy()
    with other.cursor() as cursor:
        cursor.execute("UPDATE tracking_upload SET state = 'CANCELLED' WHERE id = %s", [job.pk])
    other.close()


@pytest.mark.django_db(transaction=True)
def test_the_sweep_finds_what_waits_of_every_kind(brand, other, celery_worker):
    jobs = upload(brand), Export.objects.create(program=other, handle="x", format="csv", filename="x.csv")
    sweep()
    for job in jobs:
        wait_for(job, "FAILED")


def test_every_task_of_a_step_is_there_and_has_the_queue_of_files():
    app.loader.import_default_modules()
    tasks = {step.task for kind in job_kinds() for step in kind.steps}
    assert tasks <= set(app.tasks)
    assert tasks == set(OF_FILES)
