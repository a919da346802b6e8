"""Whatever an address is asked with, the answer is a page, never a server error."""

from urllib.parse import urlencode

from django.db import transaction

from tests.fuzz.hostile import HOSTILE, status
from tests.test_architecture import ADDRESSES

QUERIES = ["page", "page_size", "sort", "q", "start", "end", "state", "partner", "event_type", "seen", "with", "event"]


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
