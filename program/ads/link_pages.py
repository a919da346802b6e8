"""Get link: a partner's link to an ad or to any page of the program's domains, to copy and as a QR code, and the pixel
that counts where the ad was seen.
"""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_safe

from common.web.lists import text_of
from program.access import program_for_view
from program.frame.request import ProgramRequest
from program.models import Ad, Partner

from .forms import LinkForm
from .links import click_link, default_ad, impression_code, link_picture


@require_safe
def link_build(request: ProgramRequest, program_id: int) -> HttpResponse:
    """What is chosen is in the address, so that a link can be kept and sent; while one types, the link alone comes."""
    program = program_for_view(request.principal, program_id)
    asked_partner, asked_ad = text_of(request, "partner"), text_of(request, "ad")
    partners = Partner.objects.filter(program=program, is_active=True)
    partner = partners.filter(media_partner_id=asked_partner).first() if asked_partner else None
    ads = Ad.objects.filter(program=program, is_active=True)
    is_number = asked_ad.isascii() and asked_ad.isdigit() and len(asked_ad) < 18
    ad = ads.filter(pk=int(asked_ad)).first() if is_number else None if asked_ad else default_ad(program)
    form = LinkForm(
        {**request.GET.dict(), "partner": asked_partner, "ad": asked_ad or (str(ad.pk) if ad else "")},
        program=program,
        partner=partner,
        ad=ad,
    )
    link, pixel = "", ""
    if form.is_valid() and partner and ad:
        partner.program = program
        link = click_link(partner=partner, ad=ad, deep_link=form.cleaned_data["deep_link"], carried=form.carried())
        pixel = impression_code(partner=partner, ad=ad, carried=form.carried())
    context: dict[str, Any] = {
        "form": form,
        "partner": partner,
        "ad": ad,
        "link": link,
        "pixel": pixel,
        "picture": mark_safe(link_picture(link)) if link else "",  # noqa: S308 (made by segno, of lines and no text)
        "leads_to": (form.cleaned_data.get("deep_link") or ad.landing_page) if link and ad else "",
        "has_ads": ad is not None or ads.exists(),
        "domains": program.landing_domains,
    }
    context["is_part"] = bool(request.htmx and not request.htmx.boosted)
    return render(request, "program/link_build.html" + ("#link" if context["is_part"] else ""), context)
