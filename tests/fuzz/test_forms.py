"""Whatever a member sends to any form, the answer is a page, never a server error."""

from collections import Counter
from urllib.parse import urlencode

import pytest
from django.test import Client

from tests.fuzz.hostile import FORM, HOSTILE, answered, body_was_read, status
from tests.fuzz.page_forms import Field, PageForm, forms_of
from tests.test_architecture import ADDRESSES


def body_of(sent: dict[str, list[str]]) -> bytes:
    return urlencode(sent, doseq=True, errors="surrogatepass").encode()


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
                answer = answered(browser, "POST", form.address, body_of(body))
                if answer.status_code >= 500:
                    faults[form.address, answer.status_code] += 1
                if not body_was_read(answer):
                    break
            for content_type in (f"{FORM}; charset=utf-16", f"{FORM}; charset=nonsense", "application/json", "x"):
                sent += 1
                if (code := status(browser, form.address, body_of(form.filled()), content_type)) >= 500:
                    faults[f"{form.address} {content_type}", code] += 1
    print(f"{len(seen)} forms, {sent} bodies")
    assert sent > 1_000
    assert dict(faults) == {}


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
