"""The steps that belong to orders, found for a batch in a few set queries (payouts.md §14).

An order's profiles are the one it names, the one of the click that it names, and those that were seen with its customer
or with these; and those of every customer who was seen with one of them.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from django.db.models import F, Q

from common.db.statements import AnyOf, fetch
from contracts.engine.attribution.credit import Kind
from tracking.models import Conversion, SeenTogether, Step

from .click_ids import moment_of, read_click_id

MOST_STEPS = 1_000  # of an order, the latest
LONGEST = timedelta(days=400)  # before the event


class FoundStep(NamedTuple):
    """A stored step, as an order's journey needs it."""

    id: UUID
    kind: Kind
    at: datetime
    number: int
    partner_id: int | None
    ad_id: int | None
    source: str
    profile: str
    facts: dict[str, str]

    @property
    def channel(self) -> str:
        """Of an unpaid source that the brand has given none: as the address of the visit names it."""
        return self.facts.get("Channel", "")


@dataclass
class Keys:
    """By what the steps of one order are found."""

    profiles: set[str] = field(default_factory=set)
    customers: set[str] = field(default_factory=set)


def steps_of(conversions: Collection[Conversion]) -> dict[int, list[FoundStep]]:
    """The steps of each order by the conversion's number, in the order of time; an order without is left out."""
    found: dict[int, list[FoundStep]] = {}
    of_program: dict[int, list[Conversion]] = defaultdict(list)
    for conversion in conversions:
        if any(conversion.payload.get(name) for name in ("ClickId", "CustomProfileId", "CustomerId")):
            of_program[conversion.program_id].append(conversion)
    for program, rows in of_program.items():
        found |= _of_program(program, rows)
    return found


def _of_program(program: int, conversions: list[Conversion]) -> dict[int, list[FoundStep]]:
    clicks = _profiles_of_clicks(program, conversions)
    keys = {row.pk: _own_keys(row, clicks) for row in conversions}
    _widen(program, keys.values())
    profiles = {profile for each in keys.values() for profile in each.profiles}
    if not profiles:
        return {}
    steps = _steps(program, profiles, conversions)
    found = {}
    for row in conversions:
        own = [step for profile in keys[row.pk].profiles for step in steps.get(profile, ())]
        if own:
            found[row.pk] = sorted(own, key=lambda step: (step.at, step.number))[-MOST_STEPS:]
    return found


def _own_keys(conversion: Conversion, clicks: Mapping[str, str]) -> Keys:
    payload = conversion.payload
    named = (payload.get("CustomProfileId"), clicks.get(payload.get("ClickId", "")))
    customer = payload.get("CustomerId")
    return Keys({profile for profile in named if profile}, {customer} if customer else set())


def _profiles_of_clicks(program: int, conversions: Iterable[Conversion]) -> dict[str, str]:
    """The profile of each click that an order names; a click id of another program is none."""
    named = {
        sent: found for row in conversions if (sent := row.payload.get("ClickId")) and (found := read_click_id(sent))
    }
    if not named:
        return {}
    rows = Step.objects.filter(AnyOf(F("id"), list(named.values())), program=program)
    moments = [moment_of(each) for each in named.values()]  # only their months are read
    rows = rows.filter(at__gte=min(moments), at__lte=max(moments) + timedelta(milliseconds=1))
    profiles = dict(rows.values_list("id", "profile"))
    return {sent: profiles[found] for sent, found in named.items() if found in profiles}


def _widen(program: int, keys: Iterable[Keys]) -> None:
    """Add who was seen together: profiles with the customer, customers with the profiles, and these once more."""
    keys = list(keys)
    for _ in range(2):
        pairs = _seen(
            program, {p for each in keys for p in each.profiles}, {c for each in keys for c in each.customers}
        )
        for each in keys:
            profiles, customers = set(each.profiles), set(each.customers)
            for profile, customer, other in pairs:
                if profile in profiles or customer in customers or (other and other in profiles):
                    each.profiles |= {profile, other} - {""}
                    each.customers |= {customer} - {""}


def _seen(program: int, profiles: set[str], customers: set[str]) -> list[tuple[str, str, str]]:
    about = Q(AnyOf(F("profile"), list(profiles))) | Q(AnyOf(F("other_profile"), list(profiles)))
    rows = SeenTogether.objects.filter(about | Q(AnyOf(F("customer_id"), list(customers))), program=program)
    return list(rows.values_list("profile", "customer_id", "other_profile"))


_STEPS = """
SELECT found.* FROM unnest(%s::text[]) AS asked (profile) CROSS JOIN LATERAL (
    SELECT id, kind, at, number, partner_id, ad_id, source, profile, facts FROM tracking_step AS step
    WHERE step.program_id = %s AND step.profile = asked.profile AND step.at >= %s AND step.at <= %s
      AND step.not_counted = ''
    ORDER BY step.at DESC, step.number DESC LIMIT %s
) AS found
"""


def _steps(program: int, profiles: set[str], conversions: Iterable[Conversion]) -> dict[str, list[FoundStep]]:
    dates = [row.event_date for row in conversions]
    rows = fetch(_STEPS, [sorted(profiles), program, min(dates) - LONGEST, max(dates), MOST_STEPS])
    steps: dict[str, list[FoundStep]] = defaultdict(list)
    for row in rows:
        step = FoundStep(*row)
        steps[step.profile].append(step)
    return steps
