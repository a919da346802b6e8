"""Clicks, impressions and visits of a customer: found by the profiles that were seen with them, and made nobody's."""

from collections.abc import Iterable, Iterator
from datetime import timedelta
from itertools import batched
from typing import Any

from django.db import connection
from django.db.models import F, Q
from django.utils import timezone

from common.db.statements import AnyOf
from program.models import Partner
from tracking.clicks.stored_steps import ERASING_VISITS
from tracking.journeys.click_ids import read_click_id
from tracking.models import Conversion, ErasedProfile, SeenTogether, Step

from .orders import BATCH
from .person import Person

KEPT_FOR = timedelta(days=30)  # longer than a click lies in a spool
WIDENINGS = 2  # from a profile to those that were seen with it, as an order's journey is found


def profiles_of(person: Person, named: Iterable[str]) -> set[str]:
    """The profiles that were seen with the customer, those that their orders name among them, and with no other
    customer: of a browser that several people use nobody can say whose a click was.
    """
    pairs = SeenTogether.objects.filter(program=person.program_id)
    found = set(pairs.filter(customer_id=person.customer_id).values_list("profile", flat=True)) | set(named)
    for _ in range(WIDENINGS):
        known = list(found)
        together = pairs.exclude(other_profile="").filter(
            Q(AnyOf(F("profile"), known)) | Q(AnyOf(F("other_profile"), known))
        )
        found |= {each for pair in together.values_list("profile", "other_profile") for each in pair}
    others = pairs.filter(AnyOf(F("profile"), list(found))).exclude(customer_id__in=["", person.customer_id])
    return found - set(others.values_list("profile", flat=True))


def profiles_named(person: Person, numbers: Iterable[int]) -> set[str]:
    """The profiles that these orders name, and those of the clicks that they name."""
    found: set[str] = set()
    for some in batched(numbers, BATCH):
        clicks = []
        for payload in Conversion.objects.numbered(list(some)).values_list("payload", flat=True):
            found.add(payload.get("CustomProfileId", ""))
            if click := read_click_id(payload.get("ClickId", "")):
                clicks.append(click)
        if clicks:
            steps = Step.objects.filter(AnyOf(F("id"), clicks), program=person.program_id)
            found |= set(steps.values_list("profile", flat=True))
    return found - {""}


def erase_visits(person: Person, profiles: set[str], pseudonym: str) -> int:
    """Take from the steps of these profiles all that they say of their visitor, and forget who was seen together;
    returns how many steps. That they were is still counted. Call inside a transaction, before the id is replaced.
    """
    told: dict[str, Any] = {"program": person.program_id, "profiles": sorted(profiles), "pseudonym": pseudonym}
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [ERASING_VISITS])
        cursor.execute(_REMEMBER, told)
        cursor.execute(_ERASE_STEPS, told)
        count: int = cursor.rowcount
        cursor.execute(_FORGET_PAIRS, {**told, "customer": person.customer_id})
    return count


# For clicks of theirs that are not stored yet.
_REMEMBER = """
INSERT INTO tracking_erasedprofile (program_id, profile_hash, erased_at)
SELECT %(program)s, encode(sha256(convert_to(profile, 'UTF8')), 'hex'), clock_timestamp()
FROM unnest(%(profiles)s::text[]) AS profile
ON CONFLICT (program_id, profile_hash) DO UPDATE SET erased_at = EXCLUDED.erased_at
"""
# Visitors are told apart still: clicks of one within seconds are counted once.
_ERASE_STEPS = """
WITH theirs AS (
    SELECT id, at, dense_rank() OVER (ORDER BY visitor) AS visitor, dense_rank() OVER (ORDER BY profile) AS profile
    FROM tracking_step WHERE program_id = %(program)s AND profile = ANY(%(profiles)s)
)
UPDATE tracking_step AS step
SET facts = '{}', ip_address = '', source = CASE WHEN source = '' THEN '' ELSE 'erased' END,
    visitor = %(pseudonym)s || '-' || theirs.visitor, profile = %(pseudonym)s || '-' || theirs.profile
FROM theirs WHERE step.id = theirs.id AND step.at = theirs.at
"""
_FORGET_PAIRS = """
DELETE FROM tracking_seentogether
WHERE program_id = %(program)s
  AND (customer_id = %(customer)s OR profile = ANY(%(profiles)s) OR other_profile = ANY(%(profiles)s))
"""


def forget_erased_profiles() -> int:
    """Delete what says that profiles were erased so long ago that no click of them is to come; returns how many."""
    return ErasedProfile.objects.filter(erased_at__lt=timezone.now() - KEPT_FOR).delete()[0]


def steps_told(person: Person, profiles: set[str]) -> Iterator[dict[str, Any]]:
    """Every step of these profiles as it is stored, for the file of everything known."""
    rows = Step.objects.filter(AnyOf(F("profile"), sorted(profiles)), program=person.program_id).order_by(
        "at", "number"
    )
    partners: dict[int, str] = dict(Partner.objects.filter(program=person.program_id).values_list("pk", "name"))
    for row in rows.iterator(chunk_size=BATCH):
        yield {
            "ClickId": str(row.id),
            "Kind": row.get_kind_display(),
            "Date": row.at,
            "Partner": partners.get(row.partner_id or 0, ""),
            "Source": row.source,
            "Profile": row.profile,
            "IpAddress": row.ip_address,
            "Facts": row.facts,
        }
