"""Visitors as the tag tells of them: which clicks, profiles and customers are one, and visits from unpaid sources."""

import json
import re
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from django.db.models import Q
from django.utils import timezone

from common.db.statements import fetch
from program.models import Customer, Program
from program.models.partner import Channel
from tracking.clicks.parameters import LONGEST_ADDRESS, bounded, facts_of
from tracking.intake.parsing import is_no_id
from tracking.journeys.click_ids import moment_of, new_click_id, read_click_id
from tracking.journeys.pairs import Pair, ToldBy, store_pairs
from tracking.models import SeenTogether, Step
from tracking.visitors.derived import referral_derived

LONGEST_PROFILE = 70
MOST_CLICKS = 5
# By `utm_medium`: the words that shops and the large tools write.
_CHANNELS: Mapping[Channel, str] = {
    Channel.PAID_SEARCH: "cpc ppc paidsearch paid-search paid_search sem cpv",
    Channel.DISPLAY: "display banner cpm retargeting remarketing video",
    Channel.EMAIL: "email e-mail mail newsletter",
    Channel.SOCIAL: "social social-media social_network paid-social paidsocial paid_social sm",
    Channel.ORGANIC: "organic referral",
    Channel.AFFILIATE: "affiliate affiliates partner",
    Channel.INFLUENCER: "influencer creator",
    Channel.CONTENT: "content blog",
    Channel.COUPON: "coupon voucher",
    Channel.LOYALTY: "loyalty cashback",
}
_BY_MEDIUM = {word: channel for channel, words in _CHANNELS.items() for word in words.split()}
_HASH = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
_STORE = """
INSERT INTO tracking_step
    (id, at, program_id, kind, partner_id, ad_id, source, profile, visitor, not_counted, facts, ip_address)
VALUES (%s, %s, %s, 'VISIT', NULL, NULL, %s, %s, %s, %s, %s, '') RETURNING number
"""


def channel_of(medium: str, gclid: str) -> Channel:
    """The channel of an unpaid source that the brand has given none."""
    return _BY_MEDIUM.get(medium.strip().casefold(), Channel.PAID_SEARCH if gclid else Channel.OTHER)


def profile_in(value: object) -> str:
    """A profile's id as a browser sends it; "" for anything else."""
    return _id_in(value, LONGEST_PROFILE)


def _id_in(value: object, longest: int) -> str:
    """An id as a browser sends it; "" where it names nothing, and all its visitors would share their steps."""
    text = bounded(value, longest) if isinstance(value, str) else ""
    return "" if is_no_id(text) else text


def see_clicks(program: Program, profile: str, clicks: object) -> None:
    """Store that a profile is that of these clicks; those of another program are none."""
    sent = clicks if isinstance(clicks, list) else []
    ids = {found for each in sent[-MOST_CLICKS:] if isinstance(each, str) and (found := read_click_id(each))}
    if not ids or not profile:
        return
    moments = {moment_of(each) for each in ids}
    within = Q()
    for moment in moments:  # so that only their months are read
        within |= Q(at__range=(moment, moment + timedelta(milliseconds=1)))
    of_clicks = set(Step.objects.filter(within, id__in=ids, program=program).values_list("profile", flat=True))
    pairs = [
        Pair(program.pk, profile, other_profile=other, told_by=ToldBy.LANDING)
        for other in of_clicks
        if other != profile
    ]
    store_pairs(pairs, seen_at=timezone.now())


def identify(program: Program, profile: str, said: Mapping[str, Any], *, may_claim: Callable[[str], bool]) -> None:
    """Store that a profile is a customer's, or another profile's, where that is known or `may_claim` allows it. A
    customer may be named by the hash of the e-mail address, where the brand has told us of it.
    """
    customer = _id_in(said.get("customerId"), 255)
    other = profile_in(said.get("customProfileId"))
    email = said.get("customerEmail")
    if not customer and isinstance(email, str) and _HASH.fullmatch(email.lower()):
        field = "email_sha1" if len(email) == 40 else "email_sha256"
        known = Customer.objects.known().filter(program=program, **{field: email.lower()})
        customer = known.order_by("pk").values_list("customer_id", flat=True).first() or ""
    pairs = [Pair(program.pk, profile, customer_id=customer, told_by=ToldBy.IDENTIFY)] if customer else []
    if other and other != profile:
        pairs.append(Pair(program.pk, profile, other_profile=other, told_by=ToldBy.IDENTIFY))
    new = [pair for pair in pairs if not _is_known(pair) and may_claim(pair.customer_id or pair.other_profile)]
    store_pairs(new, seen_at=timezone.now())


def _is_known(pair: Pair) -> bool:
    names = {"customer_id": pair.customer_id, "other_profile": pair.other_profile}
    return SeenTogether.objects.filter(program=pair.program_id, profile=pair.profile, **names).exists()


def store_visit(
    program: Program, profile: str, *, page: str, referrer: str, derived: Mapping[str, str], not_counted: str
) -> bool:
    """Store a visit from an unpaid source, as the address of its landing page names it; False where it names none."""
    query = _query(page)
    names = {name.casefold(): value for name, value in query}
    gclid = names.get("gclid", "")
    source = bounded(names.get("utm_source", "")) or ("google" if gclid else "")
    if not source:
        return False
    now = timezone.now()
    facts = {
        **facts_of(query),
        **referral_derived(derived),
        "ReferralLandingPage": bounded(page, LONGEST_ADDRESS),
        "ReferralUrl": bounded(referrer, LONGEST_ADDRESS),
        "Channel": channel_of(names.get("utm_medium", ""), gclid).value,
    }
    written = json.dumps({name: value for name, value in facts.items() if value})
    fetch(_STORE, [new_click_id(now), now, program.pk, source, profile, profile, not_counted, written])
    return True


def _query(page: str) -> list[tuple[str, str]]:
    try:
        return parse_qsl(urlsplit(page[:LONGEST_ADDRESS]).query, max_num_fields=100)
    except ValueError:
        return []
