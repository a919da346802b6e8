"""Publishing and joining that touch many contracts: a worker does what was confirmed, and a page says how far it is."""

import datetime as dt

import pytest
from django.utils import timezone

from accounts.models import AuditEntry
from common.jobs.cancel import cancel_job
from common.jobs.progress import ClaimLost
from common.jobs.retention import remove_old_contents
from common.jobs.runner import claim
from contracts.drafts.sections import set_sections
from contracts.engine.document.sections.default_payout import DefaultPayout
from contracts.models import Contract, Publishing, TermsVersion
from contracts.publishing.confirmed.jobs import PUBLISH, PUBLISHINGS, contracts_touched, publish_confirmed
from contracts.publishing.services import publish_draft
from tests.contracts.addresses import HTMX, confirm, url
from tests.contracts.test_contracts import publish
from tests.factories import make_partner
from tests.flows.dashboard import words

State = Publishing.State


@pytest.fixture(autouse=True)
def _many(monkeypatch):
    monkeypatch.setattr("contracts.publishing.confirmed.asking.LARGE", 2)


@pytest.fixture
def partners(brand):
    return [make_partner(program=brand, media_partner_id=f"P-{n}", name=f"Partner {n}") for n in range(3)]


@pytest.fixture
def address(partners, event_payout):
    return url("terms_publish", event_payout.template_terms_id)


def confirmed(client, address, data):
    """What was confirmed, which a worker has not begun."""
    answer = confirm(client, address, data)
    job = Publishing.objects.first()
    assert answer["Location"] == url("publishing_detail", job.pk)
    return job


def read(answer):
    return words(answer.content.decode())


def test_many_contracts_are_made_by_a_worker_and_the_page_says_what_came_of_it(editor, address):
    job = confirmed(editor, address, {"join": "all", "comment": "Spring"})
    assert not TermsVersion.objects.exists(), "nothing is done in the request"
    page = editor.get(url("publishing_detail", job.pk))
    assert "Up to 3 contracts begin or end" in read(page)
    assert 'hx-trigger="every 300ms"' in page.content.decode()
    part = editor.get(url("publishing_detail", job.pk), **HTMX).content.decode()
    assert part.lstrip().startswith('<div class="stack" id="publishing"')
    assert publish_confirmed(job.pk)
    version = TermsVersion.objects.get()
    assert (version.comment, version.published_by.username) == ("Spring", "alice")
    assert Contract.objects.filter(terms_version=version).count() == 3
    assert AuditEntry.objects.filter(noun="contracts_termsversion").latest("id").who == "alice"
    assert editor.get(url("publishing_detail", job.pk), **HTMX)["HX-Refresh"] == "true"
    page = editor.get(url("publishing_detail", job.pk))
    assert "Version 1 is published. 3 contracts were created under version 1." in read(page)
    assert url("version_detail", version.pk) in page.content.decode()


def test_it_says_what_is_said_of_few(editor, address, event_payout, monkeypatch):
    job = confirmed(editor, address, {"join": "all"})
    publish_confirmed(job.pk)
    job.refresh_from_db()
    set_sections(event_payout=event_payout, values={"default_payout": DefaultPayout("ORDER", None, 12)})
    monkeypatch.setattr("contracts.publishing.confirmed.asking.LARGE", 100)
    page = read(confirm(editor, address, {}, follow=True))
    by_worker = job.outcome["Said"].replace("Version 1", "Version 2").replace("version 1", "version 2")
    assert f"{by_worker} 3 contracts were ended or shortened." in page


def test_an_older_version_is_published_again_by_a_worker(editor, address, event_payout):
    first = publish_draft(template_terms=event_payout.template_terms, join="all").version
    set_sections(event_payout=event_payout, values={"default_payout": DefaultPayout("ORDER", None, 12)})
    publish_draft(template_terms=event_payout.template_terms)
    job = confirmed(editor, url("version_publish", first.pk), {"comment": "As before"})
    assert publish_confirmed(job.pk)
    third = TermsVersion.objects.get(number=3)
    assert (third.document, third.comment) == (first.document, "As before")


def test_partners_join_by_a_worker(brand, editor, address, event_payout):
    publish(brand, name="Old", join="all")
    publish_draft(template_terms=event_payout.template_terms)
    joining = url("terms_join", event_payout.template_terms_id)
    job = confirmed(editor, f"{joining}?q=partner", {"every": "1", "start": "2099-01-01"})
    assert publish_confirmed(job.pk)
    made = Contract.objects.filter(terms_version__template_terms=event_payout.template_terms)
    assert [contract.period.lower.date() for contract in made] == [dt.date(2099, 1, 1)] * 3
    page = read(editor.get(url("publishing_detail", job.pk)))
    assert "3 contracts were created under version 1. 3 contracts were ended or shortened." in page


@pytest.mark.parametrize("again", [{}, {"back": "1"}], ids=["ask again", "back to the form"])
def test_what_changed_before_the_worker_began_is_not_done_and_is_asked_about_again(brand, editor, address, again):
    job = confirmed(editor, address, {"join": "all", "comment": "Spring"})
    publish(brand, name="Other", join=["P-1"])
    assert publish_confirmed(job.pk)
    assert not TermsVersion.objects.filter(template_terms__name="Standard").exists()
    page = editor.get(url("publishing_detail", job.pk))
    assert "have changed since you confirmed this. Nothing was done." in read(page)
    job.refresh_from_db()
    answer = editor.post(job.address, dict(job.sent) | again)
    assert answer.status_code == 200
    if again:
        assert "Spring</textarea>" in answer.content.decode()
    else:
        assert "Partner 1 P-1 Other, version 1 Ends now" in read(answer)
        assert publish_confirmed(confirmed(editor, address, {"join": "all"}).pk)
        assert TermsVersion.objects.filter(template_terms__name="Standard").exists()


def test_what_is_refused_is_said_on_its_page_and_on_that_of_the_terms(editor, address, sale, event_payout):
    job = confirmed(editor, address, {"join": "all"})
    sale.is_active = False
    sale.save()
    assert publish_confirmed(job.pk)
    assert not TermsVersion.objects.exists()
    assert "Not done. The event type SALE is not active." in read(editor.get(url("publishing_detail", job.pk)))
    assert "was not done. Show why" in read(editor.get(address))


def test_while_it_goes_on_the_pages_of_the_terms_lead_to_it(editor, viewer, address, event_payout):
    publish_draft(template_terms=event_payout.template_terms)
    joining = url("terms_join", event_payout.template_terms_id)
    job = confirmed(editor, joining, {"every": "1"})
    for page in (address, joining):
        assert url("publishing_detail", job.pk) in editor.get(page).content.decode()
    assert url("publishing_detail", job.pk) not in viewer.get(address).content.decode()
    publish_confirmed(job.pk)
    assert url("publishing_detail", job.pk) not in editor.get(address).content.decode()


def test_confirmed_twice_it_is_done_once(editor, address):
    shown = editor.post(address, {"join": "all"}).context["effects"].fingerprint
    answers = [editor.post(address, {"join": "all", "shown": shown}) for _ in range(2)]
    assert answers[0]["Location"] == answers[1]["Location"]
    job = Publishing.objects.get()
    assert publish_confirmed(job.pk)
    assert not publish_confirmed(job.pk), "a second task finds nothing to do"
    assert (TermsVersion.objects.count(), Contract.objects.count()) == (1, 3)


def test_confirmed_once_more_when_it_is_done_nothing_more_is_done(editor, address):
    shown = editor.post(address, {"join": "all"}).context["effects"].fingerprint
    for _ in range(2):
        editor.post(address, {"join": "all", "shown": shown})
        publish_confirmed(Publishing.objects.first().pk)
    assert list(Publishing.objects.values_list("state", flat=True)) == [State.FAILED, State.DONE]
    assert (TermsVersion.objects.count(), Contract.objects.count()) == (1, 3)


def test_cancelled_before_it_is_written_nothing_is_done(editor, address):
    job = confirmed(editor, address, {"join": "all"})
    editor.post(url("publishing_cancel", job.pk))
    assert not publish_confirmed(job.pk)
    assert not TermsVersion.objects.exists()
    page = editor.get(url("publishing_detail", job.pk))
    assert "Cancelled by alice" in read(page)
    assert "Review what changes now" in read(page)


def test_cancelled_while_the_worker_is_at_it_nothing_of_it_stays(editor, address, alice):
    job = confirmed(editor, address, {"join": "all"})
    running = claim(PUBLISHINGS, PUBLISH, job.pk)
    cancel_job(PUBLISHINGS, job, user_id=alice.pk)
    with pytest.raises(ClaimLost):
        PUBLISH.do(running)
    assert not TermsVersion.objects.exists()
    assert not Contract.objects.exists()


def test_what_is_done_cannot_be_cancelled(editor, address):
    job = confirmed(editor, address, {"join": "all"})
    publish_confirmed(job.pk)
    answer = editor.post(url("publishing_cancel", job.pk), follow=True)
    assert "It was over already. Nothing was cancelled." in read(answer)
    assert Publishing.objects.get().state == State.DONE


def test_a_worker_that_fell_silent_leaves_it_to_another(editor, address):
    job = confirmed(editor, address, {"join": "all"})
    silent = timezone.now() - dt.timedelta(minutes=2)
    Publishing.objects.update(state=State.RUNNING, attempts=1, beat_at=silent)
    assert publish_confirmed(job.pk)
    assert (Publishing.objects.get().state, TermsVersion.objects.count()) == (State.DONE, 1)


def test_only_editors_see_and_cancel_it_and_another_brand_finds_nothing(editor, viewer, charlie, client_of, address):
    job = confirmed(editor, address, {"join": "all"})
    for name, method in (("publishing_detail", "get"), ("publishing_cancel", "post")):
        assert getattr(viewer, method)(url(name, job.pk)).status_code == 403
        assert getattr(client_of(charlie), method)(url(name, job.pk)).status_code == 404
    assert Publishing.objects.get().state == State.QUEUED


def test_few_contracts_are_changed_at_once(brand, editor, address, monkeypatch):
    monkeypatch.setattr("contracts.publishing.confirmed.asking.LARGE", 3)
    assert confirm(editor, address, {"join": "all"})["Location"] == url("version_detail", TermsVersion.objects.get().pk)
    assert not Publishing.objects.exists()


def test_contracts_are_counted_that_begin_and_that_end(brand, partners, event_payout):
    terms = event_payout.template_terms
    assert contracts_touched(terms, None) == 0
    assert contracts_touched(terms, "all") == 3
    assert contracts_touched(terms, ["P-0", "P-1"]) == 2
    publish(brand, name="Old", join=["P-0"])
    assert contracts_touched(terms, ["P-0", "P-1"]) == 3
    publish_draft(template_terms=terms, join="all")
    assert contracts_touched(terms, None) == 6


@pytest.mark.parametrize("count", [3, 30])
def test_confirming_and_its_page_take_as_many_queries_for_any_number_of_contracts(
    count, brand, editor, address, django_assert_num_queries
):
    for _ in range(count):
        make_partner(program=brand)
    shown = editor.post(address, {"join": "all"}).context["effects"].fingerprint
    with django_assert_num_queries(12):
        editor.post(address, {"join": "all", "shown": shown})
    with django_assert_num_queries(7):
        editor.get(url("publishing_detail", Publishing.objects.get().pk))


def test_what_advanced_commission_led_to_leads_back_there(editor, address, groups):
    job = confirmed(editor, f"{address}?by_tags={groups[0].pk}", {"join": "all"})
    assert publish_confirmed(job.pk)
    page = editor.get(url("publishing_detail", job.pk))
    assert "In force now: 15% of the order’s sale amount" in read(page)
    assert f'href="{url("advanced_commission")}">Advanced commission' in page.content.decode()


def test_what_was_removed_after_its_time_leads_to_the_terms_alone(editor, address, settings):
    job = confirmed(editor, address, {"join": "all"})
    editor.post(url("publishing_cancel", job.pk))
    settings.KEEP_FILES_DAYS = 0
    remove_old_contents()
    job.refresh_from_db()
    assert (job.sent, job.address, job.comment) == ([], "", "")
    page = read(editor.get(url("publishing_detail", job.pk)))
    assert "Back to the terms" in page
    assert "Review what changes now" not in page
