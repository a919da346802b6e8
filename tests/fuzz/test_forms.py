"""Whatever a member sends to any form, the answer is a page, never a server error."""

from collections import Counter
from typing import Any
from urllib.parse import urlencode

import pytest
from django.db import transaction
from django.test import Client

from tests.fuzz.page_forms import Field, PageForm, forms_of
from tests.test_architecture import ADDRESSES, PK
from tests.whole_brand import fill

HOSTILE = [
    "", " ", "\x00", "\u200b", "\ud800", "é" * 300, "x" * 5_000, "9" * 5_000, "-1", "0", "1e400", "NaN", "٣", "²",
    "2026-13-45", "9999-12-31", "[" * 6_000, "/a{99999999999999999999}/", "<script>", '"\'`%s{}', "true", "null",
]  # fmt: skip
QUERIES = ["page", "page_size", "sort", "q", "start", "end", "state", "partner", "event_type", "seen", "with", "event"]
FORM = "application/x-www-form-urlencoded"


@pytest.fixture
def whole(brand: Any, alice: Any) -> Any:
    fill(brand, user=alice, number=PK)
    return brand


def body_of(sent: dict[str, list[str]]) -> bytes:
    return urlencode(sent, doseq=True, errors="surrogatepass").encode()


def status(browser: Client, address: str, body: bytes, content_type: str = FORM) -> int:
    """The answer's status; what it wrote is undone, so that the next one finds the same rows."""
    browser.raise_request_exception = False
    with transaction.atomic():
        answer = browser.generic("POST", address, body, content_type=content_type)
        transaction.set_rollback(True)
    return answer.status_code


def around_the_limits(each: Field) -> list[str]:
    """Values at the bounds that the form declares, one below and one beyond."""
    lengths = ["x" * (each.longest + more) for more in (-1, 0, 1)] if each.longest else []
    numbers = [str(int(bound) + more) for bound in each.bounds if bound.lstrip("-").isdigit() for more in (-1, 0, 1)]
    return lengths + numbers


def hostile_bodies(form: PageForm) -> list[dict[str, list[str]]]:
    filled = form.filled()
    bodies = [{name: [value] * len(held) for name, held in filled.items()} for value in HOSTILE]
    bodies += [{name: [] for name in filled}, {name: held * 3 for name, held in filled.items()}]
    bodies += [{**filled, each.name: [value]} for each in form.fields for value in around_the_limits(each)]
    bodies += [{**filled, name: ["x" * 300]} for name in filled]
    return bodies


def test_no_form_of_any_page_answers_with_a_fault(whole, alice, client_of):
    browser = client_of(alice)
    faults: Counter[tuple[str, int]] = Counter()
    sent, seen = 0, set()
    for _, address in ADDRESSES:
        page = browser.get(address)
        html = page.content.decode() if page.status_code == 200 and not page.streaming else ""
        for form in forms_of(address, html):
            key = (form.address, *sorted(form.filled()))
            if form.method != "post" or key in seen or form.address == "/log-out/":
                continue
            seen.add(key)
            for body in hostile_bodies(form):
                sent += 1
                if (code := status(browser, form.address, body_of(body))) >= 500:
                    faults[form.address, code] += 1
            for content_type in (f"{FORM}; charset=utf-16", f"{FORM}; charset=nonsense", "application/json", "x"):
                sent += 1
                if (code := status(browser, form.address, body_of(form.filled()), content_type)) >= 500:
                    faults[f"{form.address} {content_type}", code] += 1
    print(f"{len(seen)} forms, {sent} bodies")
    assert sent > 1_000
    assert dict(faults) == {}


def test_no_address_answers_a_query_or_an_empty_post_with_a_fault(whole, alice, client_of):
    browser = client_of(alice)
    browser.raise_request_exception = False
    faults = {}
    for _, address in ADDRESSES:
        for value in HOSTILE[:17]:
            query = urlencode(dict.fromkeys(QUERIES, value[:2_000]), errors="surrogatepass")
            with transaction.atomic():
                code = browser.get(f"{address}?{query}").status_code
                transaction.set_rollback(True)
            if code >= 500:
                faults[address, value[:20]] = code
        if (code := status(browser, address, b"")) >= 500:
            faults[address, "empty post"] = code
    assert faults == {}


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/log-in/", "/password-reset/", "/admin/login/"])
def test_no_form_of_a_stranger_answers_with_a_fault(address):
    faults = {}
    for value in HOSTILE:
        for names in (("username", "password"), ("email",), ("username", "password", "email", "token", "next")):
            code = status(Client(), address, body_of({name: [value] for name in names}))
            if code >= 500:
                faults[value[:20]] = code
    code = status(Client(), address, "username=ä&password=ä".encode("utf-16"), f"{FORM}; charset=utf-16")
    assert (faults, code < 500) == ({}, True)
