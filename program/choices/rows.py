"""Rows of a program to choose from. Reports name them by ids, codes and names of their own, lists by row numbers."""

from typing import Any

from django.db.models import Case, IntegerField, Q, QuerySet, Value, When

from program.models import Ad, CustomerTag, EventType, ExceptionList, Partner, PartnerGroup, Program
from program.models.event_type import CustomerStatusMapping

from .kinds import MOST, Choice, matching

STATUSES = ("New", "Existing", "Re-Engaged")
OTHER = "OTHER"


def partners(program: Program, text: str, start: int) -> list[Choice]:
    """By their partner id."""
    return [Choice(row.media_partner_id, row.name, _told(row)) for row in _partners(program, text, start)]


def partner_numbers(program: Program, text: str, start: int) -> list[Choice]:
    return [Choice(str(row.pk), row.name, _told(row)) for row in _partners(program, text, start)]


def active_partners(program: Program, text: str, start: int) -> list[Choice]:
    rows = _partners(program, text, start, is_active=True)
    return [Choice(row.media_partner_id, row.name, _told(row)) for row in rows]


def partner_groups(program: Program, text: str, start: int) -> list[Choice]:
    """By their name."""
    groups = _named(PartnerGroup.objects.filter(program=program), text, start)
    return [Choice(group.name, group.name) for group in groups]


def partner_group_numbers(program: Program, text: str, start: int) -> list[Choice]:
    groups = _named(PartnerGroup.objects.filter(program=program), text, start)
    return [Choice(str(group.pk), group.name) for group in groups]


def active_ads(program: Program, text: str, start: int) -> list[Choice]:
    """By their number, which is in every link."""
    ads = _named(Ad.objects.filter(program=program, is_active=True), text, start, "landing_page")
    return [Choice(str(ad.pk), ad.name, ad.get_kind_display()) for ad in ads]


def ad_numbers(program: Program, text: str, start: int) -> list[Choice]:
    ads = _named(Ad.objects.filter(program=program), text, start, "landing_page")
    return [Choice(str(ad.pk), ad.name, ad.get_kind_display() + ("" if ad.is_active else ", not active")) for ad in ads]


def event_types(program: Program, text: str, start: int) -> list[Choice]:
    """By their code."""
    rows = _named(EventType.objects.filter(program=program), text, start, "code")
    return [Choice(row.code, row.name, row.code) for row in rows]


def event_type_numbers(program: Program, text: str, start: int) -> list[Choice]:
    rows = _named(EventType.objects.filter(program=program), text, start, "code")
    return [Choice(str(row.pk), row.name, row.code) for row in rows]


def active_event_types(program: Program, text: str, start: int) -> list[Choice]:
    rows = _named(EventType.objects.filter(program=program, is_active=True), text, start, "code")
    return [Choice(str(row.pk), row.name, row.code) for row in rows]


def customer_statuses(program: Program, text: str, start: int) -> list[Choice]:
    """New, Existing, Re-Engaged, the brand's own, and Other."""
    mapped = CustomerStatusMapping.objects.filter(program=program).values_list("category", flat=True)
    own = sorted(set(mapped) - set(STATUSES))
    choices = [Choice(name, name) for name in (*STATUSES, *own)] + [Choice(OTHER, "Other")]
    return matching([(choice, []) for choice in choices], text, start)


def customer_tags(program: Program, text: str, start: int) -> list[Choice]:
    tags = _named(CustomerTag.objects.filter(program=program), text, start)
    return [Choice(str(tag.pk), tag.name) for tag in tags]


def open_exception_lists(program: Program, text: str, start: int) -> list[Choice]:
    """Those whose entries can be changed, by number."""
    lists = _named(ExceptionList.objects.filter(program=program, closed_at=None), text, start)
    return [Choice(str(each.pk), each.name, each.get_kind_display()) for each in lists]


def _partners(program: Program, text: str, start: int, **only: Any) -> "QuerySet[Partner]":
    rows = Partner.objects.filter(program=program, **only).only("media_partner_id", "name", "is_active")
    return _named(rows, text, start, "media_partner_id", "email")


def _named[Row: Any](rows: "QuerySet[Row]", text: str, start: int, *more: str) -> "QuerySet[Row]":
    """Those whose name, or one of `more`, contains the text in any letter case, those that begin so first."""
    if text:
        fields = ("name", *more)
        is_it, begins, holds = Q(), Q(), Q()
        for field in fields:
            is_it |= Q(**{f"{field}__iexact": text})
            begins |= Q(**{f"{field}__istartswith": text})
            holds |= Q(**{f"{field}__icontains": text})
        order = Case(
            When(is_it, then=Value(0)), When(begins, then=Value(1)), default=Value(2), output_field=IntegerField()
        )
        rows = rows.filter(holds).order_by(order, "name", "pk")
    else:
        rows = rows.order_by("name", "pk")
    return rows[start : start + MOST + 1]


def _told(partner: Partner) -> str:
    return partner.media_partner_id + ("" if partner.is_active else ", not active")
