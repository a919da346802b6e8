"""Which profiles and customers were seen together: stored once, and followed from an order to all that share its steps
(payouts.md §14).
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from common.db.statements import fetch

# Of one profile or customer, those seen with it last; and of an order in all. Somebody's browsers are fewer, and a
# profile that a till or a mistake shows to thousands costs no more than this.
MOST_TOGETHER = 50
MOST_OF_ORDER = 100
WIDENINGS = 2


class Pair(NamedTuple):
    """A profile with a customer, or with another profile; one of the two is blank."""

    program_id: int
    profile: str
    customer_id: str = ""
    other_profile: str = ""


@dataclass
class Keys:
    """By what the steps of one order are found, the nearest first."""

    profiles: list[str] = field(default_factory=list)
    customers: list[str] = field(default_factory=list)


# In one order, so that two who store the same pairs cannot wait for each other. A pair that is seen again is written
# once a day: the time only says which were seen last. One that need not be written is not locked either.
_STORE = """
INSERT INTO tracking_seentogether (program_id, profile, customer_id, other_profile, seen_at)
SELECT new.*, %(now)s
FROM unnest(%(programs)s::integer[], %(profiles)s::text[], %(customers)s::text[], %(others)s::text[])
    AS new (program_id, profile, customer_id, other_profile)
WHERE NOT EXISTS (
    SELECT FROM tracking_seentogether AS known
    WHERE (known.program_id, known.profile, known.customer_id, known.other_profile)
        = (new.program_id, new.profile, new.customer_id, new.other_profile)
    AND known.seen_at >= %(now)s - interval '1 day'
)
ORDER BY 1, 2, 3, 4
ON CONFLICT (program_id, profile, customer_id, other_profile) DO UPDATE SET seen_at = EXCLUDED.seen_at
RETURNING id
"""


def store_pairs(pairs: Iterable[Pair], *, seen_at: datetime) -> None:
    """Store who was seen together, in one statement. Held orders that gain steps by it are found by a worker."""
    if new := sorted(set(pairs)):
        names = ("programs", "profiles", "customers", "others")
        fetch(_STORE, {"now": seen_at, **dict(zip(names, map(list, zip(*new, strict=True)), strict=True))})


_BY_PROFILE = """
SELECT customer_id, other_profile, seen_at, id FROM tracking_seentogether
WHERE program_id = %(program)s AND profile = asked.name ORDER BY seen_at DESC, id DESC LIMIT %(most)s
"""
_BY_OTHER = """
SELECT '', profile, seen_at, id FROM tracking_seentogether
WHERE program_id = %(program)s AND other_profile = asked.name AND other_profile <> ''
ORDER BY seen_at DESC, id DESC LIMIT %(most)s
"""
_BY_CUSTOMER = """
SELECT profile, seen_at, id FROM tracking_seentogether
WHERE program_id = %(program)s AND customer_id = asked.name AND customer_id <> ''
ORDER BY seen_at DESC, id DESC LIMIT %(most)s
"""
_TOGETHER = f"""
SELECT asked.name, '', found.customer_id, found.other_profile FROM unnest(%(profiles)s::text[]) AS asked (name)
CROSS JOIN LATERAL (
    (({_BY_PROFILE}) UNION ALL ({_BY_OTHER})) ORDER BY seen_at DESC, id DESC LIMIT %(most)s
) AS found
UNION ALL
SELECT '', asked.name, '', found.profile FROM unnest(%(customers)s::text[]) AS asked (name)
CROSS JOIN LATERAL ({_BY_CUSTOMER}) AS found
"""  # noqa: S608 (no value in it comes from outside)


def widen(program_id: int, keys: Iterable[Keys]) -> None:
    """Add to each order's keys who was seen together with these, and once more; a query for each time, and none where
    nothing was added before.
    """
    edges = [(each, list(each.profiles), list(each.customers)) for each in keys]
    for _ in range(WIDENINGS):
        profiles = {name for _, of_order, _ in edges for name in of_order}
        customers = {name for _, _, of_order in edges for name in of_order}
        if not profiles and not customers:
            return
        by_profile, by_customer = _together(program_id, profiles, customers)
        edges = [
            (each, *_added(each, _next(by_profile, profiles, by_customer, customers)))
            for each, profiles, customers in edges
        ]


type _Found = Mapping[str, Sequence[tuple[str, str]]]  # customer and other profile, or blank and profile


def _together(program_id: int, profiles: Collection[str], customers: Collection[str]) -> tuple[_Found, _Found]:
    values = {
        "program": program_id, "most": MOST_TOGETHER, "profiles": sorted(profiles), "customers": sorted(customers)
    }  # fmt: skip
    by_profile: dict[str, list[tuple[str, str]]] = defaultdict(list)
    by_customer: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for profile, customer, other_customer, other in fetch(_TOGETHER, values):
        (by_profile[profile] if profile else by_customer[customer]).append((other_customer, other))
    return by_profile, by_customer


def _next(by_profile: _Found, profiles: Iterable[str], by_customer: _Found, customers: Iterable[str]) -> Keys:
    found = [pair for name in profiles for pair in by_profile.get(name, ())]
    found += [pair for name in customers for pair in by_customer.get(name, ())]
    return Keys([profile for _, profile in found if profile], [customer for customer, _ in found if customer])


def _added(keys: Keys, found: Keys) -> tuple[list[str], list[str]]:
    """What is new to the order, as far as it has room for it."""
    room = MOST_OF_ORDER - len(keys.profiles)
    profiles = list(dict.fromkeys(name for name in found.profiles if name not in keys.profiles))[:room]
    customers = list(dict.fromkeys(name for name in found.customers if name not in keys.customers))
    customers = customers[: MOST_OF_ORDER - len(keys.customers)]
    keys.profiles += profiles
    keys.customers += customers
    return profiles, customers
