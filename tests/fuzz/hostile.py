"""What nobody should send, and how it is sent: what an answer wrote is undone."""

from typing import Any

from django.db import transaction
from django.test import Client

HOSTILE = [
    "", " ", "\x00", "\u200b", "\ud800", "é" * 300, "x" * 5_000, "9" * 5_000, "-1", "0", "1e400", "NaN", "٣", "²",
    "2026-13-45", "9999-12-31", "[" * 6_000, "/a{99999999999999999999}/", "<script>", '"\'`%s{}', "true", "null",
]  # fmt: skip
FORM = "application/x-www-form-urlencoded"


def answered(browser: Client, method: str, address: str, body: bytes = b"", content_type: str = FORM) -> Any:
    """The answer, be it a fault; what it wrote is undone, so that the next one finds the same rows."""
    browser.raise_request_exception = False
    with transaction.atomic():
        answer = browser.generic(method, address, body, content_type=content_type)
        transaction.set_rollback(True)
    return answer


def status(browser: Client, address: str, body: bytes, content_type: str = FORM) -> int:
    return int(answered(browser, "POST", address, body, content_type).status_code)


def query_was_read(answer: Any) -> bool:
    """Whether anything looked at the query: if not, another query is answered alike."""
    return "GET" in vars(answer.wsgi_request)


def body_was_read(answer: Any) -> bool:
    """Whether anything looked at the body: if not, another body of the same type is answered alike."""
    request = answer.wsgi_request
    return request._read_started or "_post" in vars(request)
