"""What the address of a link says of its click: the query parameters of the sources, by the names of the journey's
parameters, so that a step's facts are the values of rules as they stand.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from common.formats.comparison import trimmed

LONGEST = 255
LONGEST_ADDRESS = 2_048

# Of several that fill one value, the first that is sent counts.
FILLED: Mapping[str, tuple[str, ...]] = {
    "SubId1": ("subid1", "subid"),
    "SubId2": ("subid2",),
    "SubId3": ("subid3",),
    "SharedId": ("sharedid",),
    **{f"ReferralParam{number}": (f"param{number}",) for number in range(1, 11)},
    "ReferralTrafficSource": ("trafficsource", "utm_source"),
    "ReferralTrafficType": ("traffictype", "utm_medium"),
    "ReferralAdCampaign": ("utm_campaign",),
    "ReferralAdCampaignId": ("utm_id", "campaignid"),
    "ReferralAdKeyword": ("utm_term", "keyword"),
    "ReferralAdGroup": ("adgroup",),
    "ReferralAdGroupId": ("adgroupid",),
    "ReferralAdPlacement": ("placement",),
    "ReferralAdType": ("network",),
    "ReferralSubaccountId": ("subaccountid",),
    "ReferralSubaccountName": ("subaccountname",),
    "ReferralSku": ("sku",),
    "ReferralDeal": ("deal",),
    "UtmContent": ("utm_content",),
    "Gclid": ("gclid",),
}
READ = frozenset(name for names in FILLED.values() for name in names)


def facts_of(query: Iterable[tuple[str, str]]) -> dict[str, str]:
    """The values that the query fills, in any letter case of its names; of one that is sent twice the first counts."""
    sent: dict[str, str] = {}
    for name, value in query:
        key = name.casefold()
        if key in READ and key not in sent and (read := bounded(value)):
            sent[key] = read
    return {
        filled: next(sent[name] for name in names if name in sent)
        for filled, names in FILLED.items()
        if any(name in sent for name in names)
    }


def carried(facts: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    """What the link of a kept step brought, by the names that stand in its address."""
    return tuple((names[0], str(facts[filled])) for filled, names in FILLED.items() if facts.get(filled))


def bounded(value: str, longest: int = LONGEST) -> str:
    """A stranger's text as it is kept: without outer spaces and what cannot be printed, and no longer than this."""
    text = value[: 2 * longest]
    if not text.isprintable():
        text = "".join(character for character in text if character.isprintable())
    return trimmed(text)[:longest].rstrip()
