"""Whatever is sent in another encoding than UTF-8 is refused in one way, on every page and in the API."""

import pytest
from django.test import Client

from tests.test_architecture import ADDRESSES

FORM = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data; boundary=x"
PUBLIC = ["/log-in/", "/log-in/code/", "/password-reset/", "/invitation/x/", "/admin/login/", "/nowhere/"]
BODY = "username=alice&password=anvil".encode("utf-16")
PART = b'--x\r\nContent-Disposition: form-data; name="username"\r\n\r\nalice\r\n--x--\r\n'


@pytest.mark.parametrize("charset", ["utf-16", "UTF-32", "utf-7", "latin-1", "cp037", "rot13", "zlib", "idna", "none"])
@pytest.mark.parametrize(("kind", "body"), [(FORM, BODY), (MULTIPART, PART)], ids=["form", "multipart"])
def test_every_page_answers_415(db, charset, kind, body):
    browser = Client(enforce_csrf_checks=True)
    for path in (*PUBLIC, *sorted({address for _, address in ADDRESSES})):
        answer = browser.generic("POST", path, body, content_type=f"{kind}; charset={charset}")
        assert (answer.status_code, answer["Content-Type"]) == (415, "text/plain; charset=utf-8"), path
        assert answer.content.startswith(b"Send this in UTF-8")


@pytest.mark.parametrize("kind", [FORM, "application/json"])
def test_the_api_answers_415_in_its_own_form(db, kind):
    answer = Client().generic("POST", "/Advertisers/BB/Conversions", BODY, content_type=f"{kind}; charset=utf-16")
    assert answer.status_code == 415
    assert answer.json() == {
        "Status": "ERROR",
        "Message": "Send this in UTF-8: other encodings are not supported. Nothing was stored.",
    }


def test_a_query_is_read_in_no_other_encoding_either(db):
    assert Client().get("/log-in/?next=/", headers={"content-type": "text/plain; charset=utf-16"}).status_code == 415


@pytest.mark.parametrize("charset", ["utf-8", "UTF8", "us-ascii", '"utf-8"'])
def test_utf_8_is_read_however_it_is_spelt(alice, charset):
    body = b"username=alice&password=anvil"
    assert Client().generic("POST", "/log-in/", body, content_type=f"{FORM}; charset={charset}").status_code == 302
