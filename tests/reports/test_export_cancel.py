"""An export that is cancelled is not written, whether it waits or runs."""

import pytest

from reports.exports.services import render_export
from reports.models import Export
from tests.common.working import is_in, locked, wait_for, wait_until, waiting_for
from tests.reports.test_exports import LIST, ask


def cancel(browser, export):
    return browser.post(f"{LIST}{export.pk}/cancel/")


def asked(browser):
    ask(browser)
    return Export.objects.latest("id")


@pytest.fixture
def alices(alice, client_of):
    return client_of(alice)


def test_a_waiting_export_is_cancelled_at_once(shop, alices):
    export = asked(alices)
    assert f"{LIST}{export.pk}/cancel/" in alices.get(LIST).content.decode()
    assert cancel(alices, export)["Location"] == LIST
    page = alices.get(LIST).content.decode()
    assert "Cancelled by alice on " in page
    assert "No file was written." in page
    assert f"{LIST}{export.pk}/cancel/" not in page
    assert "hx-trigger" not in page.partition("<main")[2].partition("</main>")[0]
    assert not render_export(export.pk)
    assert is_in(export, "CANCELLED")


def test_a_cancelled_export_is_tried_again_as_one_of_its_own(shop, alices):
    export = asked(alices)
    cancel(alices, export)
    assert f"{LIST}{export.pk}/retry/" in alices.get(LIST).content.decode()
    for _ in range(2):
        alices.post(f"{LIST}{export.pk}/retry/")
    assert Export.objects.count() == 2, "an export has one successor"
    again = Export.objects.latest("id")
    assert render_export(again.pk)
    again.refresh_from_db()
    assert (again.state, again.parameters, again.filename) == ("READY", export.parameters, export.filename)
    assert is_in(export, "CANCELLED")
    alices.post(f"{LIST}{again.pk}/retry/")
    assert Export.objects.count() == 2


def test_a_second_cancellation_and_one_that_comes_too_late_say_so(shop, alices):
    first, second = asked(alices), asked(alices)
    cancel(alices, first)
    assert "This file was cancelled already" in cancel(alices, first).content.decode()
    render_export(second.pk)
    answer = cancel(alices, second)
    assert answer.status_code == 409
    assert "there is nothing to cancel" in answer.content.decode()
    assert is_in(second, "READY")


def test_everybody_cancels_their_own_exports_alone(shop, alices, client_of, bob, charlie):
    export = asked(alices)
    assert cancel(client_of(bob), export).status_code == 404
    assert cancel(client_of(charlie), export).status_code == 404
    assert is_in(export, "QUEUED")
    own = asked(client_of(bob))
    assert cancel(client_of(bob), own).status_code == 302


@pytest.mark.django_db(transaction=True)
def test_a_running_export_is_cancelled_and_leaves_no_file(sold, alices, celery_worker):
    with locked("reports_dailytotal"):
        export = asked(alices)
        wait_until(lambda: waiting_for("reports_dailytotal"))
        assert is_in(export, "RUNNING")
        assert cancel(alices, export).status_code == 302
    again = asked(alices)
    wait_for(again, "READY")
    export.refresh_from_db()
    assert (export.state, export.content) == ("CANCELLED", None)
