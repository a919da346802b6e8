"""What /metrics returns, to whom, and at what cost."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from django.test import Client
from prometheus_client.parser import text_string_to_metric_families

from common.observability import counters
from tests.factories import (
    make_contracts,
    make_conversion,
    make_event_type,
    make_modification,
    make_partner,
    terms_document,
)
from tracking.models import Conversion, TouchedDay
from tracking.pricing.batch import price_batch


@pytest.fixture
def counting(db):
    """Sums that begin at 0, of this test alone."""
    counters.server().delete(counters.SUMS)
    counters._counts.clear()
    yield
    counters.server().delete(counters.SUMS)


@pytest.fixture
def trade(brand, counting):
    make_event_type(program=brand)
    partner = make_partner(program=brand, media_partner_id="P-1")
    make_contracts(program=brand, document=terms_document(), partners=[partner])
    return brand


def figures(**headers: str) -> dict[str, float]:
    """Every sample by its name and the values of its labels, which come in the order of their names."""
    counters.tell()
    answer = Client().get("/metrics", headers=headers)
    assert answer.status_code == 200
    families = text_string_to_metric_families(answer.content.decode())
    return {
        " ".join([sample.name, *map(str, sample.labels.values())]): sample.value
        for family in families
        for sample in family.samples
    }


def test_it_says_what_waits_how_long_and_what_needs_attention(trade, time_machine):
    time_machine.move_to("2026-11-20 12:00Z", tick=False)
    make_conversion(program=trade)
    make_modification(program=trade, OrderId="A1", Amount="5")
    time_machine.move_to("2026-11-20 12:01:30Z", tick=False)
    make_conversion(program=trade, MediaPartnerId="P-404")
    found = figures()
    assert found["brandboard_waiting conversions"] == 2
    assert found["brandboard_oldest_waiting_seconds conversions"] == 90
    assert found["brandboard_waiting modifications"] == 1
    assert found["brandboard_needs_attention held"] == 0
    price_batch()
    found = figures()
    assert found["brandboard_waiting conversions"] == found["brandboard_oldest_waiting_seconds conversions"] == 0
    assert found["brandboard_needs_attention held"] == 1
    assert found["brandboard_waiting rollups"] == TouchedDay.objects.count() == 1
    assert found["brandboard_up database"] == found["brandboard_up broker"] == 1


def test_what_workers_did_is_counted_and_timed(trade):
    for partner in ("P-1", "P-1", "P-404"):
        make_conversion(program=trade, MediaPartnerId=partner)
    price_batch()
    found = figures()
    assert found["brandboard_conversions_total priced"] == 2
    assert found["brandboard_conversions_total held"] == 1
    assert found["brandboard_pricing_batch_seconds_count"] == 1
    assert found["brandboard_pricing_batch_seconds_bucket +Inf"] == 1
    assert 0 < found["brandboard_pricing_batch_seconds_sum"] < 30


def test_requests_are_counted_by_route_and_not_by_address(counting, client):
    for path in ("/log-in/", "/log-in/?next=/p/1/", "/nowhere/1", "/nowhere/2"):
        client.get(path)
    client.generic("WEIRD", "/log-in/")
    found = figures()
    assert found["brandboard_requests_total GET /log-in/ 200"] == 2
    assert found["brandboard_requests_total OTHER /log-in/ 405"] == 1
    assert sum(number for name, number in found.items() if name.startswith("brandboard_requests_total GET (none)")) == 2
    assert found["brandboard_request_seconds_count GET /log-in/"] == 2


def test_counts_of_several_processes_add_up_and_outlast_a_broker_that_is_away(counting, settings):
    counters.count("brandboard_conversions", "priced", by=5)
    here = settings.REDIS_URL
    settings.REDIS_URL = "redis://127.0.0.1:9/0"
    counters.made_clients.cache_clear()
    assert not counters.tell()
    counters.count("brandboard_conversions", "priced", by=2)
    settings.REDIS_URL = here
    counters.made_clients.cache_clear()
    assert counters.tell()
    counters.count("brandboard_conversions", "priced")  # as another process would
    assert figures()["brandboard_conversions_total priced"] == 8


@pytest.mark.parametrize(
    ("token", "sent", "status"),
    [
        ("s3cret", "Bearer s3cret", 200),
        ("s3cret", "Bearer wrong", 401),
        ("s3cret", "", 401),
        ("s3cret", "Basic s3cret", 401),
    ],
)
def test_with_a_token_set_only_its_bearer_reads(db, client, settings, token, sent, status):
    settings.METRICS_TOKEN = token
    assert client.get("/metrics", headers={"authorization": sent}).status_code == status


@pytest.mark.parametrize(
    ("address", "headers", "status"),
    [
        ("127.0.0.1", {}, 200),
        ("::1", {}, 200),
        ("10.0.0.7", {}, 403),
        ("", {}, 403),
        ("127.0.0.1", {"x-forwarded-for": "127.0.0.1"}, 403),
        ("127.0.0.1", {"x-forwarded-proto": "https"}, 403),
    ],
)
def test_without_a_token_only_this_machine_reads(db, client, settings, address, headers, status):
    settings.METRICS_TOKEN = ""
    assert client.get("/metrics", headers=headers, REMOTE_ADDR=address).status_code == status


def test_it_asks_as_much_however_much_there_is(trade, client, django_assert_num_queries):
    with django_assert_num_queries(14):
        client.get("/metrics")
    for _ in range(30):
        make_conversion(program=trade)
        make_conversion(program=trade, MediaPartnerId="P-404")
    price_batch()
    for _ in range(30):
        make_conversion(program=trade)
    with django_assert_num_queries(14):
        client.get("/metrics")


@pytest.mark.parametrize(
    ("state", "indexes"),
    [
        ("WAITING", ("conversion_waiting",)),
        ("HELD", ("conversion_needs_attention", "conversion_held", "conversion_unpriced")),  # each of few rows
        ("QUARANTINED", ("conversion_needs_attention", "conversion_unpriced")),
    ],
)
def test_what_is_counted_of_conversions_has_an_index(trade, state, indexes):
    with connection.cursor() as cursor:
        # Few rows are read faster without: as if there were many.
        cursor.execute("SET LOCAL enable_seqscan = off")
    plan = Conversion.objects.filter(state=state).order_by()[:1000].explain()
    assert any(index in plan for index in indexes), plan


def test_threads_that_need_a_client_at_the_same_moment_share_one():
    # Another one would close its connections when it is dropped, while a request waits for an answer on them.
    for _ in range(20):
        counters.made_clients.cache_clear()
        together = threading.Barrier(8)

        def ask(_number, together=together):
            together.wait()
            return counters.rate_limits()

        with ThreadPoolExecutor(8) as pool:
            assert len({id(client) for client in pool.map(ask, range(8))}) == 1
