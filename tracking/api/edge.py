"""The API as addresses: signed in by its own credentials, and every answer JSON."""

import structlog
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver, path
from django.views.decorators.csrf import csrf_exempt
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, ValidationError
from ninja.openapi.docs import Swagger

from common.refusals import Refusal
from common.web.errors import AWAY, RETRY_AFTER, is_outage, note_outage

from .answers import Failure, failure_answer, invalid
from .conversions import router as conversions
from .credentials import Credentials
from .preview import router as preview
from .submissions import router as submissions

log = structlog.get_logger(__name__)

api = NinjaAPI(
    title="Brandboard API",
    version="1",
    description="Sign in with HTTP Basic: the AccountSID, and a token of Settings → API tokens.",
    auth=Credentials(),
    urls_namespace="tracking:api",
    docs_url="docs",
    docs=Swagger(settings={"deepLinking": False}),  # its links would be inside buttons
    openapi_url="openapi.json",
)
api.add_router("", conversions)
api.add_router("", submissions)
api.add_router("", preview)


@api.exception_handler(Failure)
def _failed(request: HttpRequest, failure: Failure) -> HttpResponse:
    return failure_answer(failure)


@api.exception_handler(AuthenticationError)
def _unknown(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
    message = "Sign in with HTTP Basic: the AccountSID and an API token that is in force."
    return failure_answer(Failure(401, message, headers={"WWW-Authenticate": 'Basic realm="Brandboard API"'}))


@api.exception_handler(ValidationError)
def _invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    return failure_answer(invalid(Refusal(str(bad["loc"][-1]), bad["msg"]) for bad in error.errors))


@api.exception_handler(SuspiciousOperation)
def _suspicious(request: HttpRequest, error: SuspiciousOperation) -> HttpResponse:
    """A request that Django refuses to read, such as a query of more fields than DATA_UPLOAD_MAX_NUMBER_FIELDS."""
    return failure_answer(Failure(400, "The request cannot be read."))


@api.exception_handler(Exception)
def _fault(request: HttpRequest, error: Exception) -> HttpResponse:
    if is_outage(error):
        note_outage(error)
        return failure_answer(Failure(503, AWAY, headers=RETRY_AFTER))
    log.exception("a request of the API failed", path=request.path)
    return failure_answer(Failure(500, "Something went wrong on our side; it has been logged."))


@csrf_exempt
@login_not_required
def not_found(request: HttpRequest, rest: str = "") -> HttpResponse:
    return failure_answer(Failure(404, "This address does not exist."))


def _edged(pattern: URLPattern | URLResolver) -> URLPattern:
    """The same address, outside of sessions, and with JSON where the framework answers plain text."""
    assert isinstance(pattern, URLPattern)
    view = pattern.callback

    @csrf_exempt
    @login_not_required
    def edged(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        try:
            response: HttpResponse = view(request, *args, **kwargs)
        except Http404:  # the framework's own page at the root
            return not_found(request)
        if response.status_code == 405:
            allowed = response["Allow"]
            response = failure_answer(Failure(405, f"Use {allowed} here.", headers={"Allow": allowed}))
        for name, value in getattr(request, "rate_limit", {}).items():
            response[name] = value
        return response

    pattern.callback = edged
    return pattern


urlpatterns = [*map(_edged, api.urls[0]), path("<path:rest>", not_found)]
