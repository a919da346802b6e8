"""Whatever an address is asked with, the answer is a page, never a server error."""

from urllib.parse import urlencode

from tests.fuzz.hostile import HOSTILE, answered, query_was_read, status
from tests.test_architecture import ADDRESSES

QUERIES = ["page", "page_size", "sort", "q", "start", "end", "state", "partner", "event_type", "seen", "with", "event"]


def test_no_address_answers_a_query_or_an_empty_post_with_a_fault(whole, alice, client_of):
    browser = client_of(alice)
    faults, read = {}, 0
    for _, address in ADDRESSES:
        for number, value in enumerate(HOSTILE[:17]):
            query = urlencode(dict.fromkeys(QUERIES, value[:2_000]), errors="surrogatepass")
            answer = answered(browser, "GET", f"{address}?{query}")
            if answer.status_code >= 500:
                faults[address, value[:20]] = answer.status_code
            if number == 1 and not query_was_read(answer):
                break
        else:
            read += 1
        if (code := status(browser, address, b"")) >= 500:
            faults[address, "empty post"] = code
    assert faults == {}
    assert read > 50
