"""How much of a request's body pages accept, decided before anything reads it, even CSRF for its token."""

from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl

from django.core.exceptions import SuspiciousOperation, TooManyFieldsSent
from django.core.files.uploadhandler import FileUploadHandler, MemoryFileUploadHandler, StopUpload
from django.core.files.uploadhandler import TemporaryFileUploadHandler as OnDisk
from django.http import HttpRequest, HttpResponse, QueryDict
from django.http.multipartparser import MultiPartParserError
from django.utils.datastructures import MultiValueDict

LONGEST_QUERY = 4_000  # characters of a page's address after the question mark, which its links repeat
ROWS = 50_000  # fields of a form in which rows of a list are ticked or ordered

type View = Callable[..., HttpResponse]


def takes_files[V: View](most: int) -> Callable[[V], V]:
    """Mark a view that accepts files of members, up to so many bytes in a request; other views get none.

    The view asks `is_too_large(request)` once it has read the form.
    """

    def mark(view: V) -> V:
        view.most_file_bytes = most  # type: ignore[attr-defined]
        return view

    return mark


def takes_rows[V: View](view: V) -> V:
    """Mark a view whose form has a field for each of many rows, beyond DATA_UPLOAD_MAX_NUMBER_FIELDS."""
    view.most_fields = ROWS  # type: ignore[attr-defined]
    return view


def is_too_large(request: HttpRequest) -> bool:
    """Whether the files of a request to a view of `takes_files` were more than it takes; the files are dropped."""
    return any(getattr(handler, "is_exceeded", False) for handler in request.upload_handlers)


class FormLimitsMiddleware:
    """Sets the bounds of a body by the view that it is for and by who sends it. Comes before CsrfViewMiddleware."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: View, args: Any, kwargs: Any) -> None:
        if request.path.startswith("/p/") and len(request.META.get("QUERY_STRING", "")) > LONGEST_QUERY:
            raise SuspiciousOperation("The address is longer than any that a page makes.")
        if request.method != "POST":
            return
        most_bytes = getattr(view, "most_file_bytes", 0)
        # A request without a log-in is redirected to the log-in page, and nothing of it is written before that.
        if most_bytes and request.user.is_authenticated:
            request.upload_handlers = [SizeLimit(most_bytes), MemoryFileUploadHandler(request), OnDisk(request)]
        else:
            request.upload_handlers = [NoFiles(request)]
        if (most := getattr(view, "most_fields", 0)) and request.content_type == "application/x-www-form-urlencoded":
            _read_form(request, most)


class SizeLimit(FileUploadHandler):
    """Stops keeping files where they grow beyond the bound, all of a request together; the rest is dropped."""

    def __init__(self, most: int) -> None:
        super().__init__()
        self.most = most
        self.size = 0
        self.is_exceeded = False

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        self.size += len(raw_data)
        if self.size > self.most:
            self.is_exceeded = True
            raise StopUpload(connection_reset=False)
        return raw_data

    def file_complete(self, file_size: int) -> None:
        return None


class NoFiles(FileUploadHandler):
    """Refuses a form with a file in it, at the head of the file: it is neither read nor stored."""

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        raise MultiPartParserError("This address accepts no files.")

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        return None

    def file_complete(self, file_size: int) -> None:
        return None


def _read_form(request: Any, most: int) -> None:
    """Read the request's form with more fields than Django would. Raises TooManyFieldsSent, which is a 400."""
    try:
        pairs = parse_qsl(request.body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=most)
    except ValueError:
        raise TooManyFieldsSent(f"This address accepts at most {most:,} fields.") from None
    form = QueryDict(mutable=True)
    for name, value in pairs:
        form.appendlist(name, value)
    form._mutable = False
    request._post, request._files = form, MultiValueDict()
