"""Which profiles and customers were seen together: stored once each (payouts.md §14)."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from common.db.statements import fetch
from tracking.models import SeenTogether

ToldBy = SeenTogether.ToldBy


class Pair(NamedTuple):
    """A profile with a customer, or with another profile; one of the two is blank."""

    program_id: int
    profile: str
    customer_id: str = ""
    other_profile: str = ""
    told_by: ToldBy = ToldBy.ORDER


# In one order, so that two who store the same pairs cannot wait for each other. What an order of the server says is
# never taken for somebody's claim again; a pair that need not be written is not locked either.
_STORE = """
INSERT INTO tracking_seentogether (program_id, profile, customer_id, other_profile, told_by, seen_at)
SELECT new.*, %(now)s
FROM unnest(%(programs)s::integer[], %(profiles)s::text[], %(customers)s::text[], %(others)s::text[], %(told)s::text[])
    AS new (program_id, profile, customer_id, other_profile, told_by)
WHERE NOT EXISTS (
    SELECT FROM tracking_seentogether AS known
    WHERE (known.program_id, known.profile, known.customer_id, known.other_profile)
        = (new.program_id, new.profile, new.customer_id, new.other_profile)
    AND (known.told_by = 'ORDER' OR new.told_by <> 'ORDER')
)
ORDER BY 1, 2, 3, 4
ON CONFLICT (program_id, profile, customer_id, other_profile) DO UPDATE SET told_by = EXCLUDED.told_by
WHERE EXCLUDED.told_by = 'ORDER'
RETURNING id
"""


def store_pairs(pairs: Iterable[Pair], *, seen_at: datetime) -> None:
    """Store who was seen together, in one statement. Held orders that gain steps by it are found by a worker."""
    by_names = {pair[:4]: pair for pair in sorted(set(pairs), key=lambda pair: pair.told_by == ToldBy.ORDER)}
    if by_names:
        names = ("programs", "profiles", "customers", "others", "told")
        columns = map(list, zip(*by_names.values(), strict=True))
        fetch(_STORE, {"now": seen_at, **dict(zip(names, columns, strict=True))})
