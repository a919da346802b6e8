"""What nobody should send, and how it is sent: what an answer wrote is undone."""

from django.db import transaction
from django.test import Client

HOSTILE = [
    "", " ", "\x00", "\u200b", "\ud800", "é" * 300, "x" * 5_000, "9" * 5_000, "-1", "0", "1e400", "NaN", "٣", "²",
    "2026-13-45", "9999-12-31", "[" * 6_000, "/a{99999999999999999999}/", "<script>", '"\'`%s{}', "true", "null",
]  # fmt: skip
FORM = "application/x-www-form-urlencoded"


def status(browser: Client, address: str, body: bytes, content_type: str = FORM) -> int:
    """The answer's status; what it wrote is undone, so that the next one finds the same rows."""
    browser.raise_request_exception = False
    with transaction.atomic():
        answer = browser.generic("POST", address, body, content_type=content_type)
        transaction.set_rollback(True)
    return answer.status_code
