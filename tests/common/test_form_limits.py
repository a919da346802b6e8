"""What a page reads of a request's body: bounded before anybody looks into it, by the page and by who sends it."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import URLResolver, get_resolver

UPLOADS = "/p/1000/transactions/uploads/"


def views(resolver: URLResolver) -> list[Any]:
    found = []
    for each in resolver.url_patterns:
        found += views(each) if isinstance(each, URLResolver) else [each.callback]
    return found


def file_of(size: int) -> SimpleUploadedFile:
    return SimpleUploadedFile("orders.csv", b"x" * size)


@pytest.fixture
def kept(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the files that were made for what was sent."""
    made: list[str] = []
    monkeypatch.setattr(
        "django.core.files.uploadedfile.TemporaryUploadedFile.__init__",
        lambda self, name, *args, **kwargs: made.append(name),
    )
    return made


def test_two_views_take_files_and_no_other():
    taking = {view.__name__ for view in views(get_resolver()) if hasattr(view, "most_file_bytes")}
    assert taking == {"upload_create", "group_import"}


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/log-in/", UPLOADS + "new/"])
def test_a_file_of_a_stranger_is_not_written_to_disk(kept, brand, address):
    client = Client(enforce_csrf_checks=True)
    client.get("/log-in/")  # for the cookie without which no body is read
    assert client.post(address, {"file": file_of(3_000_000)}).status_code == 400
    assert kept == []


@pytest.mark.django_db
def test_a_file_sent_to_a_page_that_takes_none_is_refused(kept, client_of, alice):
    response = client_of(alice).post("/p/1000/partners/new/", {"name": "A", "file": file_of(3_000_000)})
    assert response.status_code == 400
    assert kept == []


@pytest.mark.django_db
def test_one_file_is_taken_in_a_request(client_of, alice):
    response = client_of(alice).post(UPLOADS + "new/", {"kind": "CONVERSIONS", "file": file_of(9), "more": file_of(9)})
    assert response.status_code == 400


@pytest.mark.django_db
def test_a_form_of_a_page_has_at_most_a_thousand_fields(client_of, alice):
    client = client_of(alice)
    assert client.post("/p/1000/partners/new/", {str(n): "" for n in range(1_001)}).status_code == 400
    assert client.post("/p/1000/partners/new/", {str(n): "" for n in range(999)}).status_code == 422
