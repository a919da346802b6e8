"""Unpaid sources: those that sent visitors, each with the channel that the brand gives it."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from common.refusals import Refused
from program.media_sources.services import listed_sources, set_channels
from program.models import MediaSource

PAGE = reverse("program:media_source_list", args=[1000])
SAVE = reverse("program:media_source_save", args=[1000])


def visit(program, source, *, days=1, kind="VISIT", channel="", not_counted=""):
    at = timezone.now() - timedelta(days=days)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO tracking_step"
            " (id, at, program_id, kind, source, profile, visitor, not_counted, facts, ip_address)"
            " VALUES (%s, %s, %s, %s, %s, 'p', 'v', %s, jsonb_build_object('Channel', %s::text), '')",
            [uuid4(), at, program.pk, kind, source, not_counted, channel],
        )


def listed(program):
    return [(each.name, each.visits, each.given, each.by_visit) for each in listed_sources(program)]


def test_sources_are_listed_by_their_visits_with_what_their_addresses_say(brand):
    for days in (1, 2):
        visit(brand, "google", days=days, channel="paid search" if days == 1 else "organic")
    visit(brand, "newsletter")
    visit(brand, "Newsletter")
    visit(brand, "newsletter", not_counted="BOT")
    visit(brand, "old", days=31)
    MediaSource.objects.create(program=brand, name="NEWSLETTER", channel="email")
    MediaSource.objects.create(program=brand, name="Radio")
    assert listed(brand) == [
        ("google", 2, "", "paid search"),
        ("NEWSLETTER", 2, "email", ""),
        ("Radio", 0, "other", ""),
    ]


def test_the_page_gives_channels_and_takes_them_back(brand, erin, client_of):
    visit(brand, "google")
    visit(brand, "bing")
    browser = client_of(erin)
    sent = {"source": ["google", "bing"], "channel": ["paid search", ""], "was": ["", ""]}
    assert "1 channel saved." in browser.post(SAVE, sent, follow=True).content.decode()
    assert list(MediaSource.objects.values_list("name", "channel")) == [("google", "paid search")]
    sent = {"source": ["GOOGLE"], "channel": [""], "was": ["paid search"]}
    browser.post(SAVE, sent)
    assert not MediaSource.objects.exists()


def test_what_another_saved_meanwhile_stays(brand, erin, client_of):
    MediaSource.objects.create(program=brand, name="google", channel="organic")
    sent = {"source": ["google", "bing"], "channel": ["", "email"], "was": ["", ""]}  # opened before it had one
    client_of(erin).post(SAVE, sent)
    assert dict(MediaSource.objects.values_list("name", "channel")) == {"google": "organic", "bing": "email"}


def test_a_channel_that_there_is_not_changes_nothing(brand):
    with pytest.raises(Refused, match="Choose one of"):
        set_channels(program=brand, channels={"google": "organic", "bing": "carrier pigeon"})
    assert not MediaSource.objects.exists()


def test_the_list_is_searched_and_a_viewer_only_reads(brand, bob, client_of):
    visit(brand, "google")
    visit(brand, "bing")
    page = client_of(bob).get(PAGE, {"q": "BIN"}).content.decode()
    main = page.split("<main")[1]
    assert "bing" in main
    assert "google" not in main
    assert "<select" not in main
