"""Deliveries arrive in any order and more than once, and workers' clocks differ: the ledger is the same."""

import json
import os
import random
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
import time_machine
from django.db import transaction
from django.utils import timezone

from common.db.statements import fetch
from program.models import Partner
from reports.models import DailyPerformance
from reports.rollups.fill import fill_touched_days
from tests.factories import make_contracts, make_event_type, make_partner, make_program, terms_document
from tracking.clicks.stored_steps import STORE_MANY
from tracking.clicks.waiting_orders import price_with_clicks
from tracking.conversions.new_conversions import store_conversion
from tracking.intake import read_conversion, read_modification
from tracking.journeys.click_ids import written_click_id
from tracking.journeys.pairs import Pair, store_pairs
from tracking.models import Action
from tracking.models.conversion import Source
from tracking.modifications.apply import apply_modifications
from tracking.modifications.new_modifications import store_modifications
from tracking.pricing.batch import price_batch
from tracking.trying_again.late_orders import try_late_orders

SEEDS = int(os.environ.get("BRANDBOARD_SEEDS", "100"))
NOW = datetime(2026, 11, 20, 15, tzinfo=UTC)
NEW = {"Rank": 1, "Name": "New", "PayoutRate": "15",
       "Rules": [{"Variable": "CUSTOMER_STATUS", "Operator": "IS", "Values": ["New"]}]}  # fmt: skip
LARGE = {"Rank": 2, "Name": "Large", "Payout": "12.34",
         "Rules": [{"Variable": "ITEM_QUANTITY", "Operator": "GTE", "Values": ["3"]}]}  # fmt: skip


@pytest.fixture
def program(db):
    program = make_program()
    make_event_type(program=program)
    partners = [make_partner(program=program, media_partner_id=name) for name in ("P-1", "P-2")]
    document = terms_document(groups=[NEW, LARGE], PayoutLevel="ITEM")
    make_contracts(program=program, document=document, partners=partners)
    return program


def deliveries(program, draw):
    """Orders of one to three lines within two days around midnight, returns of some of their lines, and of those that
    name no partner the click, or with whom their customer's profile was seen.
    """
    orders, returns, ways = [], [], []
    for number in range(draw.randint(3, 7)):
        way, told = came(program, draw, number)
        ways += told
        order = {"CampaignId": program.pk, "EventTypeCode": "SALE", "OrderId": f"A{number}",
                 "EventDate": (NOW - timedelta(hours=draw.randrange(1, 40))).isoformat(),
                 **way,
                 "CustomerStatus": draw.choice(["New", "Existing"])}  # fmt: skip
        for line in range(1, draw.randint(1, 3) + 1):
            price = f"{draw.randrange(1, 9000) / 100:.2f}"
            order |= {
                f"ItemSku{line}": f"S{line}",
                f"ItemPrice{line}": price,
                f"ItemQuantity{line}": draw.randint(1, 5),
            }
            if draw.random() < 0.4:
                when = (NOW - timedelta(minutes=draw.randrange(60))).isoformat()
                returns.append({"EventTypeCode": "SALE", "OrderId": f"A{number}", "Reason": "ITEM_RETURNED",
                                "ModificationDate": when, "ItemSku": f"S{line}",
                                "ItemQuantity": draw.randint(0, 1)})  # fmt: skip
        orders.append(order)
    return orders, returns, ways


def came(program, draw, number):
    """What an order says of the way that its customer came, and what else arrives of it."""
    partner = draw.choice(list(Partner.objects.filter(program=program).order_by("pk")))
    at = NOW - timedelta(days=draw.randrange(2, 20), hours=number)
    click = UUID(bytes=int(at.timestamp() * 1000).to_bytes(6) + draw.randbytes(10))
    step = {
        "id": str(click), "at": at.isoformat(), "program_id": program.pk, "kind": "CLICK", "partner_id": partner.pk,
        "ad_id": None, "source": "", "profile": f"B{number}", "visitor": "", "not_counted": "", "facts": {},
        "ip_address": "",
    }  # fmt: skip
    match draw.choice(["partner", "click", "profile", "customer"]):
        case "partner":
            return {"MediaPartnerId": partner.media_partner_id}, []
        case "click":
            return {"ClickId": written_click_id(click), "CustomerId": f"C{number}"}, [("click", step)]
        case "profile":
            fetch(STORE_MANY, [json.dumps([step])])
            return {"CustomProfileId": f"B{number}"}, []
    fetch(STORE_MANY, [json.dumps([step])])
    return {"CustomerId": f"C{number}"}, [("pair", Pair(program.pk, f"B{number}", f"C{number}"))]


def deliver(program, kind, params):
    if kind == "click":
        fetch(STORE_MANY, [json.dumps([params])])
    elif kind == "pair":
        store_pairs([params], seen_at=timezone.now())
    elif kind == "order":
        data = read_conversion(params, now=NOW, time_zone=program.time_zone)
        store_conversion(program, data, source=Source.API)
    else:
        store_modifications(
            program, [read_modification(params, now=NOW, time_zone=program.time_zone)], source=Source.API
        )


def work(program, draw=None):
    """One worker's turn; with `draw`, of a worker whose clock is up to two hours off, and who takes few at a time."""
    off = timedelta(minutes=draw.randint(-120, 120)) if draw else timedelta(0)
    limit = draw.choice([1, 3, 200]) if draw else 200
    with time_machine.travel(NOW + off, tick=False):
        tried = price_with_clicks() + try_late_orders()
        done = price_batch(program_id=program.pk, limit=limit) + apply_modifications(program_id=program.pk, limit=limit)
        return tried + done


def ledger(program):
    """What everybody is paid and every cell of the reports, without numbers of rows and moments of work."""
    while work(program):
        pass
    with time_machine.travel(NOW, tick=False):
        while fill_touched_days(program_id=program.pk):
            pass
    actions = [
        (action.order_id, action.partner.media_partner_id, action.amount, action.payout, action.state,
         sorted(action.items.values_list("sku", "quantity", "sale_amount", "payout")))
        for action in Action.objects.filter(program=program).select_related("partner").order_by("order_id")
    ]  # fmt: skip
    cells = [field.name for field in DailyPerformance._meta.fields if field.name != "id"]
    return actions, sorted(map(repr, DailyPerformance.objects.filter(program=program).values(*cells)))


@pytest.mark.parametrize("seed", range(SEEDS))
def test_any_order_and_any_number_of_deliveries_gives_the_same_books(program, seed):
    draw = random.Random(seed)
    orders, returns, ways = deliveries(program, draw)

    with time_machine.travel(NOW, tick=False), transaction.atomic():
        for kind, params in (*ways, *(("order", each) for each in orders), *(("return", each) for each in returns)):
            deliver(program, kind, params)
        expected = ledger(program)
        transaction.set_rollback(True)
    assert len(expected[0]) == len(orders)
    assert not Action.objects.filter(program=program).exists()

    everything = [*ways, *(("order", params) for params in orders), *(("return", params) for params in returns)]
    shuffled = [delivery for delivery in everything for _ in range(draw.randint(1, 5))]
    draw.shuffle(shuffled)
    for kind, params in shuffled:
        deliver(program, kind, params)
        if draw.random() < 0.2:
            work(program, draw)
    assert ledger(program) == expected
