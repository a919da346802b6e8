"""Error answers: one shape for every failure."""

from collections.abc import Iterable, Mapping

from django.http import JsonResponse

from common.refusals import Refusal
from common.web.refusals import to_errors


class Failure(Exception):
    """Raised anywhere while a request of the API is handled; becomes the answer."""

    def __init__(
        self,
        status: int,
        message: str,
        errors: Iterable[Refusal] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        self.status = status
        self.errors = list(errors)
        self.headers = dict(headers or {})
        super().__init__(message)


def invalid(errors: Iterable[Refusal]) -> Failure:
    """400 with every bad field at once."""
    return Failure(400, "Validation Failed", errors)


def plain_answer(failure: Failure) -> JsonResponse:
    """The shape that Partnero's clients expect: messages by field, and 422 wherever a field is wrong."""
    body: dict[str, object] = {"status": 0, "message": str(failure)}
    status = failure.status
    if failure.errors:
        by_field: dict[str, list[str]] = {}
        for each in failure.errors:
            by_field.setdefault(each.path, []).append(each.message)
        body["errors"] = by_field
        status = 422 if status in (400, 409) else status
    return JsonResponse(body, status=status, headers=failure.headers)


def failure_answer(failure: Failure) -> JsonResponse:
    body: dict[str, object] = {"Status": "ERROR", "Message": str(failure)}
    if failure.errors:
        body["Errors"] = to_errors(failure.errors)
    return JsonResponse(body, status=failure.status, headers=failure.headers)
