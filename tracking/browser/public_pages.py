"""The public addresses of the conversion pixel and the tag. They know no session; what a stranger sends is bounded, and
any shop's page may send it.
"""

import json
from collections.abc import Callable
from functools import partial, wraps
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.request import UnreadablePostError
from django.views.decorators.csrf import csrf_exempt

from common.observability.counters import count
from common.requests.client_address import client_address
from common.web.errors import AWAY, RETRY_AFTER, is_outage, note_outage
from program.models import Program
from tracking.clicks.pixel import pixel_answer
from tracking.intake.parsing import is_agreed
from tracking.models.conversion import Source
from tracking.visitors.derived import derived_values
from tracking.visitors.limits import is_within_limit, may_claim
from tracking.visitors.not_counted import not_counted
from tracking.visitors.profiles import profile_of

from .names import read_pixel, read_tag
from .reports import Visitor, take_report
from .tag import KEPT_BY_BROWSERS, packed_tag, tag_of
from .visits import MOST_CLICKS, identify, profile_in, see_clicks, store_visit

LONGEST = 64 * 1024  # bytes of a body, as the web server takes from strangers: an order of some hundred items
CORS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Methods": "POST",
    "Access-Control-Allow-Headers": "Content-Type",
    "Access-Control-Max-Age": "86400",
    "Cache-Control": "no-store",
}

type Body = dict[str, Any]


@csrf_exempt
@login_not_required
def tag_file(request: HttpRequest) -> HttpResponse:
    """The tag of one program, `/tag.js?program=1000`; it holds how long the program's cookie lasts."""
    named = request.GET.get("program", "")
    text = tag_of(int(named)) if named.isascii() and named.isdigit() and len(named) <= 9 else None
    if text is None:
        return HttpResponse("// Unknown program.", status=404, content_type="text/javascript; charset=utf-8")
    headers = {
        "Cache-Control": f"public, max-age={KEPT_BY_BROWSERS}", "Vary": "Accept-Encoding",
        "Cross-Origin-Resource-Policy": "cross-origin",
    }  # fmt: skip
    content: str | bytes = text
    if "gzip" in request.headers.get("Accept-Encoding", ""):
        content, headers["Content-Encoding"] = packed_tag(text), "gzip"
    return HttpResponse(content, content_type="text/javascript; charset=utf-8", headers=headers)


@csrf_exempt
@login_not_required
def conversion_pixel(request: HttpRequest, event_type: str, program_id: int) -> HttpResponse:
    """Store the order that the address describes. The answer is always the image: a page shows nothing of it."""
    if request.method == "GET":
        try:
            _take_pixel(request, event_type, program_id)
        except Exception as error:
            if not is_outage(error):
                raise
            note_outage(error)
            return pixel_answer(503)
    return pixel_answer()


def _take_pixel(request: HttpRequest, event_type: str, program_id: int) -> None:
    if not is_within_limit(request, program_id):
        count("brandboard_browser_reports", "pixel", "limited")
        return
    program = _program(program_id)
    if program is None:
        return
    query = {name: values[0] for name, values in request.GET.lists() if values}
    is_test = query.pop("test", "") in ("1", "true")
    read = read_pixel(query)
    visitor = _visitor(request, agrees=is_agreed(read.params))
    if visitor.agrees and (profile := profile_of(request, program_id)).is_known:
        visitor = Visitor(agrees=True, profile=profile.id, derived=visitor.derived)
    take_report(program, event_type, read, source=Source.PIXEL, visitor=visitor, is_test=is_test)


type View = Callable[[HttpRequest, Program, Body], JsonResponse]


def _by_tag(view: View) -> Callable[..., HttpResponse]:
    """A view of what the tag sends from any page: a JSON object, whatever its Content-Type says."""

    @csrf_exempt
    @login_not_required
    @wraps(view)
    def answered(request: HttpRequest, program_id: int) -> HttpResponse:
        if request.method == "OPTIONS":
            return HttpResponse(status=204, headers=CORS)
        try:
            response = _answered(view, request, program_id)
        except Exception as error:
            if not is_outage(error):
                raise
            note_outage(error)
            response = _refused(503, AWAY)
            response["Retry-After"] = RETRY_AFTER["Retry-After"]
        for name, value in CORS.items():
            response[name] = value
        return response

    return answered


def _answered(view: View, request: HttpRequest, program_id: int) -> HttpResponse:
    if request.method != "POST":
        return HttpResponse(status=405, headers={"Allow": "OPTIONS, POST"})
    if not is_within_limit(request, program_id):
        count("brandboard_browser_reports", "tag", "limited")
        return _refused(429, "This address has sent too much in the last minute.")
    try:
        body = request.body
    except (RequestDataTooBig, UnreadablePostError):
        body = b"x" * (LONGEST + 1)
    if len(body) > LONGEST:
        return _refused(413, "The body is too large.")
    try:
        sent = json.loads(body.decode("utf-8-sig"), parse_constant=_refuse)
    except (ValueError, RecursionError):
        return _refused(400, "The body is not JSON.")
    if not isinstance(sent, dict):
        return _refused(400, "Send one JSON object.")
    program = _program(program_id)
    return view(request, program, sent) if program else _refused(404, "This is not a known program.")


def _refuse(constant: str) -> None:
    raise ValueError(constant)


def _refused(status: int, words: str) -> HttpResponse:
    return JsonResponse({"Status": "ERROR", "Message": words}, status=status)


def _program(program_id: int) -> Program | None:
    return Program.objects.select_related("account").filter(pk=program_id).first() if program_id < 2**31 else None


def _visitor(request: HttpRequest, *, agrees: bool, profile: str = "") -> Visitor:
    """Who sends the request. Global Privacy Control is a no, whatever the page says."""
    if not agrees or request.META.get("HTTP_SEC_GPC") == "1":
        return Visitor(agrees=False, profile="", derived={})
    derived = derived_values(
        user_agent=request.META.get("HTTP_USER_AGENT", ""),
        hints=request.headers,
        ip_address=client_address(request) or "",
    )
    return Visitor(agrees=True, profile=profile, derived=derived)


@_by_tag
def tag_conversion(request: HttpRequest, program: Program, body: Body) -> JsonResponse:
    """An order: `{"eventTypeId", "order": {…}, "consent", "profile", "clickIds", "test"}`."""
    order = body.get("order")
    if not isinstance(order, dict):
        return JsonResponse({"Status": "ERROR", "Message": "Send the order as an object."}, status=400)
    read = read_tag(order)
    agrees = body.get("consent", True) is True and is_agreed(read.params)
    visitor = _visitor(request, agrees=agrees, profile=profile_in(body.get("profile")))
    if visitor.agrees:
        clicks = body.get("clickIds")
        clicks = [each for each in clicks if isinstance(each, str)][:MOST_CLICKS] if isinstance(clicks, list) else []
        if clicks and not any(name.casefold() == "clickid" for name in read.params):
            read.params["ClickId"] = clicks[-1]
        see_clicks(program, visitor.profile, clicks)
    outcome = take_report(
        program, str(body.get("eventTypeId", ""))[:64], read, source=Source.TAG, visitor=visitor,
        is_test=body.get("test") is True,
    )  # fmt: skip
    told = [{"Field": each.field, "Message": each.why} for each in outcome.left_out]
    if outcome.number is None:
        errors = [{"Field": each.field, "Message": each.why} for each in outcome.refused]
        return JsonResponse({"Status": "ERROR", "Errors": errors, "LeftOut": told}, status=400)
    return JsonResponse({"Status": "QUEUED", "LeftOut": told})


@_by_tag
def tag_visit(request: HttpRequest, program: Program, body: Body) -> JsonResponse:
    """A landing: by a click of ours, or (`isUnpaid`) from a source that the page's address names."""
    visitor = _visitor(request, agrees=body.get("consent", True) is True, profile=profile_in(body.get("profile")))
    if visitor.agrees and visitor.profile:
        see_clicks(program, visitor.profile, body.get("clickIds") or [])
        page = body.get("page")
        if body.get("isUnpaid") and isinstance(page, str):
            store_visit(
                program, visitor.profile, page=page, referrer=str(body.get("referrer") or ""), derived=visitor.derived,
                not_counted=not_counted(request, visitor.derived) or "",
            )  # fmt: skip
    return JsonResponse({"Status": "OK"})


@_by_tag
def tag_identify(request: HttpRequest, program: Program, body: Body) -> JsonResponse:
    """Who the visitor is to the shop: `{"profile", "customerId", "customerEmail", "customProfileId"}`. Nothing is kept
    of it where the program takes that from orders alone.
    """
    visitor = _visitor(request, agrees=body.get("consent", True) is True, profile=profile_in(body.get("profile")))
    if visitor.agrees and visitor.profile and program.browsers_identify:
        see_clicks(program, visitor.profile, body.get("clickIds") or [])
        identify(program, visitor.profile, body, may_claim=partial(may_claim, request, program.pk))
    return JsonResponse({"Status": "OK"})
