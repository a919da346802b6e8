"""What the API remembers between requests is never older than the request."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from accounts.api_tokens import remembered_token, revoke_api_token
from accounts.models import ApiToken
from program.models import EventType, Program
from tests.factories import make_account, make_event_type, make_program
from tests.tracking.caller import ORDER

pytestmark = pytest.mark.django_db(transaction=True)


def statuses(shop, *orders):
    return [shop.post({**ORDER, **order}).status_code for order in orders]


def test_an_order_costs_an_insert_that_also_asks_whether_all_is_as_it_was(shop, django_assert_num_queries):
    assert statuses(shop, {"OrderId": "A1"}) == [200]
    with django_assert_num_queries(1):
        assert statuses(shop, {"OrderId": "A2"}) == [200]


def test_a_minute_later_the_token_is_looked_up_and_its_use_noted(shop, django_assert_num_queries):
    start = timezone.now()
    assert statuses(shop, {"OrderId": "A1"}) == [200]
    for seconds, queries in ((30, 1), (62, 3), (63, 1)):  # the look-up, its use written, the order
        with time_machine.travel(start + timedelta(seconds=seconds), tick=False), django_assert_num_queries(queries):
            assert statuses(shop, {"OrderId": f"B{seconds}"}) == [200]
    shop.token.refresh_from_db()
    assert shop.token.last_used_at == start + timedelta(seconds=62)


def test_a_repeated_order_is_answered_as_its_first_although_the_token_is_remembered(shop):
    first, again = shop.post({**ORDER, "OrderId": "A1"}), shop.post({**ORDER, "OrderId": "A1"})
    assert again.json() == first.json()


def test_what_is_wrong_is_only_told_to_a_token_that_is_still_in_force(shop):
    assert statuses(shop, {"OrderId": "A1"}, {"OrderId": ""}) == [200, 400]
    revoke_api_token(token=shop.token)
    assert statuses(shop, {"OrderId": ""}) == [401]


def test_a_token_that_may_only_read_by_now_stores_nothing(shop):
    assert statuses(shop, {"OrderId": "A1"}) == [200]
    ApiToken.objects.filter(pk=shop.token.pk).update(scope="READ")
    assert statuses(shop, {"OrderId": "A2"}) == [403]


def test_a_remembered_token_is_none_for_another_account(shop, brand):
    assert statuses(shop, {"OrderId": "A1"}) == [200]
    assert remembered_token(brand.account.sid, shop.secret) is not None
    assert remembered_token("BB-OTHER", shop.secret) is None
    assert remembered_token(brand.account.sid, shop.secret + "x") is None


def test_an_event_type_is_known_from_the_moment_it_is_made(shop, brand):
    assert statuses(shop, {"EventTypeCode": "LEAD"}) == [400]
    make_event_type(program=brand, code="LEAD")
    assert statuses(shop, {"EventTypeCode": "LEAD"}) == [200]


def test_one_that_is_switched_off_is_refused_at_once(shop, sale):
    assert statuses(shop, {"OrderId": "A1"}) == [200]
    EventType.objects.filter(pk=sale.pk).update(is_active=False)
    assert statuses(shop, {"OrderId": "A2"}) == [400]


def test_a_new_program_is_known_and_that_of_another_account_never(shop, brand):
    assert statuses(shop, {"CampaignId": "1001"}) == [400]
    make_event_type(program=make_program(id=1001, account=brand.account), code="SALE")
    make_event_type(program=make_program(id=1002, account=make_account(sid="BB-OTHER")), code="SALE")
    assert statuses(shop, {"CampaignId": "1001"}, {"CampaignId": "1002"}) == [200, 400]


def test_the_time_zone_is_the_one_of_now(shop, brand):
    noon = {"EventDate": "2026-07-01T12:00:00"}
    assert statuses(shop, {"OrderId": "A1", **noon}) == [200]
    Program.objects.filter(pk=brand.pk).update(time_zone="Asia/Tokyo")
    assert statuses(shop, {"OrderId": "A2", **noon}) == [200]
    first, second = brand.conversion_set.order_by("id")
    assert first.event_date != second.event_date


def test_a_revoked_token_is_refused_at_once(shop):
    assert statuses(shop, {"OrderId": "A1"}) == [200]
    revoke_api_token(token=shop.token)
    assert statuses(shop, {"OrderId": "A2"}) == [401]


def test_the_api_looks_at_no_session(brand, alice, django_assert_num_queries):
    client = Client()
    client.force_login(alice)
    with django_assert_num_queries(0):
        response = client.get("/Advertisers/openapi.json")
    assert response.status_code == 200
    assert {"X-Frame-Options", "X-Content-Type-Options", "X-Request-ID", "Content-Length"} <= set(response.headers)
    assert not response.cookies
