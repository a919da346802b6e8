"""Many orders of one partner at the same moment: no cap is exceeded by a cent, and no counter drifts."""

import random
import threading
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.db import connections
from django.db.models import Sum
from django.utils import timezone

from reports.proof.verify import verify
from tests.factories import make_contracts, make_conversion, make_modification, make_partner, terms_document
from tracking.limits.approving import approve_over_cap
from tracking.models import Action, Conversion, LimitCounter
from tracking.modifications.apply import apply_all
from tracking.pricing.batch import price_batch

pytestmark = pytest.mark.django_db(transaction=True)
LIMITS = [
    {"Type": "PAYOUT", "LimitBy": "ALL", "Period": "CONTRACT", "Value": "250.07"},
    {"Type": "PAYOUT", "LimitBy": "CUSTOMER", "Period": "MONTH", "Value": "40.50"},
    {"Type": "ACTION", "LimitBy": "CUSTOMER", "Period": "CONTRACT", "Value": "12"},
]


def at_once(count: int, act: Callable[[], Any]) -> list[Exception]:
    start, errors = threading.Barrier(count), []

    def run() -> None:
        start.wait()
        try:
            act()
        except Exception as error:
            errors.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    return errors


def price_one_by_one() -> None:
    while Conversion.objects.waiting().exists():
        price_batch(limit=random.choice([1, 1, 3]))


def assert_proven(brand: Any) -> None:
    said: list[str] = []
    verify(brand, tell=said.append)
    assert said == []


def test_64_orders_at_once_are_paid_exactly_the_limit(brand, sale, partner):
    make_contracts(program=brand, document=terms_document(Limits=LIMITS[:1]), partners=[partner])
    for number in range(64):
        make_conversion(program=brand, Amount=f"{50 + number}.35")
    assert at_once(8, price_one_by_one) == []
    assert Action.objects.aggregate(paid=Sum("payout"))["paid"] == LimitCounter.objects.get().value == Decimal("250.07")
    assert_proven(brand)


def test_orders_of_several_partners_and_customers_at_once_exceed_no_cap_and_lock_nobody_out(brand, sale, partner):
    other = make_partner(program=brand, media_partner_id="P-2")
    document = terms_document(Limits=LIMITS) | {
        "ActionLimit": {"Value": "20", "Period": "CONTRACT"},
        "SpendLimit": {"Value": "199.99", "Period": "MONTH"},
    }
    make_contracts(program=brand, document=document, partners=[partner, other])
    when = timezone.now().isoformat()
    for number in range(64):
        make_conversion(
            program=brand, OrderId=f"A-{number}", Amount=f"{40 + number}.15", EventDate=when,
            MediaPartnerId=f"P-{number % 2 + 1}", CustomerId=f"C-{number % 5}",
        )  # fmt: skip
    assert at_once(8, price_one_by_one) == []
    assert Action.objects.count() == 64
    values = LimitCounter.objects.values_list("event_type", "what", "limit_by", "value")
    most = {
        (True, "PAYOUT", "ALL"): "250.07",
        (True, "PAYOUT", "CUSTOMER"): "40.50",
        (True, "ACTIONS", "CUSTOMER"): 12,
        (False, "ACTIONS", "ALL"): 20,
        (False, "PAYOUT", "ALL"): "199.99",
    }
    assert {(bool(kind), *what) for kind, *what, _ in values} == set(most)
    assert all(value <= Decimal(most[bool(kind), *what]) for kind, *what, value in values)
    assert Action.objects.filter(over_cap="ACTIONS").exists()
    assert_proven(brand)


def test_returns_orders_and_approvals_at_once_leave_the_counters_right(brand, sale, partner, bob):
    document = terms_document(Limits=[LIMITS[0]]) | {"ActionLimit": {"Value": "25", "Period": "CONTRACT"}}
    make_contracts(program=brand, document=document, partners=[partner])
    when = timezone.now().isoformat()
    for number in range(30):
        make_conversion(program=brand, OrderId=f"A-{number}", EventDate=when)
    while price_batch():
        pass
    for number in range(30, 60):
        make_conversion(program=brand, OrderId=f"A-{number}", EventDate=when)
    for number in range(30):
        amount = "0" if number % 3 else "155.50"
        make_modification(program=brand, OrderId=f"A-{number}", Amount=amount, Reason="ORDER_UPDATE")
    turns = iter(
        [price_one_by_one, price_one_by_one, price_one_by_one, lambda: apply_all(brand.pk), approve_all(brand, bob)]
    )
    lock = threading.Lock()

    def act() -> None:
        with lock:
            turn = next(turns)
        turn()

    assert at_once(5, act) == []
    assert_proven(brand)


def approve_all(brand: Any, user: Any) -> Callable[[], object]:
    def approve() -> None:
        for _ in range(10):
            over = list(Action.objects.over_cap().values_list("pk", flat=True))
            approve_over_cap(over, program=brand, user_id=user.pk, now=timezone.now())

    return approve
