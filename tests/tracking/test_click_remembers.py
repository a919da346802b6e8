"""What a web process remembers of links is never older than the click; and leads on while the database is away."""

import pytest
import time_machine
from django.db import OperationalError, connection

from accounts.audit.actor import _is_audited
from program.models import Ad
from tests.tracking.clicking import Visitor, click_of, make_ad
from tracking.clicks import links, spool, stored_steps
from tracking.clicks.drain import drain
from tracking.journeys.click_ids import new_click_id
from tracking.models import Step, TouchedStep

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def own_spool(settings, tmp_path):
    settings.HOME = tmp_path
    settings.STRANGER_REQUESTS_PER_MINUTE = 1_000
    links._links.clear()
    yield
    links._links.clear()
    links.database.answered()


@pytest.fixture
def ad(brand, partner):
    return make_ad(brand)


@pytest.fixture
def away(monkeypatch):
    """A database that refuses every statement of these modules."""

    def fail(*args, **kwargs):
        raise OperationalError("connection refused")

    def go_away():
        monkeypatch.setattr(links, "fetch", fail)
        monkeypatch.setattr(stored_steps, "fetch", fail)

    def come_back():
        monkeypatch.undo()

    go_away.back = come_back
    return go_away


def test_a_click_costs_one_statement(ad, django_assert_num_queries):
    visitor = Visitor(ad)
    visitor.click()
    with django_assert_num_queries(1):
        answer = visitor.click()
    assert click_of(answer).ad_id == ad.pk


def test_a_changed_landing_page_counts_from_the_next_click_on(ad):
    visitor = Visitor(ad)
    visitor.click()
    Ad.objects.filter(pk=ad.pk).update(landing_page="https://www.shop.example/new")
    assert visitor.click()["Location"].startswith("https://www.shop.example/new?")
    assert Step.objects.count() == 2


def test_a_partner_an_ad_and_a_domain_that_are_switched_off_are_refused_from_the_next_click_on(ad, brand, partner):
    visitor = Visitor(ad)
    visitor.click()
    partner.is_active = False
    partner.save()
    assert visitor.click().status_code == 404
    partner.is_active = True
    partner.save()
    assert visitor.click().status_code == 302
    Ad.objects.filter(pk=ad.pk).update(is_active=False)
    assert visitor.click().status_code == 404
    Ad.objects.filter(pk=ad.pk).update(is_active=True)
    brand.landing_domains = ["other.example"]
    brand.save()
    assert visitor.click().status_code == 400
    assert Step.objects.count() == 2


def test_a_link_that_records_nothing_notices_a_change_within_seconds(ad, partner, settings):
    visitor = Visitor(ad)
    with time_machine.travel("2026-11-28T12:00:00Z", tick=False) as clock:
        visitor.click()
        settings.STRANGER_REQUESTS_PER_MINUTE = 0
        partner.is_active = False
        partner.save()
        clock.shift(links.SOON + 1)
        assert visitor.click().status_code == 404


def test_no_more_links_are_remembered_than_this(ad, monkeypatch):
    monkeypatch.setattr(links, "REMEMBERED", 2)
    others = [make_ad(ad.program, name=f"Ad {number}") for number in range(3)]
    for each in (ad, *others):
        Visitor(each).click()
    assert [names.ad_id for names in links._links] == [each.pk for each in others[1:]]


def test_while_the_database_is_away_links_lead_on_and_each_click_is_stored_once(ad, away):
    visitor = Visitor(ad)
    visitor.click()
    away()
    answers = [visitor.click({"subId1": str(number)}) for number in range(5)]
    assert [answer.status_code for answer in answers] == [302] * 5
    assert Visitor(make_ad(ad.program, name="Never seen")).click().status_code == 503
    away.back()
    assert Step.objects.count() == 1
    assert drain() == 5
    assert [click_of(answer).facts["SubId1"] for answer in answers] == ["0", "1", "2", "3", "4"]
    assert drain() == 0
    assert list(spool.folder().iterdir()) == []
    assert TouchedStep.objects.count() == 6


def test_a_link_that_was_proven_more_than_an_hour_ago_is_not_led_on_without_the_database(ad, away):
    visitor = Visitor(ad)
    with time_machine.travel("2026-11-28T12:00:00Z", tick=False) as clock:
        visitor.click()
        away()
        clock.shift(links.SECONDS - 1)
        assert visitor.click().status_code == 302
        clock.shift(2)
        assert visitor.click().status_code == 503


def test_impressions_are_spooled_too(ad, away):
    visitor = Visitor(ad)
    visitor.see()
    away()
    assert visitor.see().status_code == 200
    away.back()
    assert drain() == 1
    assert set(Step.objects.values_list("kind", flat=True)) == {"IMPRESSION"}


def test_a_step_whose_commit_was_not_answered_is_stored_once(ad):
    answer = Visitor(ad).click()
    step = click_of(answer)
    spooled = stored_steps.NewStep(
        id=step.id, at=step.at, program_id=1000, kind="CLICK", partner_id=step.partner_id, ad_id=ad.pk,
        profile=step.profile, visitor=step.visitor, not_counted="", facts=step.facts, ip_address="",
    )  # fmt: skip
    assert spool.append(spooled.as_json())
    assert drain() == 0
    assert Step.objects.count() == 1


def make_line(ad, at, **fields):
    values = {
        "id": new_click_id(at), "at": at, "program_id": 1000, "kind": "CLICK", "partner_id": 1, "ad_id": ad.pk,
        "profile": "P", "visitor": "V", "not_counted": "", "facts": {}, "ip_address": "", **fields,
    }  # fmt: skip
    return stored_steps.NewStep(**values).as_json()


def test_a_line_that_was_cut_off_or_cannot_be_stored_holds_no_other_back(ad, brand):
    now = brand.created_at
    assert spool.append(make_line(ad, now))
    own = next(spool.folder().iterdir())
    with own.open("a") as file:
        file.write('\n{"id": "cut o')
    assert spool.append(make_line(ad, now, kind="TOO LONG A KIND"))
    assert spool.append(make_line(ad, now))
    assert drain() == 2
    assert list(spool.folder().iterdir()) == []


def test_what_a_killed_process_left_is_drained_and_two_do_not_drain_one_file(ad, brand):
    spool.append(make_line(ad, brand.created_at))
    (own,) = spool.taken_files()
    with spool.taken(own) as lines:
        assert len(lines) == 1
        with spool.taken(own) as others:
            assert others is None
        assert spool.append(make_line(ad, brand.created_at))  # which waits for nobody
    assert len(spool.taken_files()) == 1
    assert drain() == 1


def test_what_is_taken_again_and_again_before_it_is_drained_is_whole(ad, brand):
    for _ in range(3):
        spool.append(make_line(ad, brand.created_at))
        spool.taken_files()
    assert drain() == 3


def test_a_file_stays_where_the_database_goes_away_while_it_is_drained(ad, brand, away):
    spool.append(make_line(ad, brand.created_at))
    away()
    assert drain() == 0
    away.back()
    assert drain() == 1


def test_a_full_spool_takes_no_more_and_the_visitor_is_led_on(ad, away, monkeypatch):
    monkeypatch.setattr(spool, "MOST_BYTES", 100)
    visitor = Visitor(ad)
    visitor.click()
    monkeypatch.setattr(stored_steps.database, "lets_through", lambda: False)
    assert visitor.click().status_code == 302
    monkeypatch.undo()
    assert drain() == 0


def test_many_visitors_at_once_remember_one_link(ad):
    """Threads of a web process share what is remembered: each click is stored, none twice."""
    from concurrent.futures import ThreadPoolExecutor  # noqa: PLC0415 (used here alone)

    def follow(number):
        try:
            return Visitor(ad, address=f"81.2.69.{number}").click().status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as threads:
        assert list(threads.map(follow, range(40))) == [302] * 40
    assert Step.objects.count() == 40


def test_storing_a_step_names_nobody_to_the_audit_log_before():
    """It would be a question to the database for each click, and another one after it."""
    assert not _is_audited(stored_steps.STORE_AS_OF)
    assert not _is_audited(stored_steps.STORE_MANY)
    assert _is_audited("WITH old AS (DELETE FROM program_ad RETURNING id) SELECT id FROM old")
    assert _is_audited("WITH x AS (SELECT 1) UPDATE \"program_partner\" SET name = ''")
