"""The answer to a request that failed: 503 while the database is down or full, else 500. Django calls this for errors
of middleware, views and templates. Only here are all of them seen: a session is read in a middleware, and the error of
a middleware has become an answer before the next one sees it.
"""

import errno
import sys

import psycopg
import structlog
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template import loader
from django.views import defaults

# A commit may have arrived although its answer did not: so the answer promises nothing about what was sent.
AWAY = "The database is not answering. What was sent may not be stored; send it again shortly."
RETRY_AFTER = {"Retry-After": "5"}
API = ("/Advertisers/", "/v1/")
NO_SPACE = (errno.ENOSPC, errno.EDQUOT)


def is_outage(error: BaseException | None) -> bool:
    """Tell whether an error says that the database is gone, starting or full, or a disk is full: temporary failures."""
    if isinstance(error, OperationalError | InterfaceError | psycopg.OperationalError):
        return True
    return isinstance(error, OSError) and error.errno in NO_SPACE


def note_outage(error: BaseException) -> None:
    """Add to the log line of the present request why it is answered 503."""
    structlog.contextvars.bind_contextvars(reason=str(error))


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer 400 where Django refuses a request before any view, such as for its Host; in the API's form there."""
    if request.path.startswith(API):
        return JsonResponse({"Status": "ERROR", "Message": "The request cannot be read."}, status=400)
    return defaults.bad_request(request, exception)


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer 503 for an outage, in the API's form under its addresses; 500 for anything else."""
    if not is_outage(sys.exc_info()[1]):
        return defaults.server_error(request)
    if request.path.startswith(API):
        return JsonResponse({"Status": "ERROR", "Message": AWAY}, status=503, headers=RETRY_AFTER)
    # Without the context processors: they would query the user.
    page = loader.get_template("503.html").render({"request": request})
    return HttpResponse(page, status=503, headers=RETRY_AFTER)
