"""A file of entries that a program sends in a form: read at once, and refused as a whole where a row is bad."""

from io import BytesIO
from typing import Any, NamedTuple

from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.core.files.uploadhandler import TemporaryFileUploadHandler
from django.http import HttpRequest
from django.http.multipartparser import MultiPartParser, MultiPartParserError
from django.http.request import UnreadablePostError

from common.refusals import Refusal, Refusals, Refused
from common.requests.packed_bodies import PACKED, encoding_of
from common.tables.read import read_table
from common.tables.sent import check_sent
from common.web.refusals import in_row
from program.exception_lists.entries import Entry
from tracking.api.answers import Failure, invalid
from tracking.imports.layouts import EXCEPTION_LIST, REASON_COLUMN
from tracking.lists.reading import read_entry_row

from .schemas import MULTIPART

MOST_REFUSALS = 100
MOST_SENT = 100_000  # entries, which take a second or two
TOO_LONG = f"The file holds more than {MOST_SENT:,} entries: divide it, or upload it on the page."


class SentFile(NamedTuple):
    """The file of a form, and what was sent beside it."""

    name: str
    content: bytes
    params: dict[str, Any]

    @property
    def said(self) -> bytes:
        """What it says, however its form is written: each attempt of a client divides the parts in another way."""
        params = sorted((name, str(value)) for name, value in self.params.items())
        return f"{params}\n".encode() + self.content


def sends_file(request: HttpRequest) -> bool:
    return (request.content_type or "").lower() == MULTIPART


def read_file(request: HttpRequest) -> SentFile:
    """The one file of a form, as `File`. Raises Failure: 400, 413, 415."""
    if encoding := encoding_of(request):
        raise Failure(415, PACKED.format(encoding[:40]))
    try:
        sent = request.body  # kept, because an Idempotency-Key is compared with it
        form, files = MultiPartParser(request.META, BytesIO(sent), [TemporaryFileUploadHandler(request)]).parse()
    except RequestDataTooBig:
        raise Failure(413, "The file is larger than 5 MB: pack it as .csv.gz, or upload it on the page.") from None
    except UnreadablePostError:
        raise Failure(400, "The body is incomplete.") from None
    except (MultiPartParserError, SuspiciousOperation):
        raise Failure(400, "The body is not a form with one file.") from None
    found = [(name, each) for name, each in files.items() if name.casefold() == "file"]
    others = [name for name, _ in files.items() if name.casefold() != "file"]
    if len(found) != 1 or others:
        raise invalid([Refusal("File", "Send one file, as File.", "required")])
    file: Any = found[0][1]
    with file:
        return SentFile(file.name or "", file.read(), {name: form[name] for name in form})


def entries_of(file: SentFile) -> list[Entry]:
    """The entries of the file. Raises Failure 400 with every bad row, up to a hundred."""
    faults = Refusals()
    entries: dict[tuple[str, str], Entry] = {}
    first: dict[tuple[str, str], int] = {}
    try:
        check_sent(file.name, file.content)
        for number, row in read_table(file.content, file.name, layout=EXCEPTION_LIST):
            row.pop(REASON_COLUMN, None)
            try:
                entry = read_entry_row(row)
            except Refused as refused:
                faults.extend(in_row(number, refused))
            else:
                key = entry.match_mode, entry.key
                if first.setdefault(key, number) != number:
                    message = f"“{entry.value}” is already on row {first[key]}: keep one of the two rows."
                    faults.extend([Refusal("Value", message, "taken", number)])
                entries[key] = entry
            if len(entries) > MOST_SENT:
                raise Failure(413, TOO_LONG)
            if len(faults) >= MOST_REFUSALS:
                break
    except Refused as refused:
        raise invalid([each._replace(path="File") for each in refused]) from None
    if faults:
        raise invalid([each._replace(code="invalid") for each in faults])
    return list(entries.values())
