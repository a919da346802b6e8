"""The public addresses of links and impression pixels. They know no session; what a stranger sends is bounded."""

from collections.abc import Callable
from typing import NamedTuple

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.template import loader
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from common.observability.counters import count
from common.refusals import Refused
from common.requests.client_address import client_address
from program.ads.landing import landing_address
from tracking.journeys.click_ids import new_click_id, written_click_id
from tracking.models import Step
from tracking.visitors.derived import derived_values, kept_ip, referral_derived
from tracking.visitors.limits import is_within_limit
from tracking.visitors.not_counted import not_counted
from tracking.visitors.profiles import Profile, keep_profile, profile_of
from tracking.visitors.unique_visitors import visitor_of

from .click_id import with_click_id
from .links import DatabaseAway, Link, Names, Unknown, current_link, link_of, read_link
from .parameters import LONGEST_ADDRESS, bounded, facts_of
from .pixel import pixel_answer
from .stored_steps import NewStep, Outcome, store_step

TRIES = 3  # while the account's audit log grows under us; the last asks no more whether it has
# Our own headers for pages would have the shop lose the referrer and its opener.
PASSING_ON = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer-when-downgrade",
    "Cross-Origin-Opener-Policy": "unsafe-none",
}

type View = Callable[[HttpRequest, Names], HttpResponse]


class Stored(NamedTuple):
    """A step that was kept, where its visitor is led, and whose it is."""

    step: NewStep
    target: str
    profile: Profile


def _public(view: View) -> Callable[..., HttpResponse]:
    """A view of a link's names, for GET and HEAD; what it raises is answered by a plain page."""

    @csrf_exempt
    @login_not_required
    def answered(request: HttpRequest, partner: str, ad: str, program: str) -> HttpResponse:
        if request.method not in ("GET", "HEAD"):
            return HttpResponse(status=405, headers={"Allow": "GET, HEAD"})
        try:
            return view(request, Names(partner, ad, program))
        except Unknown:
            return _page(request, 404, "unknown")
        except Refused as refused:
            return _page(request, 400, "refused", str(refused))
        except DatabaseAway:
            return _page(request, 503, "away")

    return answered


@_public
def click(request: HttpRequest, names: Names) -> HttpResponse:
    """Record a click and lead on to the landing page, with the click's id in its address."""
    sent = next(iter(request.GET.getlist("u")), "")  # of several the first, as of every other parameter
    if not _is_recorded(request, names, Step.Kind.CLICK):
        return _lead_to(_target(current_link(names), sent))
    stored = _store(request, names, Step.Kind.CLICK, sent)
    if stored.step.not_counted == Step.NotCounted.PREFETCH:
        # Were it led on, the browser might show what it has fetched ahead, and the visitor's click would never come.
        return HttpResponse(status=503, headers={"Cache-Control": "no-store"})
    response = _lead_to(with_click_id(stored.target, written_click_id(stored.step.id)))
    keep_profile(response, request, stored.profile)
    return response


@_public
def impression(request: HttpRequest, names: Names) -> HttpResponse:
    """Record an impression; the answer is always the image."""
    try:
        if not _is_recorded(request, names, Step.Kind.IMPRESSION):
            current_link(names)
            return pixel_answer()
        stored = _store(request, names, Step.Kind.IMPRESSION, "")
    except Unknown:
        return pixel_answer(404)
    except DatabaseAway:
        return pixel_answer(503)
    response = pixel_answer()
    keep_profile(response, request, stored.profile)
    return response


def _is_recorded(request: HttpRequest, names: Names, kind: Step.Kind) -> bool:
    """Whether the request is kept: not where it only asks for headers, or its address has sent too many."""
    if request.method == "HEAD":
        return False
    if is_within_limit(request, names.program_id):
        return True
    count("brandboard_clicks", kind.lower(), "limited")
    return False


def _store(request: HttpRequest, names: Names, kind: Step.Kind, sent: str) -> Stored:
    """Store the step by the link as it is at that moment. Raises Unknown, Refused or DatabaseAway."""
    link = link_of(names)
    for tries_left in reversed(range(TRIES)):
        target = _target(link, sent) if kind == Step.Kind.CLICK else ""
        step, profile = _new_step(request, link, kind, target)
        outcome = store_step(step, link, as_of=link.position if tries_left else None)
        if outcome is not Outcome.OUTDATED:
            break
        link = read_link(names)
    count("brandboard_clicks", kind.lower(), outcome.value)
    return Stored(step, target, profile)


def _target(link: Link, sent: str) -> str:
    """The landing page: the one that the address names, else the ad's. Raises Refused where neither may be."""
    return landing_address(sent.strip() or link.ad.landing_page, link.program.landing_domains)


def _new_step(request: HttpRequest, link: Link, kind: Step.Kind, target: str) -> tuple[NewStep, Profile]:
    now, program = timezone.now(), link.program
    agent, address = request.META.get("HTTP_USER_AGENT", ""), client_address(request) or ""
    derived = derived_values(user_agent=agent, hints=request.headers, ip_address=address)
    profile = profile_of(request, program.pk)
    facts = {
        **_of_ad(link),
        **facts_of((name, values[0]) for name, values in request.GET.lists() if values),
        "ReferralLandingPage": bounded(target, LONGEST_ADDRESS),
    }
    if (
        may_be_told := request.META.get("HTTP_SEC_GPC") != "1"
    ):  # else what the link says is kept, of the visitor nothing
        facts |= referral_derived(derived)
        facts["ReferralUrl"] = bounded(request.META.get("HTTP_REFERER", ""), LONGEST_ADDRESS)
    step = NewStep(
        id=new_click_id(now),
        at=now,
        program_id=program.pk,
        kind=kind,
        partner_id=link.partner_id,
        ad_id=link.ad.pk,
        profile=profile.id,
        visitor=visitor_of(request, profile, program.pk),
        not_counted=not_counted(request, derived) or "",
        facts={name: value for name, value in facts.items() if value},
        ip_address=kept_ip(address, program) if may_be_told else "",
    )
    return step, profile


def _of_ad(link: Link) -> dict[str, str]:
    ad = link.ad
    return {"ReferralAd": f"{ad.name} ({ad.pk})", "ReferralDeal": ad.deal, "ReferralSku": ad.sku}


def _lead_to(address: str) -> HttpResponse:
    return HttpResponse(status=302, headers={"Location": address, **PASSING_ON})


def _page(request: HttpRequest, status: int, why: str, detail: str = "") -> HttpResponse:
    """A page for the visitor. Without the context processors: they would ask who is signed in."""
    page = loader.get_template("tracking/link_refused.html").render({"request": request, "why": why, "detail": detail})
    headers = {"Cache-Control": "no-store"} | ({"Retry-After": "5"} if status == 503 else {})
    return HttpResponse(page, status=status, headers=headers)
