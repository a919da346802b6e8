"""A program as large as the largest that the pages are made for, made by the product itself where that is not slow."""

import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import batched
from typing import Any

from django.utils import timezone

from accounts.models import Membership, User
from benchmarks.setting.home import say
from contracts.drafts.unpublished import open_draft
from contracts.models import TemplateTerms
from contracts.publishing.services import publish_document
from program.event_types.services import create_event_type, set_customer_status_mapping
from program.models import EventType, Partner, Program
from program.programs import create_account_and_program
from reports.rollups.fill import fill_touched_days
from tracking.conversions.new_conversions import store_conversions
from tracking.intake import read_conversion, read_modification
from tracking.models import Action
from tracking.models.conversion import Source
from tracking.modifications.apply import apply_all
from tracking.modifications.new_modifications import store_modifications
from tracking.pricing.batch import price_batch

DAYS = 180
BATCH = 2_000
COUNTRIES = ("GB", "GB", "GB", "DE", "FR", "IE")


def make_large_program(*, partners: int, groups: int, codes: int, actions: int, id: int = 1000) -> tuple[Program, User]:
    """The program and an editor of it. One order in a hundred has a code that is not mapped, one in two hundred an
    unknown partner; some are changed afterwards."""
    program = create_account_and_program(id=id, name="A large brand", currency="GBP", time_zone="Europe/London")
    editor = User.objects.create_user("editor", "editor@brand.example")
    Membership.objects.create(user=editor, account=program.account, role=Membership.Role.EDITOR)
    sale = create_event_type(
        program=program, code="SALE", name="Online sale", category=EventType.Category.SALE, deduplication_days=30
    )
    third = codes // 3
    known = [f"code-{number}" for number in range(codes)]
    mapping = {"New": known[:third], "Existing": known[third : 2 * third], "Re-Engaged": known[2 * third :]}
    set_customer_status_mapping(event_type=sale, mapping=mapping, enabled=True)
    Partner.objects.bulk_create(
        Partner(program=program, media_partner_id=f"P-{number:05d}", name=f"Partner {number:,}")
        for number in range(partners)
    )
    publish_document(program=program, document=_terms(groups), join="all")
    open_draft(template_terms=TemplateTerms.objects.get(program=program))
    say(f"{partners:,} partners joined terms of {groups:,} groups; {codes:,} codes are mapped")
    now = timezone.now()
    draw = random.Random(7)
    for batch in batched(_orders(draw, now, actions, partners, known), BATCH):
        data = [read_conversion(order, now=now, time_zone=program.time_zone) for order in batch]
        store_conversions(program, data, source=Source.API)
        while price_batch(program_id=program.pk):
            pass
    say(f"{actions:,} orders priced")
    returned = Action.objects.filter(program=program).order_by("id").values_list("order_id", flat=True)
    changes = [
        read_modification(
            {"CampaignId": id, "EventTypeCode": "SALE", "OrderId": order_id, "Amount": "0", "Reason": "ITEM_RETURNED"},
            now=now,
            time_zone=program.time_zone,
        )
        for order_id in returned[::1000]
    ]
    store_modifications(program, changes, source=Source.API)
    apply_all(program.pk)
    fill_touched_days(program_id=program.pk, wait=True)
    return program, editor


def _terms(groups: int) -> dict[str, Any]:
    ranked = [
        {
            "Rank": rank,
            "Name": f"Shelf {rank}",
            "Rules": [{"Variable": "ITEM_SKU", "Operator": "IS", "Values": [f"SKU-{rank:05d}"]}],
            "PayoutRate": str(rank % 15 + 1),
        }
        for rank in range(1, groups + 1)
    ]
    payout = {"EventTypeCode": "SALE", "PayoutLevel": "ITEM", "DefaultPayoutRate": "5", "PayoutGroups": ranked}
    return {"Name": "Standard", "Currency": "GBP", "EventPayouts": [payout]}


def _orders(
    draw: random.Random, now: datetime, count: int, partners: int, codes: list[str]
) -> Iterator[dict[str, Any]]:
    """Orders of one to three lines; a few partners have most of them, as it is."""
    for number in range(count):
        partner = int(partners * draw.random() ** 4) if number % 200 else partners + number
        yield {
            "CampaignId": 1000,
            "EventTypeCode": "SALE",
            "EventDate": (now - timedelta(days=DAYS * (count - number) / count)).isoformat(),
            "OrderId": f"L-{number}",
            "MediaPartnerId": f"P-{partner:05d}",
            "CustomerId": f"C-{number % (count // 3 + 1)}",
            "CustomerStatus": draw.choice(codes) if number % 100 else f"unmapped-{number % 7}",
            "CustomerCountry": draw.choice(COUNTRIES),
            "CurrencyCode": "GBP",
            "Items": [
                {
                    "ItemSku": f"SKU-{draw.randrange(1, 2_000):05d}",
                    "ItemCategory": f"Shelf {draw.randrange(40)}",
                    "ItemPrice": str(Decimal(draw.randrange(200, 9_000)) / 100),
                    "ItemQuantity": str(draw.randrange(1, 4)),
                }
                for _ in range(draw.randrange(1, 4))
            ],
        }
