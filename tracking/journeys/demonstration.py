"""Visitors of the demonstration: what they clicked, and the orders that followed. All of it is made up."""

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import cycle
from typing import Any, NamedTuple

from common.db.statements import fetch
from program.models import Ad, Partner, Program
from tracking.clicks.stored_steps import STORE_MANY
from tracking.conversions.new_conversions import store_conversions
from tracking.intake import read_conversion
from tracking.journeys.click_ids import new_click_id, written_click_id
from tracking.models.conversion import Source

ORDERS = 48  # credited by their journeys, over a month
_WHERE = ("https://teablog.example/review", "https://www.gifts.example/top-ten", "https://mail.example/")
_UNPAID = {
    "google": {"Channel": "paid search", "ReferralUrl": "https://www.google.com/"},
    "newsletter": {"Channel": "email", "ReferralUrl": "https://mail.example/"},
}
_BROWSER = {
    "ReferralDerivedBrowser": "Chrome", "ReferralDerivedOs": "Android", "ReferralDerivedDeviceType": "Mobile",
    "ReferralDerivedCountry": "GB",
}  # fmt: skip
_AGENT = (
    "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0 Mobile Safari/537.36"
)


class Visit(NamedTuple):
    """A step so many days before its order; without a partner, of the unpaid source."""

    days: float
    partner: str = ""
    kind: str = "CLICK"
    source: str = ""


class Story(NamedTuple):
    """An order, what led to it, and what it sends beside its customer."""

    name: str
    age: float  # days
    visits: tuple[Visit, ...]
    sent: dict[str, str] = {}
    names_click: bool = True


def store_visitors(program: Program, now: datetime) -> None:
    """Store the clicks, impressions and visits, and the orders that wait for the worker then."""
    partners = {partner.media_partner_id: partner for partner in Partner.objects.filter(program=program)}
    ads = list(Ad.objects.filter(program=program).order_by("pk"))
    rows, orders = [], []
    for number, story in enumerate(_stories()):
        ordered = (now - timedelta(days=story.age)).replace(microsecond=0)
        steps = [_step(program, partners, ads[number % len(ads)], visit, ordered, number) for visit in story.visits]
        rows += steps
        sent = {
            "CampaignId": program.pk, "EventTypeCode": "SALE", "OrderId": f"W-{story.name}", "CurrencyCode": "GBP",
            "EventDate": ordered.isoformat(), "CustomerId": f"W{number}", "CustomerStatus": "new",
            "CustomerCountry": "GB", "CustomProfileId": _profile(number), "UserAgent": _AGENT,
            "ItemSku": "22423", "ItemName": "REGENCY CAKESTAND 3 TIER", "ItemQuantity": str(number % 4 + 1),
            "ItemPrice": "12.75", **story.sent,
        }  # fmt: skip
        if story.names_click and steps:
            sent["ClickId"] = str(steps[-1]["ClickId"])
        orders.append(read_conversion(_numbered(sent), now=now, time_zone=program.time_zone))
    fetch(STORE_MANY, [json.dumps(rows)])
    store_conversions(program, orders, source=Source.API)


def _numbered(sent: dict[str, Any]) -> dict[str, Any]:
    return {f"{name}1" if name.startswith("Item") else name: value for name, value in sent.items()}


def _profile(number: int) -> str:
    return f"demonstration-{number}"


def _step(
    program: Program, partners: dict[str, Partner], ad: Ad, visit: Visit, ordered: datetime, number: int
) -> dict[str, Any]:
    at = ordered - timedelta(days=visit.days)
    click = new_click_id(at)
    facts = {"ReferralUrl": _WHERE[number % len(_WHERE)], "ReferralLandingPage": ad.landing_page, **_BROWSER}
    return {
        "id": str(click), "ClickId": written_click_id(click), "at": at.isoformat(), "program_id": program.pk,
        "kind": visit.kind, "partner_id": partners[visit.partner].pk if visit.partner else None,
        "ad_id": ad.pk if visit.partner else None, "source": visit.source, "profile": _profile(number),
        "visitor": _profile(number), "not_counted": "", "ip_address": "",
        "facts": {**facts, "ReferralAd": f"{ad.name} ({ad.pk})"} if visit.partner else _BROWSER | _UNPAID[visit.source],
    }  # fmt: skip


def _stories() -> Iterator[Story]:
    names = cycle(("P-003", "P-005", "P-008"))
    for number in range(ORDERS):
        partner, other = next(names), ("P-001", "P-009")[number % 2]
        visits: tuple[Visit, ...] = (Visit(number % 9 + 0.2, partner),)
        if number % 3 == 0:
            visits = (Visit(number % 9 + 4, other), *visits)
        if number % 4 == 0:
            visits = (Visit(12, source="google", kind="VISIT"), *visits)
        if number % 6 == 0:
            visits = (Visit(20, other, kind="IMPRESSION"), *visits)
        yield Story(f"{1000 + number}", number * 0.6 + 0.3, visits)
    for number in range(6):
        yield Story(f"20{number:02}", number * 2 + 0.6, (), {"OrderPromoCode": "partner03"})
    for number in range(5):
        yield Story(f"30{number:02}", number + 1, ())
    for number in range(3):
        yield Story(f"31{number:02}", number + 1, (Visit(2, source="newsletter", kind="VISIT"),), {}, False)
        yield Story(f"32{number:02}", number + 1, (Visit(45, "P-008"),))
        yield Story(f"33{number:02}", number + 1, (Visit(1, "P-009", kind="IMPRESSION"),), {}, False)
    yield Story("3400", 1.2, (Visit(1, "P-005"),), {"OrderPromoCode": "NEWSLETTER10"})
    yield Story("3500", 1.4, (), {"MediaPartnerId": "P-404"})
    yield Story("3501", 2.4, (), {"MediaPartnerId": "P-404"})
