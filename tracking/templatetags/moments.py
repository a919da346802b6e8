"""Moments beside a head or a line that names their time zone."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django import template

from program.templatetags.brandboard import day

register = template.Library()


@register.filter
def unzoned(value: datetime, zone: ZoneInfo) -> str:
    """A moment as 21 Nov 2026, 09:40, for a column whose head names the zone."""
    return f"{day(value, zone)}, {value.astimezone(zone):%H:%M}"


@register.filter
def clock(value: datetime, zone: ZoneInfo) -> str:
    """The time of day with its zone, as 09:40 GMT."""
    local = value.astimezone(zone)
    return f"{local:%H:%M} {zone_name(local)}"


@register.filter
def to_the_second(value: datetime, zone: ZoneInfo) -> str:
    """The time of day with its zone, as 09:40:27 GMT."""
    local = value.astimezone(zone)
    return f"{local:%H:%M:%S} {zone_name(local)}"


def zone_name(local: datetime) -> str:
    """The zone's abbreviation; one without is named UTC+03."""
    name = local.tzname() or ""
    return "UTC" + name if name[:1] in "+-" else name
