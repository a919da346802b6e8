"""The addresses that browsers report to, and the tag itself: origins, limits, size and cookie."""

import gzip
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from tests.tracking.test_browser_reports import ORDER, pixel, tag
from tracking.browser import live
from tracking.browser.tag import days_of, tag_of
from tracking.models import BrowserReport, Conversion

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def by_both(sale: Any) -> None:
    sale.reported_by = "BOTH"
    sale.save()


def test_an_order_id_can_be_made_by_us(sale: Any) -> None:
    tag(sale, {**ORDER, "orderId": "IR_AN_64_TS"})
    tag(sale, {**ORDER, "orderId": "IR_AN_64_TS"})
    assert len({each.order_id for each in Conversion.objects.all()}) == 2


def test_a_page_of_any_origin_may_ask_the_tags_addresses_and_no_others(brand: Any, sale: Any) -> None:
    asked = {"Origin": "https://shop.example", "Access-Control-Request-Method": "POST"}
    for path in ("conversion", "visit", "identify"):
        answer = Client().options(f"/t/1000/{path}", headers=asked)
        assert (answer.status_code, answer["Access-Control-Allow-Origin"]) == (204, "*")
        assert "Access-Control-Allow-Credentials" not in answer
        assert "Set-Cookie" not in answer
    for path in ("/p/1000/", "/Advertisers/BB-ANVILS/Conversions", "/login/"):
        assert "Access-Control-Allow-Origin" not in Client().options(path, headers=asked)


@pytest.mark.parametrize(
    ("body", "status"),
    [(b"[]", 400), (b"{", 400), (b'{"a": NaN}', 400), (b"\xff", 400), (b"[" * 60_000, 400), (b"x" * 70_000, 413)],
)
def test_a_body_that_cannot_be_read_is_answered(sale: Any, body: bytes, status: int) -> None:
    assert Client().post("/t/1000/conversion", body, content_type="text/plain").status_code == status
    assert Client().post("/t/77/conversion", b"{}", content_type="text/plain").status_code == 404


def test_too_many_from_one_address_are_not_taken(sale: Any, settings: Any) -> None:
    settings.STRANGER_REQUESTS_PER_MINUTE = 0
    answer = tag(sale)
    assert (answer.status_code, answer["Access-Control-Allow-Origin"]) == (429, "*")
    assert len(pixel(sale).content) == 43
    assert not Conversion.objects.exists()
    assert not BrowserReport.objects.exists()


def test_reports_are_bounded_by_number_and_age(brand: Any, sale: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr(live, "MOST", 3)
    for number in range(5):
        tag(sale, {"orderId": f"A{number}", "note": "x" * 900})
    assert sorted(each.order_id for each in BrowserReport.objects.all()) == ["A2", "A3", "A4"]
    assert len(BrowserReport.objects.all()[0].sent["note"]) == 200
    BrowserReport.objects.update(received_at=timezone.now() - timedelta(days=8))
    assert live.forget_old_reports() == 3


def test_erasing_a_customer_forgets_their_reports(brand: Any, sale: Any) -> None:
    tag(sale, {"orderId": "A1", "customerId": "C-1"})
    tag(sale, {"orderId": "A2"})
    tag(sale, {"orderId": "A3"})
    assert live.forget_customer(1000, "C-1", ["A2"]) == 2
    assert BrowserReport.objects.get().order_id == "A3"


def test_the_tag_is_small_and_holds_its_programs_days(brand: Any, standard: Any) -> None:
    text = tag_of(1000)
    assert text is not None
    assert len(gzip.compress(text.encode())) <= 6_000
    assert text.startswith("var ireProgram={id:1000,days:30};")
    answer = Client().get("/tag.js?program=1000", headers={"Accept-Encoding": "gzip"})
    assert gzip.decompress(answer.content).decode() == text
    assert answer["Content-Type"] == "text/javascript; charset=utf-8"
    for unknown in ("77", "", "x", "9" * 30):
        assert Client().get(f"/tag.js?program={unknown}").status_code == 404


def test_the_cookie_lasts_as_long_as_the_longest_window(brand: Any, sale: Any, partner: Any) -> None:
    from tests.factories import make_contracts, terms_document  # noqa: PLC0415

    windows = [{"Type": "CLICKS", "Window": 1_500, "WindowUnit": "HOUR"}]
    make_contracts(program=brand, document=terms_document(ValidReferrals=windows), partners=[partner])
    assert days_of(1000) == 63
