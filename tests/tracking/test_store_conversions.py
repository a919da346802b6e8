"""Storing conversions: what is refused, what is a duplicate, what an idempotency key does."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connections
from django.utils import timezone

from common.refusals import Refused
from program.models import EventType
from tests.factories import make_conversion, make_event_type, sent
from tracking.conversions.new_conversions import store_conversion, store_conversions
from tracking.intake import ConversionData, read_conversion
from tracking.models import Conversion
from tracking.models.conversion import Source


def read(**params: Any) -> ConversionData:
    return read_conversion(sent(**params), now=timezone.now())


def on(day: int) -> str:
    return datetime(2026, 9, 1, 12, tzinfo=UTC).__add__(timedelta(days=day)).isoformat()


def store(brand: Any, *conversions: ConversionData) -> list[Any]:
    return store_conversions(brand, conversions, source=Source.FILE)


def test_a_stored_conversion_waits_and_names_its_event_type(brand, sale):
    (stored,) = store(brand, read(OrderId="A1"))
    conversion = Conversion.objects.get()
    assert (conversion.state, conversion.event_type, conversion.order_id) == ("WAITING", sale, "A1")
    assert not stored.is_duplicate
    assert stored.batch_id == f"A-{conversion.pk}"


@pytest.mark.parametrize("name", ["EventTypeId", "ActionTrackerId"])
def test_an_event_type_is_named_by_its_number_as_well(brand, sale, name):
    params = sent(**{name: sale.pk})
    del params["EventTypeCode"]
    store(brand, read_conversion(params, now=timezone.now()))
    assert Conversion.objects.get().event_type == sale


def test_all_that_the_program_does_not_know_is_named_at_once(brand, sale):
    with pytest.raises(Refused) as refused:
        store(brand, read(OrderId="A1"), read(CampaignId=999, EventTypeCode="LEAD"))
    assert [refusal.path for refusal in refused.value] == ["CampaignId", "EventTypeCode"]
    assert not Conversion.objects.exists()


def test_an_event_type_that_is_switched_off_takes_no_conversion(brand, sale):
    EventType.objects.update(is_active=False)
    with pytest.raises(match="switched off"):
        store(brand, read())


def test_the_same_order_again_is_a_duplicate_and_answered_as_the_first(brand, sale):
    first, second = (store(brand, read(OrderId="A1", Amount=amount))[0] for amount in ("100", "90"))
    assert second.is_duplicate
    assert second.batch_id == first.batch_id
    row = Conversion.objects.get(pk=second.conversion.pk)
    assert (row.state, row.reason, row.duplicate_of) == ("DUPLICATE", "CONV_DUPLICATE", first.conversion)


def test_of_two_in_one_batch_the_later_is_the_duplicate(brand, sale):
    stored = store(brand, read(OrderId="A1"), read(OrderId="B1"), read(OrderId="A1"))
    assert [row.is_duplicate for row in stored] == [False, False, True]
    assert stored[2].batch_id == stored[0].batch_id


@pytest.mark.parametrize(("days", "is_duplicate"), [(29, True), (30, False), (-29, True), (-30, False)])
def test_the_window_is_thirty_days_of_event_time_both_ways(brand, sale, days, is_duplicate):
    make_conversion(program=brand, OrderId="A1", EventDate=on(0))
    (stored,) = store(brand, read(OrderId="A1", EventDate=on(days)))
    assert stored.is_duplicate is is_duplicate


def test_a_duplicate_does_not_prolong_the_window(brand, sale):
    stored = store(brand, *(read(OrderId="A1", EventDate=on(day)) for day in (0, 20, 40)))
    assert [row.is_duplicate for row in stored] == [False, True, False]


def test_a_duplicate_is_of_the_order_in_its_own_window(brand, sale):
    _, second, third = store(brand, *(read(OrderId="A1", EventDate=on(day)) for day in (0, 40, 45)))
    assert third.batch_id == second.batch_id


def test_another_event_type_or_another_case_of_the_id_is_another_order(brand, sale):
    make_event_type(program=brand, code="LEAD")
    store(brand, read(OrderId="a1"), read(OrderId="A1"), read(OrderId="a1", EventTypeCode="LEAD"))
    assert Conversion.objects.waiting().count() == 3


def test_a_key_that_came_before_answers_the_same_and_stores_nothing(brand, sale):
    first = store_conversion(brand, read(OrderId="A1"), source=Source.API, idempotency_key="k")
    again = store_conversion(brand, read(OrderId="A1"), source=Source.API, idempotency_key="k")
    assert again.batch_id == first.batch_id
    assert Conversion.objects.count() == 1


def test_a_key_of_a_duplicate_answers_the_same(brand, sale):
    first = store_conversion(brand, read(OrderId="A1"), source=Source.API)
    for _ in range(2):
        answer = store_conversion(brand, read(OrderId="A1"), source=Source.API, idempotency_key="k").batch_id
        assert answer == first.batch_id
    assert Conversion.objects.count() == 2


def test_a_key_does_not_stand_for_another_order(brand, sale):
    store_conversion(brand, read(OrderId="A1"), source=Source.API, idempotency_key="k")
    with pytest.raises(Refused, match="Idempotency-Key"):
        store_conversion(brand, read(OrderId="B1"), source=Source.API, idempotency_key="k")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("key", [None, "k"])
def test_fifty_at_once_make_one_conversion_and_equal_answers(brand, sale, key):
    data = read(OrderId="A1")

    def post(_: int) -> int:
        try:
            return store_conversion(brand, data, source=Source.API, idempotency_key=key).batch_id
        finally:
            connections.close_all()

    with ThreadPoolExecutor(25) as pool:
        answers = set(pool.map(post, range(50)))
    assert len(answers) == 1
    assert Conversion.objects.waiting().count() == 1
    assert Conversion.objects.count() == (50 if key is None else 1)


def test_a_test_order_is_never_taken_for_a_real_one(brand, sale):
    tried = store_conversion(brand, read(OrderId="A1"), source=Source.MANUAL, is_test=True)
    real = store_conversion(brand, read(OrderId="A1"), source=Source.API)
    assert not real.is_duplicate
    assert tried.conversion != real.conversion
