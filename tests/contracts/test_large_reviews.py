"""The review of many payout groups: a worker makes it, the page shows how far it is, and then what was found."""

import pytest

from contracts.drafts.rows import add_payout_group, change_payout_group, delete_rows
from contracts.models import PayoutGroup, PublishReview
from contracts.publishing.review.jobs import make_review
from contracts.publishing.services import publish_draft
from tests.contracts.addresses import NEW, confirm, url

HTMX = {"HTTP_HX_REQUEST": "true"}
State = PublishReview.State


@pytest.fixture(autouse=True)
def _many(monkeypatch):
    monkeypatch.setattr("contracts.publishing.pages.LARGE", 2)


@pytest.fixture
def address(terms):
    return url("terms_publish", terms.pk)


def reviewed(client, address):
    """The page, once the worker has made the review that it asked for."""
    client.get(address)
    assert make_review(PublishReview.objects.get().pk)
    return client.get(address)


def test_many_groups_are_reviewed_by_a_worker_and_the_page_polls(editor, groups, address):
    page = editor.get(address).content.decode()
    assert "3 payout groups are reviewed in the background" in page
    assert 'hx-trigger="every 300ms"' in page
    assert "Continue" not in page
    review = PublishReview.objects.get()
    assert review.state == State.QUEUED
    assert editor.get(address, **HTMX).content.decode().lstrip().startswith('<div class="stack" id="review-progress"')
    assert PublishReview.objects.get() == review
    make_review(review.pk)
    assert editor.get(address, **HTMX)["HX-Refresh"] == "true"


def test_it_says_what_is_said_of_few(editor, groups, address, monkeypatch):
    add_payout_group(event_payout=groups[0].event_payout, rules=[{**NEW, "Values": ["Nobody"]}], payout_rate=5)
    worked_out = reviewed(editor, address).context
    monkeypatch.setattr("contracts.publishing.pages.LARGE", 10)
    at_once = editor.get(address).context
    assert worked_out["warnings"] == at_once["warnings"] != []
    assert worked_out["changes"] == at_once["changes"] != []
    assert worked_out["problems"] == at_once["problems"] == []


def test_an_edit_has_it_made_anew(editor, groups, address):
    reviewed(editor, address)
    change_payout_group(payout_group=groups[0], rules=groups[0].rules, name="Renamed", payout_rate=15)
    assert "are reviewed in the background" in editor.get(address).content.decode()
    make_review(PublishReview.objects.get().pk)
    assert "Renamed" in editor.get(address).content.decode()


def test_another_version_published_meanwhile_has_it_made_anew(editor, groups, address, terms):
    reviewed(editor, address)
    publish_draft(template_terms=terms)
    assert "are reviewed in the background" in editor.get(address).content.decode()
    make_review(PublishReview.objects.get().pk)
    assert "nothing to publish" in editor.get(address).content.decode()


def test_the_draft_is_published_from_it(editor, groups, address, terms):
    reviewed(editor, address)
    confirm(editor, address, {"join": "all"}, follow=True)
    assert len(terms.versions.get().document["EventPayouts"][0]["PayoutGroups"]) == 3


def test_what_went_wrong_since_the_review_is_found_on_publishing_and_reviewed_again(
    editor, groups, address, terms, sale
):
    reviewed(editor, address)
    sale.is_active = False
    sale.save()
    editor.post(address, {"join": "all"})
    assert not terms.versions.exists()
    assert "is not active" in str(reviewed(editor, address).context["problems"])


def test_a_review_is_cancelled_and_made_again(editor, groups, address):
    editor.get(address)
    review = PublishReview.objects.get()
    editor.post(url("review_cancel", review.pk))
    assert PublishReview.objects.get().state == State.CANCELLED
    assert not make_review(review.pk)
    page = editor.get(address).content.decode()
    assert "Nothing was published." in page
    assert "Review again" in page
    editor.post(address, {"again": "yes"})
    assert "Continue" in reviewed(editor, address).content.decode()


def test_a_killed_worker_leaves_it_to_another(editor, groups, address):
    editor.get(address)
    review = PublishReview.objects.get()
    PublishReview.objects.update(state=State.RUNNING, attempts=1, beat_at="2020-01-01T00:00Z")
    assert make_review(review.pk)
    assert PublishReview.objects.get().state == State.READY


def test_a_viewer_reads_it_and_does_not_cancel_it(viewer, groups, address):
    assert "are reviewed in the background" in viewer.get(address).content.decode()
    assert viewer.post(url("review_cancel", PublishReview.objects.get().pk)).status_code == 403


def test_few_groups_are_reviewed_at_once(editor, groups, address):
    delete_rows(event_payout=groups[0].event_payout, kind=PayoutGroup, ids=[groups[0].pk])
    assert "Continue" in editor.get(address).content.decode()
    assert not PublishReview.objects.exists()
