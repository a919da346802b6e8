"""Counters, locked until the transaction ends; everybody locks them in the same order, so that there is no deadlock."""

from collections.abc import Iterable
from decimal import Decimal
from typing import NamedTuple

from django.db import connection

from common.db.statements import fetch
from contracts.engine.pricing.limits.caps import Counter
from contracts.engine.pricing.limits.settle import Settled


class Owner(NamedTuple):
    """Whose counters an action takes from; `since` as in `Accrual`."""

    program: int
    template_terms: int
    partner: int
    event_type: int
    since: int


class Place(NamedTuple):
    """One counter. Places are locked in their order as tuples; a counter of the terms as a whole has no event type."""

    program: int
    template_terms: int
    partner: int
    event_type: int
    since: int
    what: str
    by: str
    scope: str
    period: str
    key: str


def place_of(owner: Owner, counter: Counter) -> Place:
    program, template_terms, partner, event_type, since = owner
    event_type = 0 if counter.of_terms else event_type
    own = (counter.what, counter.by, counter.scope, counter.period, counter.period_key)
    return Place(program, template_terms, partner, event_type, since, *own)


class Counters:
    """The counters of one transaction: locked once, changed in memory, written once."""

    def __init__(self) -> None:
        self._ids: dict[Place, int] = {}
        self._values: dict[Place, Decimal] = {}
        self._changes: dict[Place, Decimal] = {}

    def lock(self, places: Iterable[Place]) -> None:
        """Lock these, those among them that are not there yet made. One statement, and none where nothing is asked."""
        wanted = sorted(set(places))
        if not wanted:
            return
        with connection.cursor() as cursor:
            cursor.execute(_LOCK, [list(column) for column in zip(*wanted, strict=True)])
            for pk, value, *place in cursor.fetchall():
                self._ids[Place(*place)], self._values[Place(*place)] = pk, value

    def read(self, places: Iterable[Place]) -> None:
        """As they stand, neither locked nor made: for what is never written."""
        wanted = sorted(set(places))
        self._values |= dict.fromkeys(wanted, Decimal(0))
        if wanted:
            for pk, value, *place in fetch(_READ, [list(column) for column in zip(*wanted, strict=True)]):
                self._ids[Place(*place)], self._values[Place(*place)] = pk, value

    def held(self, owner: Owner, counters: Iterable[Counter]) -> dict[Counter, Decimal]:
        """What these counters of an action's terms hold."""
        return {counter: self._values[place_of(owner, counter)] for counter in counters}

    def take(self, owner: Owner, before: Settled | None, after: Settled) -> None:
        """Give back what an action had, and take what it has now."""
        for settled, sign in ((before, -1), (after, 1)):
            for each in settled.met if settled else ():
                if each.took:
                    place = place_of(owner, each.cap.counter)
                    self._values[place] += sign * each.took
                    self._changes[place] = self._changes.get(place, Decimal(0)) + sign * each.took

    def write(self) -> None:
        """Write what was taken; in the transaction that writes the actions. One statement, and none without changes."""
        changed = {place: change for place, change in self._changes.items() if change}
        if changed:
            with connection.cursor() as cursor:
                cursor.execute(_WRITE, [[self._ids[place] for place in changed], list(changed.values())])
        self._changes.clear()


_COLUMNS = """
unnest(%s::int[], %s::bigint[], %s::bigint[], %s::bigint[], %s::int[], %s::text[], %s::text[], %s::text[], %s::text[],
       %s::text[])
    WITH ORDINALITY AS wanted (program, terms, partner, event_type, since, what, by, scope, period, key, number)
"""
_PLACE = """
program_id, template_terms_id, partner_id, coalesce(event_type_id, 0), stored.since, stored.what, limit_by,
stored.scope, stored.period, period_key
"""
# The rows are made or locked one after another in the order of the array; an update that changes nothing is the lock.
_LOCK = f"""
INSERT INTO tracking_limitcounter AS stored (
    program_id, template_terms_id, partner_id, event_type_id, since, what, limit_by, scope, period, period_key, value
)
SELECT program, terms, partner, nullif(event_type, 0), since, what, by, scope, period, key, 0
FROM {_COLUMNS} ORDER BY number
ON CONFLICT (template_terms_id, partner_id, event_type_id, since, what, limit_by, scope, period, period_key)
DO UPDATE SET value = stored.value
RETURNING id, value, {_PLACE}
"""  # noqa: S608 (parts of our own)
_READ = f"""
SELECT stored.id, value, {_PLACE}
FROM {_COLUMNS} JOIN tracking_limitcounter AS stored
  ON template_terms_id = terms AND partner_id = partner AND event_type_id IS NOT DISTINCT FROM nullif(event_type, 0)
 AND stored.since = wanted.since AND stored.what = wanted.what AND limit_by = by AND stored.scope = wanted.scope
 AND stored.period = wanted.period AND period_key = key
"""  # noqa: S608
_WRITE = """
UPDATE tracking_limitcounter AS stored SET value = stored.value + taken.change
FROM unnest(%s::bigint[], %s::numeric[]) AS taken (id, change) WHERE stored.id = taken.id
"""
