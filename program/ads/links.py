"""Links that partners give to their visitors: to an ad's landing page, or to any other of the program's domains."""

import io
from collections.abc import Mapping
from urllib.parse import quote, urlencode

import segno
from django.conf import settings
from django.utils.html import escape

from common.refusals import Refusal, Refused
from program.models import Ad, Partner, Program

from .landing import landing_address

# What a link may carry beside its partner and ad, by the names of its query parameters.
CARRIED = ("subId1", "subId2", "subId3", "sharedid")


def allowed_address(program: Program, text: str, path: str = "") -> str:
    """The address as links lead there. Raises Refused, with what to do about a domain that is not the program's."""
    try:
        return landing_address(text, program.landing_domains)
    except Refused as refused:
        (refusal,) = refused
        message = refusal.message
        if refusal.code == "unknown":
            known = ", ".join(program.landing_domains[:5])
            message = f"The domain {message}"
            message += f" These are: {known}." if known else " There are none yet."
            message += " An administrator adds others under Settings → Links and visitors."
        raise Refused(Refusal(path, message, refusal.code)) from None


def click_link(*, partner: Partner, ad: Ad, deep_link: str = "", carried: Mapping[str, str] | None = None) -> str:
    """The address that records a click of this partner on this ad, and leads on."""
    place = f"{settings.BASE_URL}/c/{_place(partner, ad)}"
    sent = {name: value for name, value in (carried or {}).items() if value}
    if deep_link:
        sent["u"] = deep_link
    return f"{place}?{urlencode(sent)}" if sent else place


def impression_code(*, partner: Partner, ad: Ad, carried: Mapping[str, str] | None = None) -> str:
    """The invisible image by which a partner's page reports that this ad was seen there."""
    address = f"{settings.BASE_URL}/i/{_place(partner, ad)}"
    sent = {name: value for name, value in (carried or {}).items() if value}
    return f'<img src="{escape(f"{address}?{urlencode(sent)}" if sent else address)}" width="1" height="1" alt="">'


def _place(partner: Partner, ad: Ad) -> str:
    return f"{quote(partner.media_partner_id, safe='')}/{ad.pk}/{partner.program_id}"


def default_ad(program: Program) -> Ad | None:
    """The ad of a partner's link that names no other: the first that was made of those that are active."""
    return Ad.objects.filter(program=program, is_active=True).order_by("pk").first()


def link_picture(link: str) -> str:
    """The link as a QR code: inline SVG, dark on light in either theme, as most readers want it. None of a link that is
    too long for one.
    """
    picture = io.BytesIO()
    try:
        code = segno.make(link, error="m", micro=False)
    except segno.DataOverflowError:
        return ""
    code.save(picture, kind="svg", border=4, light="white", xmldecl=False, svgclass="qr", lineclass=None, omitsize=True)
    return picture.getvalue().decode()
