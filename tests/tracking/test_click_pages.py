"""The pages of clicks, impressions and visits: what they list, how they page, whom they let in, and what they cost."""

import re
from datetime import timedelta
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from program.models import Ad
from tests.factories import make_partner, make_program
from tests.tracking.journey_rows import ORDERED, action_of, make_step, order
from tracking.steps import paging

LIST = "/p/1000/transactions/clicks/"
DAYS = {"start_date": "2026-11-14", "end_date": "2026-11-20"}


@pytest.fixture
def viewer(bob, client_of):
    return client_of(bob)


@pytest.fixture
def ad(brand):
    return Ad.objects.create(program=brand, name="Spring tea", landing_page="https://shop.example/tea")


def read(client, **query):
    return client.get(f"{LIST}?{urlencode(DAYS | query)}")


def shown(page):
    return [row.click_id for row in page.context["rows"]]


def test_the_newest_come_first_with_partner_ad_page_sub_ids_device_and_country(brand, partner, ad, viewer):
    old = make_step(brand, partner, days=2)
    new = make_step(
        brand, partner, days=1, ad=ad, SubId1="spring", SubId2="hero", ReferralLandingPage="https://shop.example/tea",
        ReferralDerivedDeviceType="Mobile", ReferralDerivedCountry="FR",
    )  # fmt: skip
    page = read(viewer)
    assert shown(page) == [new, old]
    for words in ("Meadow Media", "Spring tea", "https://shop.example/tea", "spring, hero", "Mobile, FR", new):
        assert words in page.content.decode(), words


def test_only_the_days_asked_for_are_listed_in_the_programs_zone(brand, partner, viewer):
    brand.time_zone = "America/New_York"
    brand.save()
    make_step(brand, partner, days=8)
    late = make_step(brand, partner, days=5 + 8 / 24)  # 15 November, 04:00 UTC: the 14th in New York
    assert shown(read(viewer, end_date="2026-11-14", start_date="2026-11-14")) == [late]
    assert shown(read(viewer, start_date="2026-11-15", end_date="2026-11-15")) == []


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ({"start_date": "2026-01-01"}, "31 days at most"),
        ({"start_date": "2026-11-21"}, "The first day is after the last"),
        ({"start_date": "soon"}, "“soon” is not a valid date"),
        ({"partner": "77"}, "“77” is not a known number"),
    ],
)
def test_what_cannot_be_shown_is_said(brand, viewer, query, words):
    page = read(viewer, **query)
    assert page.status_code == 422
    assert words in page.content.decode()


def test_partner_ad_kind_and_what_is_not_counted_narrow_the_list(brand, partner, ad, viewer):
    other = make_partner(program=brand, media_partner_id="P-2", name="Kettle Deals")
    of_other = make_step(brand, other, days=1)
    by_ad = make_step(brand, partner, days=2, ad=ad)
    seen = make_step(brand, partner, days=3, kind="IMPRESSION")
    bot = make_step(brand, partner, days=4, not_counted="BOT")
    peek = make_step(brand, partner, days=5, not_counted="PREFETCH")
    assert shown(read(viewer, partner=other.pk)) == [of_other]
    assert shown(read(viewer, ad=ad.pk)) == [by_ad]
    assert shown(read(viewer, kind="IMPRESSION")) == [seen]
    assert shown(read(viewer, counted="no")) == [bot, peek]
    assert shown(read(viewer, counted="BOT")) == [bot]
    assert shown(read(viewer, counted="yes", partner=partner.pk, kind="CLICK")) == [by_ad]


def test_pages_follow_each_other_without_a_gap_also_where_moments_are_the_same(brand, partner, viewer, monkeypatch):
    made = [make_step(brand, partner, days=1 if number < 40 else 2) for number in range(60)]
    assert len(set(made)) == 60
    forwards, address = [], f"{LIST}?{urlencode(DAYS | {'page_size': 25})}"
    pages = []
    while address:
        page = viewer.get(address)
        pages.append(shown(page))
        forwards += pages[-1]
        found = re.search(r'href="(\?[^"]*)" aria-label="Next page"', page.content.decode())
        address = LIST + found[1].replace("&amp;", "&") if found else ""
    assert sorted(forwards) == sorted(made)
    assert [len(each) for each in pages] == [25, 25, 10]
    back = re.search(r'href="(\?[^"]*)" aria-label="Previous page"', page.content.decode())
    assert shown(viewer.get(LIST + back[1].replace("&amp;", "&"))) == pages[1]


def test_a_count_ends_where_counting_would_take_long(brand, partner, viewer, monkeypatch):
    monkeypatch.setattr(paging, "COUNTED", 30)
    monkeypatch.setattr("tracking.steps.pages.COUNTED", 30)
    for _ in range(32):
        make_step(brand, partner)
    assert "30+ rows" in read(viewer, page_size=25).content.decode()


def test_a_page_far_back_is_read_from_its_place_in_the_index(brand, partner, viewer):
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        place = f"{(ORDERED - timedelta(days=3)).isoformat()}~5"
        with CaptureQueriesContext(
            connection,
        ) as ran:
            read(viewer, after=place)
        (asked,) = [each["sql"] for each in ran if 'step"."ip_address' in each["sql"]]
        cursor.execute(f"EXPLAIN {asked}")
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert "Index Scan Backward" in plan
    assert "at <= '2026-11-17" in plan


def test_a_list_costs_as_many_queries_for_many_rows_as_for_one(brand, partner, ad, viewer, django_assert_num_queries):
    make_step(brand, partner, ad=ad)
    with django_assert_num_queries(8):
        read(viewer)
    for _ in range(5):
        make_step(brand, make_partner(program=brand, media_partner_id=f"P-{_ + 5}"), ad=ad)
    with django_assert_num_queries(8):
        read(viewer)


def test_a_click_opens_to_its_facts_and_to_the_orders_that_it_was_credited_with(
    brand, standard, partner, ad, viewer, django_assert_num_queries
):
    click = make_step(
        brand, partner, profile="P1", ad=ad, SubId1="spring", SharedId="S-7", ReferralUrl="https://blog.example/",
        ReferralDerivedBrowser="Firefox", ReferralDerivedOs="Linux",
    )  # fmt: skip
    credited = action_of(order(brand, OrderId="O-1", ClickId=click))
    make_step(brand, partner, profile="P2")
    order(brand, OrderId="O-2", CustomProfileId="P2")
    with django_assert_num_queries(10):
        page = viewer.get(f"{LIST}{click}/")
    words = page.content.decode()
    assert page.context["credited"] == [credited]
    for each in ("O-1", "Spring tea", "blog.example", "Firefox", "Linux", "sharedid", "S-7", "203.0.113.7", "12:00:00"):
        assert each in words, each
    assert "O-2" not in words
    assert click in viewer.get(f"/p/1000/transactions/actions/{credited.pk}/").content.decode()


def test_an_order_that_names_a_click_and_is_held_is_listed_with_the_reason(brand, sale, partner, viewer):
    click = make_step(brand, partner)
    held = order(brand, OrderId="O-9", ClickId=click)
    page = viewer.get(f"{LIST}{click}/")
    assert page.context["held"] == [held]
    assert held.get_reason_display() in page.content.decode()


def test_a_click_id_opens_its_click_from_the_search_and_from_the_list(brand, partner, viewer):
    click = make_step(brand, partner, days=60)
    for address in (f"/p/1000/search/?q={click}", f"/p/1000/search/?q={click.lower()}", f"{LIST}?q={click}"):
        answer = viewer.get(address)
        assert answer.status_code == 302
        assert viewer.get(answer["Location"]).context["row"].click_id == click


def test_other_texts_find_no_click_and_the_list_says_so(brand, partner, viewer):
    make_step(brand, partner)
    assert "No click has this id" in viewer.get(f"{LIST}?q=AAAAAAAAAAAAAAAAAAAAAAAAAA").content.decode()
    assert "Clicks</p>" not in viewer.get("/p/1000/search/?q=AAAAAAAAAAAAAAAAAAAAAAAAAA").content.decode()


def test_a_click_of_another_brand_and_what_is_no_click_id_are_not_found(brand, partner, viewer, charlie, client_of):
    other = make_program(name="Other")
    foreign = make_step(other, make_partner(program=other, media_partner_id="X"))
    own = make_step(brand, partner)
    for address in (f"{LIST}{foreign}/", f"{LIST}nothing/", f"{LIST}{'A' * 26}/"):
        assert viewer.get(address).status_code == 404, address
    assert client_of(charlie).get(f"{LIST}{own}/").status_code == 404
    assert client_of(charlie).get(LIST).status_code == 404
    assert foreign not in read(viewer).content.decode()
