"""Bodies of requests: a form or a JSON object, read strictly, into parameters by name."""

import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qsl

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest
from django.http.request import UnreadablePostError

from common.refusals import Refusal, Refused
from common.requests.packed_bodies import PACKED, encoding_of

from .answers import Failure, invalid

FORM = "application/x-www-form-urlencoded"
JSON = "application/json"
LONGEST_KEY = 255
LONGEST_NUMBER = 64  # digits, as of any number of an order
MAX_FIELDS = 70_000  # an order of 5,000 items with a dozen parameters each


def read_body(request: HttpRequest) -> dict[str, Any]:
    """The parameters of a form or JSON body. Raises Failure: 400, 413, 415."""
    kind = (request.content_type or "").lower()
    if kind not in (FORM, JSON):
        raise Failure(415, f"Send the body as {FORM} or {JSON}.")
    text = _text(request)
    return _read_json(text) if kind == JSON else _read_form(text)


def _text(request: HttpRequest) -> str:
    if encoding := encoding_of(request):
        raise Failure(415, PACKED.format(encoding[:40]))
    try:
        return request.body.decode("utf-8-sig")
    except RequestDataTooBig:
        raise Failure(413, "The body is too large; send one order at a time, or upload a file.") from None
    except UnreadablePostError:
        raise Failure(400, "The body is incomplete.") from None
    except UnicodeDecodeError:
        raise Failure(400, "The body is not UTF-8.") from None


def read_document(request: HttpRequest) -> dict[str, Any]:
    """A JSON body that holds a terms document, whose whole numbers are such. Raises Failure."""
    if (request.content_type or "").lower() != JSON:
        raise Failure(415, f"Send the body as {JSON}.")
    return _read_json(_text(request), whole=_whole)


def _read_json(text: str, *, whole: Callable[[str], Any] = Decimal) -> dict[str, Any]:
    # Decimal and not int: Python refuses to read integers of more than 4,300 digits, with an error of its own.
    try:
        body = json.loads(text, parse_float=Decimal, parse_int=whole, object_pairs_hook=_once, parse_constant=_refuse)
    except Refused as refused:
        raise invalid(refused) from None
    except RecursionError:
        raise Failure(400, "The body is nested too deeply.") from None
    except ValueError as error:
        raise Failure(400, f"The body is not JSON: {error}.") from None
    if not isinstance(body, dict):
        raise Failure(400, "Send one JSON object.")
    return body


def _whole(digits: str) -> int:
    """A whole number of a document; Python would refuse very long ones with a message of its own."""
    if len(digits) > LONGEST_NUMBER:
        raise ValueError(f"a number has more than {LONGEST_NUMBER} digits")
    return int(digits)


def _refuse(constant: str) -> None:
    """JSON has no NaN and no Infinity, although Python's reader takes them."""
    raise ValueError(f"{constant} is not a JSON value")


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """The pairs as a dict; a name sent twice with different values is refused as ambiguous."""
    read: dict[str, Any] = {}
    twice = {name for name, value in pairs if read.setdefault(name, value) != value}
    if twice:
        raise Refused(*(
            Refusal(name[:80], "Was sent twice with different values; send it once.") for name in sorted(twice)
        ))  # fmt: skip
    return read


def _read_form(text: str) -> dict[str, Any]:
    try:
        return _once(parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=MAX_FIELDS))
    except Refused as refused:
        raise invalid(refused) from None
    except UnicodeDecodeError:
        raise Failure(400, "The body is not UTF-8.") from None
    except ValueError:
        raise Failure(413, f"The body has more than {MAX_FIELDS:,} fields.") from None


def idempotency_key(request: HttpRequest) -> str | None:
    """The key by which a request is done once, however often it is sent; None without one. Raises Failure 400."""
    key = request.headers.get("Idempotency-Key", "").strip()
    if len(key) > LONGEST_KEY:
        raise invalid([Refusal("Idempotency-Key", f"Is {len(key)} characters long; send at most {LONGEST_KEY}.")])
    if "\x00" in key:
        raise invalid([Refusal("Idempotency-Key", "Contains a NUL character; remove it.")])
    return key or None
