"""Steps of journeys as rows, and orders that name nobody but their click, profile or customer."""

from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import connection
from psycopg.types.json import Jsonb

from tests.factories import make_conversion
from tracking.journeys.click_ids import new_click_id, written_click_id
from tracking.models import Action, Conversion
from tracking.pricing.batch import price_all

ORDERED = datetime(2026, 11, 20, 12, tzinfo=UTC)
_STORE = """
INSERT INTO tracking_step (id, at, program_id, kind, partner_id, ad_id, source, profile, visitor, not_counted, facts,
    ip_address) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, '', %s, %s, '203.0.113.7')
"""


def make_step(
    program: Any, partner: Any = None, *, days: float = 1, kind: str = "CLICK", profile: str = "", ad: Any = None,
    source: str = "", not_counted: str = "", **facts: str,
) -> str:  # fmt: skip
    """A step so many days before the order; its click id. Without a profile it has one of its own."""
    at = ORDERED - timedelta(days=days)
    click = new_click_id(at)
    values = [
        click, at, program.pk, kind, partner and partner.pk, ad and ad.pk, source, profile or click.hex, not_counted,
        Jsonb(facts),
    ]  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_STORE, values)
    return written_click_id(click)


def order(program: Any, **params: Any) -> Conversion:
    """An order of 100.00 on 20 November 2026 at noon, priced, that names no partner."""
    conversion = make_conversion(program=program, **{"MediaPartnerId": "", "EventDate": ORDERED.isoformat(), **params})
    price_all(program.pk)
    conversion.refresh_from_db()
    return conversion


def action_of(conversion: Conversion) -> Action:
    found = Action.objects.select_related("conversion", "event_type", "program", "partner", "terms_version")
    return found.get(conversion=conversion)
