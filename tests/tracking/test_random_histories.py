"""Random orders of customers against a plain second opinion: what Status check says of them, and by which tags they are
priced. The second opinions take nothing of the project but its tables.
"""

import random
from collections import defaultdict
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.db import connection

from program.models import Customer, EventType, TagAct
from program.models.event_type import CustomerStatusMapping
from program.tags.assigning.acts import act_at_once, create_act, run_act, undo_act
from program.tags.services import archive_customer_tag, change_customer_tag
from reports.proof.verify import verify
from reports.rollups.fill import fill_touched_days
from tests.factories import (
    make_action,
    make_contracts,
    make_conversion,
    make_customer,
    make_customer_tag,
    make_event_type,
    make_modification,
    terms_document,
)
from tests.tracking.status_checking import DAY, GROUPS, RATES, checked
from tests.tracking.test_customer_tags_priced import VIP
from tracking.models import CheckedStatus
from tracking.modifications.apply import apply_all
from tracking.pricing.batch import price_all

LAPSED, MOST = 30, Decimal(14)
STATUSES = {"new": "New", "New": "New", "repeat": "Existing", "lapsed": "Re-Engaged", "crew": "Staff"}
BEGIN = datetime(2026, 10, 24, 0, tzinfo=UTC)  # the clocks go back in the night that follows
HOURS = 120


def rows(statement: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return list(cursor.fetchall())


def agrees(program: Any) -> None:
    told: list[str] = []
    verify(program, tell=told.append)
    assert told == []


def place_orders(program: Any, draw: random.Random) -> None:
    for number in range(60):
        days = draw.choice([0, 0, 1, 29, 30, 30, 31, 58, 89]) + draw.choice([0, 0, 0.47, 0.4999])
        said = {"CustomerId": draw.choice(["", "C-1", "C-2", "C-3", "C-4"]), "Amount": draw.choice(["100", "33.33"])}
        if code := draw.choice(["", "riddle", *STATUSES]):
            said["CustomerStatus"] = code
        said |= {"MediaPartnerId": draw.choice(["P-1", "P-1", "P-1", "P-404"])}
        said |= {"EventTypeCode": draw.choice(["SALE", "SALE", "SALE", "LEAD"])}
        said |= {"OrderId": f"A{number if draw.random() < 0.9 else number // 2}"}
        moment = (DAY + timedelta(days=days)).isoformat()
        make_conversion(program=program, is_test=draw.random() < 0.1, EventDate=moment, **said)
        if draw.random() < 0.3:
            price_all(program.pk)
        change = draw.choice([None, None, {"Amount": "50"}, {"Amount": "0", "Reason": "ITEM_RETURNED"},
                              {"CustomerStatus": "repeat"}])  # fmt: skip
        if change:
            make_modification(program=program, OrderId=f"A{draw.randrange(number + 1)}", **change)
    price_all(program.pk)
    apply_all(program.pk)


def by_history(order: tuple[Any, ...], earlier: list[datetime], before: tuple[int, date | None]) -> str:
    _, _, _, moment, day = order
    number, first = before
    if first is not None:
        number = max(number, 1) if first <= day else 0
    near = bool(earlier) and moment - max(earlier) <= timedelta(days=LAPSED)
    near = near or (bool(number) and (first is None or day - first <= timedelta(days=LAPSED)))
    return "Existing" if near else "Re-Engaged" if earlier or number else "New"


def second_opinion(sale: int) -> tuple[dict[tuple[str, str, str], int], dict[int, tuple[str, int | None, Decimal]]]:
    """The matrix, and by action of those that disagree: the right status, the proof, the right payout."""
    placed = defaultdict(list)
    for pk, event_type, customer, moment in rows(
        "SELECT id, event_type_id, payload->>'CustomerId', event_date FROM tracking_conversion"
        " WHERE NOT is_test AND state <> 'DUPLICATE' AND payload ? 'CustomerId' ORDER BY event_date, id"
    ):
        placed[event_type, customer].append((moment, pk))
    before = {
        customer: (number, first)
        for customer, number, first in rows("SELECT customer_id, orders_before, first_order_date FROM program_customer")
    }
    ((since,),) = rows("SELECT min(day) FROM tracking_action WHERE NOT is_test")
    matrix: dict[tuple[str, str, str], int] = defaultdict(int)
    wrong = {}
    for pk, conversion, customer, moment, day, code, amount, state in rows(
        "SELECT a.id, c.id, c.payload->>'CustomerId', c.event_date, a.day, a.customer_status, a.amount, a.state"
        " FROM tracking_action a JOIN tracking_conversion c ON c.id = a.conversion_id"
        f" WHERE NOT a.is_test AND a.event_type_id = {sale}"
    ):
        sent = STATUSES.get(code, "")
        if sent not in RATES or not customer:
            continue
        earlier = [each for each in placed[sale, customer] if each < (moment, conversion)]
        right = by_history((pk, conversion, customer, moment, day), [at for at, _ in earlier], before[customer])
        if sent == right:
            verdict = "AGREES"
        elif right == "New":
            verdict = "NO_EARLIER"
        elif sent == "Existing" and day - timedelta(days=LAPSED) < since:
            verdict = "INCOMPLETE"
        else:
            verdict = "DISAGREES"
            paid = Decimal(0) if state == "REVERSED" else amount * Decimal(RATES[right]) / 100
            proof = earlier[-1][1] if earlier else None
            wrong[pk] = right, proof, min(paid.quantize(Decimal("0.01"), "ROUND_HALF_UP"), MOST)
        matrix[sent, right, verdict] += 1
    return dict(matrix), wrong


@pytest.fixture
def shop_with_limits(brand: Any, sale: Any, partner: Any) -> Any:
    """Terms of 15% for New, 10% for Existing, 12% for Re-Engaged, 1% otherwise, 14.00 an order at most."""
    EventType.objects.update(has_status_mapping=True)
    codes = {"repeat": "Existing", "lapsed": "Re-Engaged", "crew": "Staff"}
    for event_type in (sale, make_event_type(program=brand, code="LEAD", has_status_mapping=True)):
        for code, category in codes.items():
            CustomerStatusMapping.objects.create(
                program=brand, event_type=event_type, category=category, code=code, code_key=code
            )
    limits = [{"Type": "PAYOUT", "LimitBy": "ORDER", "Value": str(MOST)}]
    document = terms_document(rate="1", groups=GROUPS, Limits=limits)
    document["EventPayouts"].append({**document["EventPayouts"][0], "EventTypeCode": "LEAD"})
    make_contracts(program=brand, document=document, partners=[partner])
    return brand


@pytest.mark.parametrize("seed", range(2))
def test_status_check_agrees_with_a_plain_count(shop_with_limits: Any, seed: int) -> None:
    program, draw = shop_with_limits, random.Random(seed)
    for customer, number, first in (("C-2", 3, None), ("C-3", 0, DAY.date()), ("C-4", 2, date(2026, 1, 31))):
        row = make_customer(program=program, customer_id=customer)
        Customer.objects.filter(pk=row.pk).update(orders_before=number, first_order_date=first)
    place_orders(program, draw)
    check = checked(program, days=LAPSED)
    matrix, wrong = second_opinion(EventType.objects.get(code="SALE").pk)
    assert {
        (row["Sent"], row["ByHistory"], row["Verdict"]): row["Orders"] for row in check.findings["Matrix"]
    } == matrix
    found = CheckedStatus.objects.filter(status_check=check, verdict="DISAGREES")
    assert {row.action_id: (row.by_history, row.earlier_id, row.right_payout) for row in found} == wrong
    assert wrong
    agrees(program)


class Carried:
    """Who carries the tag at which hour: a plain list of yes and no for each customer."""

    def __init__(self, customers: int) -> None:
        self.hours = [[False] * (HOURS + 1) for _ in range(customers)]  # the last one is from then on

    def set(self, customers: list[int], hour: int, *, on: bool) -> None:
        for customer in customers:
            self.hours[customer][hour:] = [on] * (HOURS + 1 - hour)


def moment(hour: int) -> datetime:
    return BEGIN + timedelta(hours=hour)


@pytest.mark.parametrize("seed", range(2))
def test_tags_of_the_event_date_pay_whatever_is_done_to_them(brand: Any, sale: Any, partner: Any, seed: int) -> None:
    draw, names = random.Random(seed), ["VIP"]
    group = {"Rank": 1, "Name": "VIP", "Rules": [VIP], "PayoutRate": "50"}
    make_contracts(program=brand, document=terms_document(groups=[group]), partners=[partner])
    customers = [make_customer(program=brand, customer_id=f"C-{number}") for number in range(3)]
    with time_machine.travel(BEGIN, tick=False):
        tag = make_customer_tag(program=brand, name="VIP")
    carried, paid = Carried(len(customers)), {}
    is_open = True
    for step in range(1, HOURS // 2):
        with time_machine.travel(moment(2 * step), tick=False):
            some = sorted(draw.sample(range(3), draw.randint(1, 3)))
            hour = draw.choice([2 * step, draw.randrange(HOURS)])
            happens = draw.choice(["assign"] * 4 + ["remove", "remove", "undone", "rename", "archive"] + ["order"] * 6)
            if happens in ("assign", "remove", "undone"):
                kind = draw.choice(["ASSIGN", "REMOVE"]) if happens == "undone" else happens.upper()
                if kind == "ASSIGN" and not is_open:
                    continue
                asked = {"program": brand, "kind": kind, "tags": [tag], "since": moment(hour)}
                if len(some) == len(customers):
                    act = create_act(**asked)
                    assert run_act(act.pk)
                else:
                    act = act_at_once(customers=[customers[number].pk for number in some], **asked)
                if happens == "undone":
                    undo_act(act=TagAct.objects.get(pk=act.pk))
                else:
                    carried.set(some, hour, on=kind == "ASSIGN")
            elif happens == "rename":
                names.append(draw.choice([f"Name {step}", *names]))
                tag = change_customer_tag(tag=tag, name=names[-1])
            elif happens == "archive":
                is_open = not is_open
                tag = archive_customer_tag(tag=tag, on=not is_open)
            else:
                placed = draw.randrange(max(0, 2 * step - 20), 2 * step + 1)
                who = some[0]
                action = make_action(program=brand, CustomerId=f"C-{who}", EventDate=moment(placed).isoformat())
                paid[action.pk] = 50 if carried.hours[who][placed] else 10
                assert action.payout == paid[action.pk], (step, placed, who, action.profile)
    assert dict(rows("SELECT id, payout::int FROM tracking_action")) == paid
    assert set(paid.values()) == {50, 10}
    fill_touched_days(program_id=brand.pk)
    agrees(brand)
