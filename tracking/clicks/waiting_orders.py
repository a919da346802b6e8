"""Orders that came before their click was stored: they are tried again once it is."""

from collections.abc import Collection, Iterable
from datetime import datetime
from uuid import UUID

from common.db.statements import fetch
from common.queue.notify import notify
from program.models import Program
from tracking.intake.parsing import REFUSALS
from tracking.journeys.click_ids import moment_of, read_click_id
from tracking.models import Conversion
from tracking.pricing.batch import retry_conversions

PRICE = "tracking.price"
DAYS = 7  # since the order was received; a click that is so late has to be looked for by somebody

_HELD = """
SELECT id, program_id, event_date, payload->>'ClickId' FROM tracking_conversion
WHERE state IN ('HELD', 'QUARANTINED') AND state = 'HELD' AND payload ? 'ClickId'
  AND (reason = %s OR upper(payload->>'ClickId') = ANY (%s))
  AND received_at > now() - make_interval(days => %s) AND coalesce(lower(payload->>'TrackingConsent'), '') <> ALL (%s)
"""
# Only steps with which the order would have been credited, or held for another reason: none is tried for ever.
_STORED = """
SELECT asked.conversion FROM unnest(%s::bigint[], %s::integer[], %s::timestamptz[], %s::uuid[], %s::timestamptz[])
    AS asked (conversion, program, event_date, click, at)
JOIN tracking_step AS step ON step.id = asked.click AND step.program_id = asked.program
    AND step.at >= asked.at AND step.at < asked.at + interval '1 millisecond' AND step.at <= asked.event_date
    AND step.at > asked.event_date - interval '400 days'
WHERE step.not_counted = '' AND EXISTS (SELECT FROM program_partner WHERE id = step.partner_id)
"""


def price_with_clicks(stored: Collection[str] = ()) -> int:
    """Have the orders priced that were held because their click was not stored yet, and is now; how many these are.
    Those that name one of the clicks `stored` just now are priced whatever they were held for: another step may win.
    """
    values = [Conversion.Reason.NO_REFERRAL.value, list(stored), DAYS, REFUSALS]
    held = [
        (pk, program, event_date, click)
        for pk, program, event_date, sent in fetch(_HELD, values)
        if (click := read_click_id(sent))
    ]
    found = _with_clicks(held) if held else set()
    for program in Program.objects.filter(pk__in={number for pk, number, *_ in held if pk in found}):
        retry_conversions([pk for pk, number, *_ in held if pk in found and number == program.pk], program=program)
        notify(PRICE, program.pk)
    return len(found)


def _with_clicks(held: Iterable[tuple[int, int, datetime, UUID]]) -> set[int]:
    rows = [(pk, program, event_date, click, moment_of(click)) for pk, program, event_date, click in held]
    return {pk for (pk,) in fetch(_STORED, [list(column) for column in zip(*rows, strict=True)])}
