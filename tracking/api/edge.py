"""The APIs as addresses: signed in by their own credentials, and every answer JSON. Beside the platform's there is a
small one for clients of Partnero.
"""

from collections.abc import Callable

import structlog
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver, re_path
from django.views.decorators.csrf import csrf_exempt
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, ValidationError
from ninja.openapi.docs import Swagger

from common.refusals import Refusal
from common.web.errors import AWAY, RETRY_AFTER, is_outage, note_outage

from .ads.ads import router as ads
from .ads.promo_codes import router as promo_codes
from .answers import Failure, failure_answer, invalid, plain_answer
from .conversions import router as conversions
from .credentials import Bearer, Credentials
from .customers.customers import router as customers
from .customers.partnero import router as partnero
from .customers.taggings import router as taggings
from .customers.tags import router as tags
from .exception_lists import items, lists
from .preview import router as preview
from .submissions import router as submissions

log = structlog.get_logger(__name__)

type Answering = Callable[[Failure], HttpResponse]
SIGN_IN = {
    "basic": (
        "Sign in with HTTP Basic: the AccountSID and an API token that is in force.",
        'Basic realm="Brandboard API"',
    ),
    "bearer": ("Send Authorization: Bearer, with an API token that is in force.", 'Bearer realm="Brandboard API"'),
}
DOCS = Swagger(settings={"deepLinking": False})  # its links would be inside buttons

api = NinjaAPI(
    title="Brandboard API",
    version="1",
    description="Sign in with HTTP Basic: the AccountSID, and a token of Settings → API tokens.",
    auth=Credentials(),
    urls_namespace="tracking:api",
    docs_url="docs",
    docs=DOCS,
    openapi_url="openapi.json",
)
LISTS = (lists.router, lists.promo_code_router, items.router, items.promo_code_router)
for router in (conversions, submissions, preview, customers, tags, taggings, ads, promo_codes, *LISTS):
    api.add_router("", router)

v1 = NinjaAPI(
    title="Brandboard API for clients of Partnero",
    version="1",
    description="Send Authorization: Bearer, with a token of Settings → API tokens.",
    auth=Bearer(),
    urls_namespace="tracking:v1",
    docs_url="docs",
    docs=DOCS,
    openapi_url="openapi.json",
)
v1.add_router("", partnero)


def _answer_failures(served: NinjaAPI, answer: Answering, sign_in: str) -> None:
    """Have every exception of these operations answered in one form."""
    message, scheme = SIGN_IN[sign_in]

    @served.exception_handler(Failure)
    def failed(request: HttpRequest, failure: Failure) -> HttpResponse:
        return answer(failure)

    @served.exception_handler(AuthenticationError)
    def unknown(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
        return answer(Failure(401, message, headers={"WWW-Authenticate": scheme}))

    @served.exception_handler(ValidationError)
    def not_valid(request: HttpRequest, error: ValidationError) -> HttpResponse:
        return answer(invalid(Refusal(str(bad["loc"][-1]), bad["msg"]) for bad in error.errors))

    @served.exception_handler(SuspiciousOperation)
    def suspicious(request: HttpRequest, error: SuspiciousOperation) -> HttpResponse:
        """A request that Django refuses to read, such as a query of more fields than DATA_UPLOAD_MAX_NUMBER_FIELDS."""
        return answer(Failure(400, "The request cannot be read."))

    @served.exception_handler(Exception)
    def fault(request: HttpRequest, error: Exception) -> HttpResponse:
        if is_outage(error):
            note_outage(error)
            return answer(Failure(503, AWAY, headers=RETRY_AFTER))
        log.exception("a request of the API failed", path=request.path)
        return answer(Failure(500, "Something went wrong on our side; it has been logged."))


_answer_failures(api, failure_answer, "basic")
_answer_failures(v1, plain_answer, "bearer")


@csrf_exempt
@login_not_required
def not_found(request: HttpRequest, *, answer: Answering = failure_answer) -> HttpResponse:
    return answer(Failure(404, "This address does not exist."))


def _edged(pattern: URLPattern | URLResolver, answer: Answering) -> URLPattern:
    """The same address, outside of sessions, and with JSON where the framework answers plain text."""
    assert isinstance(pattern, URLPattern)
    view = pattern.callback

    @csrf_exempt
    @login_not_required
    def edged(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        try:
            response: HttpResponse = view(request, *args, **kwargs)
        except Http404:  # the framework's own page at the root
            return not_found(request, answer=answer)
        if response.status_code == 405:
            allowed = ", ".join(sorted(response["Allow"].split(", ")))
            response = answer(Failure(405, f"Use {allowed} here.", headers={"Allow": allowed}))
        for name, value in getattr(request, "rate_limit", {}).items():
            response[name] = value
        return response

    pattern.callback = edged
    return pattern


def _addresses(served: NinjaAPI, answer: Answering) -> list[URLPattern]:
    edged = [_edged(pattern, answer) for pattern in served.urls[0]]
    return [*edged, re_path(r"[\s\S]+\Z", not_found, {"answer": answer})]  # the path converter ends at a line break


urlpatterns = _addresses(api, failure_answer)
v1_urlpatterns = _addresses(v1, plain_answer)
