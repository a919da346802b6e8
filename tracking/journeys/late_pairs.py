"""Held orders that gain steps because a profile and a customer, or two profiles, were seen together after them."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db.models import F, Q

from common.db.statements import fetch
from program.models import Program
from tracking.models import Conversion, SeenTogether

from .click_ids import written_click_id
from .widening import Keys, widen

Reason = Conversion.Reason
# For these reasons another step may be credited.
OF_JOURNEYS = (
    Reason.NO_REFERRAL, Reason.NO_VALID_REFERRAL, Reason.OUTSIDE_WINDOW, Reason.KIND_NOT_ACCEPTED,
    Reason.TERMS_NOT_FOUND, Reason.CONTRACT_NOT_FOUND,
)  # fmt: skip
# An order that was being priced when the pair came is held by then.
SETTLED = timedelta(seconds=90)
MOST_PAIRS = 500
MOST_ORDERS = 100  # of a profile or customer, the newest
MOST_CLICKS = 500  # of a profile, the newest: by these, orders that name a click are found

_WITH_STEPS = """
SELECT asked.name FROM unnest(%s::text[]) AS asked (name) WHERE EXISTS (
    SELECT FROM tracking_step AS step WHERE step.program_id = %s AND step.profile = asked.name
    AND step.partner_id IS NOT NULL AND step.not_counted = ''
)
"""
_CLICKS = """
SELECT found.id FROM unnest(%s::text[]) AS asked (name) CROSS JOIN LATERAL (
    SELECT step.id FROM tracking_step AS step WHERE step.program_id = %s AND step.profile = asked.name
    AND step.not_counted = '' AND step.kind <> 'IMPRESSION' ORDER BY step.at DESC, step.number DESC LIMIT %s
) AS found
"""
_HELD = """
SELECT found.id FROM unnest(%(profiles)s::text[]) AS asked (name) CROSS JOIN LATERAL (
    SELECT id FROM tracking_conversion WHERE program_id = %(program)s AND state = 'HELD'
    AND payload ->> 'CustomProfileId' = asked.name AND reason = ANY (%(reasons)s) ORDER BY id DESC LIMIT %(most)s
) AS found
UNION
SELECT found.id FROM unnest(%(customers)s::text[]) AS asked (name) CROSS JOIN LATERAL (
    SELECT id FROM tracking_conversion AS held WHERE held.customer_id = asked.name AND held.customer_id <> ''
    AND held.event_type_id = ANY (SELECT id FROM program_eventtype WHERE program_id = %(program)s)
    AND NOT is_test AND state <> 'DUPLICATE' AND state = 'HELD' AND reason = ANY (%(reasons)s)
    ORDER BY held.event_date DESC LIMIT %(most)s
) AS found
UNION
SELECT id FROM tracking_conversion WHERE program_id = %(program)s AND state = 'HELD'
AND payload ->> 'ClickId' = ANY (%(clicks)s) AND reason = ANY (%(reasons)s)
"""


class Gaining(NamedTuple):
    """The held orders to try again, by program, and whether there may be more pairs to look at."""

    held: dict[Program, list[int]]
    is_last: bool


def held_by_late_pairs(*, now: datetime) -> Gaining:
    """What gains steps by pairs that were not looked at yet, or once while orders were still being priced. Call inside
    the transaction that has them tried.
    """
    found: dict[Program, list[int]] = {}
    late = SeenTogether.objects.filter(Q(looks=0) | Q(looks=1, seen_at__lt=now - SETTLED))
    rows = list(late.select_for_update(skip_locked=True, of=("self",)).order_by("id")[:MOST_PAIRS])
    for program in Program.objects.filter(pk__in={row.program_id for row in rows}):
        if ids := _held(program.pk, [row for row in rows if row.program_id == program.pk]):
            found[program] = ids
    SeenTogether.objects.filter(pk__in=[row.pk for row in rows]).update(looks=F("looks") + 1)
    return Gaining(found, is_last=len(rows) < MOST_PAIRS)


def _held(program: int, pairs: list[SeenTogether]) -> list[int]:
    keys = [
        Keys([name for name in (row.profile, row.other_profile) if name], [row.customer_id] if row.customer_id else [])
        for row in pairs
    ]
    widen(program, keys)
    with_steps = {
        name for (name,) in fetch(_WITH_STEPS, [sorted({name for each in keys for name in each.profiles}), program])
    }
    gaining = [each for each in keys if not with_steps.isdisjoint(each.profiles)]
    if not gaining:
        return []
    profiles = sorted({name for each in gaining for name in each.profiles})
    rows = fetch(_HELD, {
        "program": program, "most": MOST_ORDERS, "reasons": [reason.value for reason in OF_JOURNEYS],
        "profiles": profiles,
        "clicks": _clicks_of(program, profiles),
        "customers": sorted({name for each in gaining for name in each.customers}),
    })  # fmt: skip
    return [pk for (pk,) in rows]


def _clicks_of(program: int, profiles: Collection[str]) -> list[str]:
    """The clicks of these profiles, as orders name them: some send them in small letters."""
    written = [written_click_id(click) for (click,) in fetch(_CLICKS, [profiles, program, MOST_CLICKS])]
    return [*written, *(each.lower() for each in written)]
