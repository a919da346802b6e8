"""From the profiles and customers that an order names to all that share its steps: who was seen together with them.

A stranger can say that a profile of theirs is that of any customer whose id they know, as often as they like. So where
many were seen with one name, what an order of the server said and what strangers say have room apart; of a stranger's
only what leads to a step takes any, and the earliest have as much room as the latest.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain, zip_longest
from typing import NamedTuple

from common.db.statements import fetch

from .pairs import ToldBy

MOST_TOGETHER = 50  # seen with one name, of whom all count. Somebody's browsers are fewer
MOST_TOLD = 25  # the earliest, and so many of the latest, by each that may tell, where there are more
LOOKED_AT = 500  # of those, at either end
MOST_ADDED = 400  # to an order's profiles each time, and to its customers
WIDENINGS = 2
# First whom nobody can make up.
_TRUSTED = (ToldBy.ORDER, ToldBy.LANDING, ToldBy.IDENTIFY, ToldBy.BROWSER)
_CLAIMS = (ToldBy.IDENTIFY, ToldBy.BROWSER)


class Claim(NamedTuple):
    """That a browser alone said who somebody is: how, and when first."""

    told_by: str
    at: datetime


@dataclass
class Keys:
    """By what the steps of one order are found, the nearest first; and of those that no order of the server named with
    the others, who claims that they belong to it.
    """

    profiles: list[str] = field(default_factory=list)
    customers: list[str] = field(default_factory=list)
    claims: dict["Name", Claim] = field(default_factory=dict)


class Name(NamedTuple):
    """A profile, or a customer."""

    text: str
    is_customer: bool = False


class _Seen(NamedTuple):
    """Somebody who was seen with a name."""

    name: Name
    number: int
    told_by: ToldBy
    at: datetime

    @property
    def place(self) -> tuple[int, int]:
        return _TRUSTED.index(self.told_by), -self.number


type _Found = Mapping[Name, list[_Seen]]

_BY_PROFILE = """
SELECT {columns} FROM tracking_seentogether AS pair
WHERE pair.program_id = %(program)s AND pair.profile = asked.name AND NOT asked.is_customer {more}
"""
_BY_OTHER = """
SELECT {columns} FROM tracking_seentogether AS pair
WHERE pair.program_id = %(program)s AND pair.other_profile = asked.name AND pair.other_profile <> ''
  AND NOT asked.is_customer {more}
"""
_BY_CUSTOMER = """
SELECT {columns} FROM tracking_seentogether AS pair
WHERE pair.program_id = %(program)s AND pair.customer_id = asked.name AND pair.customer_id <> ''
  AND asked.is_customer {more}
"""
_DIRECTIONS = (
    (_BY_PROFILE, "coalesce(nullif(pair.customer_id, ''), pair.other_profile) AS name, pair.customer_id <> ''"),
    (_BY_OTHER, "pair.profile AS name, false"),
    (_BY_CUSTOMER, "pair.profile AS name, false"),
)


def _looked_up(*more: str) -> str:
    """What was seen with the asked name, in any direction, as far as each of `more` says."""
    return " UNION ".join(
        f"({direction.format(columns=f'{columns} AS is_customer, pair.id, pair.told_by, pair.seen_at', more=each)})"
        for direction, columns in _DIRECTIONS
        for each in more
    )


_ASKED = "unnest(%(names)s::text[], %(are_customers)s::boolean[]) AS asked (name, is_customer)"
_FEW = f"""
SELECT asked.name, asked.is_customer, found.* FROM {_ASKED} CROSS JOIN LATERAL (
    {_looked_up("LIMIT %(most)s")} LIMIT %(most)s
) AS found
"""  # noqa: S608 (no value in it comes from outside)
# Written so that each is looked up by itself: a plan that reads all steps at once would take minutes.
_HAS_STEP = """(SELECT true FROM tracking_step AS step WHERE step.program_id = %(program)s AND step.profile = {profile}
    AND step.partner_id IS NOT NULL AND step.not_counted = '' LIMIT 1)"""
_LEADS_ON = f"""
looked.told_by = 'ORDER'
OR CASE WHEN looked.is_customer THEN (
    SELECT true FROM tracking_seentogether AS pair WHERE pair.program_id = %(program)s
    AND pair.customer_id = looked.name AND pair.customer_id <> '' AND pair.profile <> asked.name LIMIT 1
) ELSE coalesce(
    {_HAS_STEP.format(profile="looked.name")},
    (SELECT true FROM tracking_seentogether AS pair WHERE pair.program_id = %(program)s AND pair.profile = looked.name
        AND pair.other_profile <> '' AND {_HAS_STEP.format(profile="pair.other_profile")} LIMIT 1),
    (SELECT true FROM tracking_seentogether AS pair WHERE pair.program_id = %(program)s
        AND pair.other_profile = looked.name AND pair.other_profile <> ''
        AND {_HAS_STEP.format(profile="pair.profile")} LIMIT 1)
) END
"""  # noqa: S608
_ENDS = _looked_up(
    *(f"AND pair.told_by = teller.name ORDER BY pair.id {way} LIMIT %(looked_at)s" for way in ("", "DESC"))
)
_MANY = f"""
SELECT asked.name, asked.is_customer, found.name, found.is_customer, found.id, found.told_by, found.seen_at
FROM {_ASKED} CROSS JOIN unnest(%(tellers)s::text[]) AS teller (name) CROSS JOIN LATERAL (
    SELECT useful.*, row_number() OVER (ORDER BY id) AS first, row_number() OVER (ORDER BY id DESC) AS last
    FROM (SELECT looked.* FROM ({_ENDS}) AS looked WHERE {_LEADS_ON}) AS useful
) AS found
WHERE found.first <= %(most)s OR found.last <= %(most)s
"""  # noqa: S608


def widen(program_id: int, keys: Iterable[Keys]) -> None:
    """Add to each order's keys who was seen together with these, and once more; two queries at most for each time, and
    none where nothing was added before.
    """
    edges = [(each, _names(each.profiles, each.customers)) for each in keys]
    for _ in range(WIDENINGS):
        asked = {name for _, names in edges for name in names}
        if not asked:
            return
        found = _together(program_id, asked)
        edges = [(each, _added(each, names, found)) for each, names in edges]


def _names(profiles: Iterable[str], customers: Iterable[str]) -> list[Name]:
    return [*(Name(text) for text in profiles), *(Name(text, is_customer=True) for text in customers)]


def _together(program_id: int, names: Collection[Name]) -> _Found:
    """Who was seen with each of the names, those that can be trusted most first."""
    found = _fetched(_FEW, program_id, names, most=MOST_TOGETHER + 1)
    if many := [name for name, seen in found.items() if len(seen) > MOST_TOGETHER]:
        tellers = [each.value for each in _TRUSTED]
        found |= _fetched(_MANY, program_id, many, most=MOST_TOLD, looked_at=LOOKED_AT, tellers=tellers)
    return found


def _fetched(query: str, program_id: int, names: Collection[Name], **values: object) -> dict[Name, list[_Seen]]:
    asked = sorted(names)
    found: dict[Name, list[_Seen]] = {name: [] for name in asked}
    values |= {"program": program_id, "names": [each.text for each in asked]}
    for row in fetch(query, {**values, "are_customers": [each.is_customer for each in asked]}):
        seen = _Seen(Name(row[2], row[3]), row[4], ToldBy(row[5]), row[6])
        found[Name(row[0], row[1])].append(seen)
    for seen_with in found.values():
        seen_with.sort(key=lambda seen: seen.place)
    return found


def _added(keys: Keys, names: Iterable[Name], found: _Found) -> list[Name]:
    """What is new to the order, as far as it has room for it: each name brings its first before any brings its next."""
    new: dict[Name, Claim | None] = {}
    brought = [[(name, seen) for seen in found[name]] for name in names]
    for name, seen in filter(None, chain.from_iterable(zip_longest(*brought))):
        if seen.name not in new and seen.name.text not in _known(keys, seen.name):
            own = Claim(seen.told_by, seen.at) if seen.told_by in _CLAIMS else None
            new[seen.name] = keys.claims.get(name, own)
    added = [name for is_customer in (False, True) for name in new if name.is_customer == is_customer]
    profiles = [name for name in added if not name.is_customer][:MOST_ADDED]
    customers = [name for name in added if name.is_customer][:MOST_ADDED]
    keys.profiles += [name.text for name in profiles]
    keys.customers += [name.text for name in customers]
    keys.claims |= {name: claim for name in (*profiles, *customers) if (claim := new[name])}
    return [*profiles, *customers]


def _known(keys: Keys, name: Name) -> list[str]:
    return keys.customers if name.is_customer else keys.profiles
