"""What ads and promo codes look like in the OpenAPI document."""

from typing import Any

from ninja import Schema

from program.models import Ad, PromoCode
from tracking.api.customers.schemas import BOTH, CAMPAIGN, body, text
from tracking.api.lists import Page


class AdAnswer(Schema):
    Id: int
    CampaignId: int
    Name: str
    Kind: str
    LandingPage: str
    Deal: str
    Sku: str
    Active: bool
    CreationDate: str
    Uri: str


class Ads(Page):
    Ads: list[AdAnswer]


class PromoCodeAnswer(Schema):
    Id: int
    CampaignId: int
    Code: str
    Use: str
    PartnerId: str | None
    Group: str | None
    CreationDate: str
    Uri: str


class PromoCodes(Page):
    PromoCodes: list[PromoCodeAnswer]


AD: dict[str, Any] = {
    "Name": text(120),
    "Kind": {"type": "string", "enum": list(Ad.Kind.values)},
    "LandingPage": text(2_048, format="uri", description="On a landing domain of the program."),
    "Deal": text(120), "Sku": text(255), "Active": {"type": "boolean"},
}  # fmt: skip
NEW_AD = body(BOTH, ["Name", "LandingPage"], {**AD, "CampaignId": CAMPAIGN}, once=True)
CHANGED_AD = body(BOTH, [], AD, once=False)
PROMO_CODE: dict[str, Any] = {
    "Code": text(255),
    "Use": {"type": "string", "enum": list(PromoCode.Use.values), "description": "CREDIT by default."},
    "PartnerId": text(64, description="The partner that it credits or is reserved to."),
    "Group": text(80, description="In place of a partner, the group that it is reserved to."),
}
NEW_PROMO_CODE = body(BOTH, ["Code"], {**PROMO_CODE, "CampaignId": CAMPAIGN}, once=True)
CHANGED_PROMO_CODE = body(BOTH, [], PROMO_CODE, once=False)
