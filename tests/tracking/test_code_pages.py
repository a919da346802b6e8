"""The tracking code of an event type, orders as they arrive, and where browser and server differ."""

import json
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from program.models.event_type import CustomerStatusMapping
from tests.factories import sent
from tracking.conversions.new_conversions import store_conversion
from tracking.intake import read_conversion
from tracking.models import Conversion
from tracking.models.conversion import Source
from tracking.pricing.batch import price_all

pytestmark = pytest.mark.django_db


def url(sale: Any, query: str = "") -> str:
    return f"/p/1000/settings/event-types/{sale.pk}/tracking-code/{query}"


def report(program: Any, source: Source, order_id: str, **params: Any) -> None:
    data = read_conversion(sent(OrderId=order_id, **params), now=timezone.now(), time_zone=program.time_zone)
    store_conversion(program, data, source=source)


@pytest.mark.parametrize(
    ("by", "text"),
    [
        ("tag", "/tag.js?program=1000"),
        ("pixel", "cs=first-time&amp;amp;currcd=GBP"),
        ("api", "CustomerStatus=first-time"),
        ("file", "first-time"),
    ],
)
def test_each_way_has_its_code_with_the_mappings_codes(sale: Any, bob: Any, client_of: Any, by: str, text: str) -> None:
    sale.has_status_mapping, sale.reported_by = True, "BOTH"
    sale.save()
    CustomerStatusMapping.objects.create(
        program=sale.program, event_type=sale, category="New", code="first-time", code_key="first-time"
    )
    page = client_of(bob).get(url(sale, f"?by={by}")).content.decode()
    assert text in page
    assert "first-time" in page
    assert "are refused" not in page


def test_where_the_server_alone_reports_the_tags_page_says_so(sale: Any, alice: Any, client_of: Any) -> None:
    assert "are refused" in client_of(alice).get(url(sale, "?by=tag")).content.decode()
    page = client_of(alice).get(url(sale)).content.decode()
    assert "CLICK-ID is the irclickid of the address of the landing page." in page
    assert "-d ClickId=CLICK-ID" in page
    assert "settings/api-tokens/" in page


def test_others_see_neither_page(sale: Any, charlie: Any, client_of: Any) -> None:
    for page in (url(sale), "/p/1000/transactions/browser-and-server/"):
        assert client_of(charlie).get(page).status_code == 404
        assert Client().get(page).status_code == 302


def test_the_live_view_takes_as_many_queries_for_any_number(brand: Any, sale: Any, alice: Any, client_of: Any) -> None:
    sale.reported_by = "BOTH"
    sale.save()
    client, counts = client_of(alice), []
    for number in range(6):
        order = {"orderId": f"A{number}", "items": [{"sku": "S", "subTotal": "1"}], "MediaPartnerId": "P-1"}
        for each in (order, {**order, "orderId": ""}):
            body = json.dumps({"eventTypeId": sale.pk, "order": each})
            Client().post("/t/1000/conversion", body, content_type="text/plain")
        if number in (0, 5):
            with CaptureQueriesContext(
                connection,
            ) as queries:
                page = client.get(url(sale, "?live=1")).content.decode()
            counts.append(len(queries))
    assert counts[0] == counts[1]
    assert ("A5" in page, "Refused" in page, "Names who is credited" in page) == (True, True, True)


REFUSED = "/p/1000/transactions/browser-and-server/?tab=reports"


def test_a_report_that_was_refused_is_listed_with_the_reason_and_needs_attention(
    brand: Any, standard: Any, sale: Any, alice: Any, client_of: Any
) -> None:
    sale.reported_by = "BOTH"
    sale.save()
    client, counts = client_of(alice), []
    assert "No report was refused" in client.get(REFUSED).content.decode()
    for number in range(5):
        numbers = {f"numeric{place}": "1" for place in range(1, 8)}
        order = {"orderId": "{{order_id}}", "amount": f"{number}0.50", "currencyCode": "GBP", **numbers}
        body = json.dumps({"eventTypeId": sale.pk, "order": order})
        Client().post("/t/1000/conversion", body, content_type="text/plain")
        with CaptureQueriesContext(connection) as queries:
            page = client.get(REFUSED).content.decode()
        counts.append(len(queries))
    assert len(set(counts)) == 1
    for number in range(5):
        assert f"</span> {number}0.50" in page
    assert page.count("3 more") == 5, "of what was sent the first 6 are shown"
    assert page.count("is a placeholder, which programs write where they have no id") == 5
    attention = " ".join(client.get(reverse("tracking:conversion_list", args=[brand.pk])).content.decode().split())
    assert "5 reports of browsers were refused in the last 7 days" in attention
    assert not Conversion.objects.exists()


ORDERS = ("SAME", "LESS", "BROWSER", "SERVER", "LATE", "AGREES", "TOGETHER")


def test_the_differences_of_browser_and_server_are_listed(
    brand: Any, standard: Any, sale: Any, bob: Any, client_of: Any, monkeypatch: Any
) -> None:
    from datetime import timedelta  # noqa: PLC0415

    from tracking.browser import both_pages  # noqa: PLC0415

    monkeypatch.setattr(both_pages, "SETTLING", timedelta())
    sale.reported_by = "BOTH"
    sale.save()
    for order_id, browser, server in (
        ("SAME", "9", "9"),
        ("LESS", "9", "7"),
        ("BROWSER", "9", ""),
        ("SERVER", "", "9"),
    ):
        for source, amount in ((Source.TAG, browser), (Source.API, server)):
            if amount:
                report(brand, source, order_id, Amount=amount)
                price_all(brand.pk)
    for order_id, amount in (("LATE", "900"), ("AGREES", "9.0")):
        report(brand, Source.API, order_id, Amount="9")
        price_all(brand.pk)
        report(brand, Source.PIXEL, order_id, Amount=amount)
        price_all(brand.pk)
    for source, amount in ((Source.TAG, "8"), (Source.API, "9")):
        report(brand, source, "TOGETHER", Amount=amount)
    price_all(brand.pk)
    client, shown = client_of(bob), {}
    for tab in ("differ", "browser", "server", "refused"):
        page = client.get(f"/p/1000/transactions/browser-and-server/?tab={tab}").content.decode()
        shown[tab] = [each for each in ORDERS if f">{each}<" in page]
    differ = client.get("/p/1000/transactions/browser-and-server/").content.decode()
    assert "The browser said 900.00 GBP, your server 9.00 GBP." in differ
    assert differ.index(">TOGETHER<") < differ.index(">LATE<") < differ.index(">LESS<")
    assert shown == {
        "differ": ["LESS", "LATE", "TOGETHER"],
        "browser": ["BROWSER"],
        "server": ["SERVER"],
        "refused": [],
    }
