"""Partners and customers by what was typed."""

from urllib.parse import urlencode

from django.db.models import Case, IntegerField, Q, Value, When
from django.urls import reverse

from common.formats.comparison import compared
from program.customers.search import searched
from program.models import Ad, Customer, Partner, Program, PromoCode
from program.models.customer import LATEST

from .sources import MOST, Found, Hit, with_more


def partners(program: Program, text: str) -> Found:
    """By any part of the name, partner id or e-mail, those that begin so first."""
    begins = Q(name__istartswith=text) | Q(media_partner_id__istartswith=text)
    order = Case(
        When(Q(media_partner_id=text) | Q(name__iexact=text), then=Value(0)),
        When(begins, then=Value(1)),
        default=Value(2),
        output_field=IntegerField(),
    )
    rows = Partner.objects.filter(program=program).matching(text).order_by(order, "name", "pk")[: MOST + 1]
    hits = [
        Hit(
            row.name,
            reverse("reports:partner_detail", args=[program.pk, row.pk]),
            detail=row.media_partner_id + ("" if row.is_active else ", not active"),
            icon="partners",
            is_exact=text.casefold() in (row.media_partner_id.casefold(), row.name.casefold()),
        )
        for row in rows
    ]
    return with_more("Partners", hits, _list("program:partner_list", program, text))


def customers(program: Program, text: str) -> Found:
    """As their list finds them, those who ordered last first."""
    rows = searched(Customer.objects.known().filter(program=program), text).order_by(*LATEST)[: MOST + 1]
    hits = [
        Hit(
            row.customer_id,
            reverse("tracking:customer_detail", args=[program.pk, row.pk]),
            detail=row.name or row.email,
            icon="customers",
            is_exact=row.customer_id == text,
        )
        for row in rows
    ]
    return with_more("Customers", hits, _list("tracking:customer_list", program, text))


def ads(program: Program, text: str) -> Found:
    """By any part of the name, or by the id."""
    found = Q(name__icontains=text)
    if text.isascii() and text.isdigit() and len(text) < 18:
        found |= Q(pk=int(text))
    rows = Ad.objects.filter(found, program=program).order_by("name", "pk")[: MOST + 1]
    hits = [
        Hit(
            ad.name,
            reverse("program:ad_edit", args=[program.pk, ad.pk]),
            detail=f"Ad {ad.pk}" + ("" if ad.is_active else ", not active"),
            icon="link",
            is_exact=text.casefold() == ad.name.casefold(),
        )
        for ad in rows
    ]
    return with_more("Ads", hits, _list("program:ad_list", program, text))


def promo_codes(program: Program, text: str) -> Found:
    """By any part of the code, as codes are compared."""
    key = compared(text)
    codes = PromoCode.objects.filter(program=program, code_key__contains=key).select_related("partner", "group")
    rows = codes.order_by("code", "pk")[: MOST + 1] if key else ()
    hits = [
        Hit(
            row.code,
            reverse("program:promo_code_edit", args=[program.pk, row.pk]),
            detail=str(row.partner or row.group),
            icon="tag",
            is_exact=row.code_key == key,
        )
        for row in rows
    ]
    return with_more("Promo codes", hits, _list("program:promo_code_list", program, text))


def _list(view: str, program: Program, text: str) -> str:
    return f"{reverse(view, args=[program.pk])}?{urlencode({'q': text})}"
