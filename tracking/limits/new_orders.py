"""New orders under the limits of their terms, one after another in the order in which they were claimed."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from itertools import chain
from typing import NamedTuple

from contracts.agreements.plans import terms_of
from contracts.engine.pricing.limits.caps import Cap, Whose, caps_of
from contracts.engine.pricing.limits.lines import paid
from contracts.engine.pricing.limits.settle import first
from tracking.models import Conversion
from tracking.pricing.lookups import CustomerKey, Lookups, customer_key
from tracking.pricing.priced_orders import Priced

from .changes import limited_words
from .counters import Counters, Owner, Place, place_of
from .kept import digest
from .terms_limits import accrual_of, limits_of


class Limited(NamedTuple):
    """Whose counters an order takes from, the caps that it meets, and by what its terms pay: order or item."""

    owner: Owner
    caps: tuple[Cap, ...]
    level: str

    @property
    def places(self) -> list[Place]:
        return [place_of(self.owner, cap.counter) for cap in self.caps]


def limits_met(priced: Iterable[Priced], customers: Mapping[CustomerKey, int], known: Lookups) -> dict[int, Limited]:
    """By conversion, of those whose terms count something over several orders. A test order meets no counter."""
    found: dict[int, Limited] = {}
    for row in priced:
        conversion, version = row.credited.conversion, row.credited.contract.terms_version_id
        event_type = known.event_types[conversion.event_type_id]
        limits = limits_of(version, event_type.code)
        if conversion.is_test or not limits.is_counted:
            continue
        key, winner = customer_key(conversion), row.credited.journey.winner
        whose = Whose(
            event_date=conversion.event_date,
            time_zone=event_type.program.time_zone,
            locks=row.locking_date,
            customer=str(customers[key]) if key else "",
            click=digest(winner.id) if winner and winner.kind == "CLICK" else "",
        )
        terms, since = accrual_of(version)
        owner = Owner(conversion.program_id, terms, row.credited.partner.pk, conversion.event_type_id, since)
        level = terms_of(version).event_payout(event_type.code).payout_level
        found[conversion.pk] = Limited(owner, caps_of(limits, whose, row.order.digits), level)
    return found


def within_limits(priced: Iterable[Priced], limited: Mapping[int, Limited], counters: Counters) -> list[Priced]:
    """The orders, one after another, with what their counters leave of their payouts. The counters are locked."""
    return [_within(row, met, counters) if (met := limited.get(row.credited.conversion.pk)) else row for row in priced]


def as_limited_now[Other](
    outcomes: Iterable[tuple[Conversion, Priced | Other]], known: Lookups
) -> list[tuple[Conversion, Priced | Other]]:
    """Outcomes with what counters would leave of them as they stand now: nothing is locked or written."""
    rows = list(outcomes)
    priced = [outcome for _, outcome in rows if isinstance(outcome, Priced)]
    keys = {key for row in priced if (key := customer_key(row.credited.conversion))}
    numbers = {key: customer.pk for key, customer in known.customers.items()}
    numbers |= {key: -place for place, key in enumerate(sorted(keys - numbers.keys()), 1)}  # not stored yet
    limited = limits_met(priced, numbers, known)
    counters = Counters()
    counters.read(chain(*(each.places for each in limited.values())))
    within = {row.credited.conversion.pk: row for row in within_limits(priced, limited, counters)}
    return [(each, within.get(each.pk, outcome)) for each, outcome in rows]


def _within(row: Priced, limited: Limited, counters: Counters) -> Priced:
    owner, caps, level = limited
    settled = first(row.decision.payout, caps, counters.held(owner, [cap.counter for cap in caps]))
    counters.take(owner, None, settled)
    decision = paid(row.decision, row.order, level, settled.payout)
    reason = limited_words(decision.reason, settled, row.order.currency)
    return replace(row, decision=replace(decision, reason=reason), settled=settled, since=owner.since)
