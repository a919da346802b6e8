"""The API as its own OpenAPI document describes it, and requests of schemathesis sent without a network."""

from functools import cache
from typing import Any, NamedTuple

import requests
import schemathesis
from django.db import transaction
from django.test import Client
from schemathesis.checks import not_a_server_error
from schemathesis.core.transport import Response
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

HOST = "http://testserver"
CHECKS = [
    not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance,
    response_headers_conformance,
]  # fmt: skip


class Answer(NamedTuple):
    """What came back, without what the request has written."""

    status: int
    headers: dict[str, str]
    content: bytes


@cache
def read_schema(address: str = "/Advertisers/openapi.json") -> Any:
    """The document as it is served: the same for everybody, and half a second's work each time."""
    return schemathesis.openapi.from_dict(Client().get(address).json())


def send(method: str, url: str, body: bytes = b"", headers: dict[str, str] | None = None) -> Answer:
    """Send a request and undo what it wrote, so that the next one finds the same rows."""
    rest = {name: value for name, value in (headers or {}).items() if name.casefold() not in KEPT_APART}
    kind = next((value for name, value in (headers or {}).items() if name.casefold() == "content-type"), "")
    with transaction.atomic():
        answer = Client(raise_request_exception=False).generic(method, url, body, content_type=kind, headers=rest)
        transaction.set_rollback(True)
    return Answer(answer.status_code, dict(answer.items()), answer.content)


KEPT_APART = ("content-type", "content-length", "cookie")


def send_case(case: Any, headers: dict[str, str]) -> Response:
    """Send a generated request as its bytes would travel. Raises what its answer has against the document."""
    request = requests.Request(**case.as_transport_kwargs(base_url=HOST, headers=headers)).prepare()
    body = request.body or b""
    sent = body.encode() if isinstance(body, str) else body
    answer = send(request.method or "", (request.url or "").removeprefix(HOST), sent, dict(request.headers))
    held = {name: [value] for name, value in answer.headers.items()}
    response = Response(answer.status, held, answer.content, request, elapsed=0.0, verify=False)
    case.validate_response(response, checks=CHECKS)
    return response
