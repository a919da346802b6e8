"""The steps that belong to orders, found for a batch in a few set queries (payouts.md §14).

An order's profiles are the one that it names, that of the click that it names, and those that were seen together with
these or with its customer; and with whom these were seen once more (`widening`).
"""

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from django.utils import timezone

from common.db.statements import fetch
from contracts.engine.attribution.credit import Kind
from tracking.intake.parsing import is_refused
from tracking.models import Conversion
from tracking.models.conversion import BROWSERS

from .click_ids import moment_of, read_click_id
from .pairs import Pair, ToldBy, store_pairs
from .widening import Claim, Keys, Name, widen

MOST_STEPS = 500  # of an order, the latest: so many clicks and visits, and so many impressions
LONGEST = timedelta(days=400)  # before the event
AFTER = timedelta(days=1)  # behind it, to say of them that they came too late
_KEYS = ("ClickId", "CustomProfileId", "CustomerId")


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
    claim: Claim | None = None  # where a browser alone says that it belongs to the order

    @classmethod
    def of_row(cls, row: tuple[Any, ...]) -> "FoundStep":
        """The facts come as text."""
        return cls._make((*row[:-1], json.loads(row[-1]), None))

    @property
    def channel(self) -> str:
        """Of an unpaid source that the brand has given none: as the address of the visit names it."""
        return self.facts.get("Channel", "")


type Clicks = Mapping[str, FoundStep]  # by the id as an order names it


def steps_of(conversions: Collection[Conversion]) -> dict[int, list[FoundStep]]:
    """The steps of each order by the conversion's number, in the order of time; an order without is left out."""
    found: dict[int, list[FoundStep]] = {}
    for program, rows in _with_keys(conversions, _KEYS).items():
        found |= _of_program(program, rows)
    return found


def store_pairs_of(conversions: Collection[Conversion], *, by_browsers: Collection[int] = ()) -> None:
    """Remember which profiles and customers these orders name together; test orders tell nothing of anybody. Of orders
    of the server `by_browsers` are those whose click or profile a browser said.
    """
    for program, rows in _with_keys(conversions, _KEYS[:2]).items():
        clicks = _named_clicks(program, rows)
        pairs: set[Pair] = set()
        for row in rows:
            if not row.is_test:
                is_claim = row.source in BROWSERS or row.pk in by_browsers
                pairs.update(_pairs(program, _own_keys(row, clicks), is_claim=is_claim))
        store_pairs(pairs, seen_at=timezone.now())


def _with_keys(conversions: Iterable[Conversion], keys: Collection[str]) -> dict[int, list[Conversion]]:
    """Those that name one of these, by program, without those of customers who refused to be tracked."""
    of_program: dict[int, list[Conversion]] = defaultdict(list)
    for row in conversions:
        if any(row.payload.get(key) for key in keys) and not is_refused(row.payload):
            of_program[row.program_id].append(row)
    return of_program


def _pairs(program: int, keys: Keys, *, is_claim: bool) -> Iterable[Pair]:
    told_by = ToldBy.BROWSER if is_claim else ToldBy.ORDER
    for customer in keys.customers:
        for profile in keys.profiles:
            yield Pair(program, profile, customer, told_by=told_by)
    if len(keys.profiles) > 1:
        first, other = sorted(keys.profiles)
        yield Pair(program, first, other_profile=other, told_by=told_by)


def _of_program(program: int, conversions: list[Conversion]) -> dict[int, list[FoundStep]]:
    clicks = _named_clicks(program, conversions)
    keys = {row.pk: _own_keys(row, clicks) for row in conversions}
    widen(program, keys.values())
    steps = _steps(program, conversions, keys)
    found = {}
    for row in conversions:
        own = {
            step.id: step._replace(claim=keys[row.pk].claims.get(Name(profile)))
            for profile in keys[row.pk].profiles for step in steps.get(profile, ())
        }  # fmt: skip
        within = [step for step in own.values() if row.event_date - LONGEST <= step.at <= row.event_date + AFTER]
        named = clicks.get(row.payload.get("ClickId", ""))
        if chosen := _latest(within, named):
            found[row.pk] = chosen
    return found


def _latest(steps: Iterable[FoundStep], named: FoundStep | None) -> list[FoundStep]:
    """The latest of each kind, and the click that the order names, however old; in the order of time."""
    ordered = sorted(steps, key=lambda step: (step.at, step.number))
    impressions = [step for step in ordered if step.kind == "IMPRESSION"][-MOST_STEPS:]
    others = [step for step in ordered if step.kind != "IMPRESSION"][-MOST_STEPS:]
    chosen = {step.id: step for step in (*impressions, *others, *([named] if named else []))}
    return sorted(chosen.values(), key=lambda step: (step.at, step.number))


def _own_keys(conversion: Conversion, clicks: Clicks) -> Keys:
    payload = conversion.payload
    click = clicks.get(payload.get("ClickId", ""))
    named = (payload.get("CustomProfileId"), click.profile if click else None)
    customer = payload.get("CustomerId")
    return Keys(list(dict.fromkeys(profile for profile in named if profile)), [customer] if customer else [])


_COLUMNS = "id, kind, at, number, partner_id, ad_id, source, profile, facts"
# Each is looked for in the one month that its id names.
_CLICKS = f"""
SELECT found.* FROM unnest(%s::uuid[], %s::timestamptz[]) AS asked (click, made) CROSS JOIN LATERAL (
    SELECT {_COLUMNS} FROM tracking_step AS step
    WHERE step.id = asked.click AND step.at >= asked.made AND step.at <= asked.made + interval '2 milliseconds'
      AND step.program_id = %s AND step.not_counted = ''
) AS found
"""  # noqa: S608 (no value in it comes from outside)


def _named_clicks(program: int, conversions: Iterable[Conversion]) -> Clicks:
    """The click of each id that an order names; one of another program is none."""
    sent = {text for row in conversions if (text := row.payload.get("ClickId"))}
    named = {text: click for text in sent if (click := read_click_id(text))}
    if not named:
        return {}
    ids = sorted(set(named.values()))
    rows = fetch(_CLICKS, [ids, [moment_of(each) for each in ids], program])
    clicks = {step.id: step for step in map(FoundStep.of_row, rows)}
    return {text: clicks[click] for text, click in named.items() if click in clicks}


_OF_KIND = f"""
SELECT {_COLUMNS} FROM tracking_step AS step
WHERE step.program_id = %(program)s AND step.profile = asked.profile
  AND step.at >= asked.first AND step.at <= asked.last AND step.not_counted = '' AND step.kind {{kind}} 'IMPRESSION'
ORDER BY step.at DESC, step.number DESC LIMIT %(most)s
"""  # noqa: S608 (no value in it comes from outside)
_STEPS = f"""
SELECT found.* FROM unnest(%(profiles)s::text[], %(firsts)s::timestamptz[], %(lasts)s::timestamptz[])
    AS asked (profile, first, last)
CROSS JOIN LATERAL (({_OF_KIND.format(kind="=")}) UNION ALL ({_OF_KIND.format(kind="<>")})) AS found
"""  # noqa: S608 (no value in it comes from outside)


def _steps(
    program: int, conversions: Iterable[Conversion], keys: Mapping[int, Keys]
) -> Mapping[str, Collection[FoundStep]]:
    """The steps of each profile in the time of the orders that ask for it."""
    dates: dict[str, list[datetime]] = defaultdict(list)
    for row in conversions:
        for profile in keys[row.pk].profiles:
            dates[profile].append(row.event_date)
    steps: dict[str, list[FoundStep]] = defaultdict(list)
    if not dates:
        return steps
    values: dict[str, Any] = {
        "program": program, "most": MOST_STEPS, "profiles": list(dates),
        "firsts": [min(each) - LONGEST for each in dates.values()],
        "lasts": [max(each) + AFTER for each in dates.values()],
    }  # fmt: skip
    for step in map(FoundStep.of_row, fetch(_STEPS, values)):
        steps[step.profile].append(step)
    return steps
