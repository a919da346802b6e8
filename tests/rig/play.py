"""One run: the orders, the faults among them, and the count at the end."""

import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db import DatabaseError, connection
from django.db.models import Count, Sum
from django.utils import timezone

from program.models import Program
from reports.proof.verify import verify
from reports.rollups.fill import fill_touched_days
from tests.rig.brand import LIMIT, LINKING, PARTNER, PROGRAM, customer, profile
from tests.rig.orders import Senders, came_by, partner, payout
from tests.rig.stage import Stage
from tests.servers.looking import wait_until
from tracking.journeys.pairs import Pair, store_pairs
from tracking.models import Action, Conversion, LimitCounter

SOON = 60.0  # seconds after the last fault within which everything has to be priced


@dataclass
class Outcome:
    """What was done and its results."""

    orders: int
    sent: int = 0
    kills: int = 0
    kills_amid_writing: int = 0
    notifications_lost: int = 0
    # Conversions over which a worker died, by how many their next claim may hold and how often they were alone.
    suspects: dict[str, int] = field(default_factory=dict)
    priced_after: float = 0.0  # seconds from the last fault
    payout: str = ""
    journeys: int = 0  # judged again


def play(stage: Stage, *, orders: int, kills: int, pace: float, draw: random.Random) -> Outcome:
    """Send, break, wait, count. Raises AssertionError that says what is wrong."""
    outcome = Outcome(orders)
    senders = Senders(stage, orders)
    senders.start()
    faults = _faults(stage, kills, draw, outcome)
    for number, fault in enumerate(faults, start=1):
        time.sleep(draw.uniform(0, 2 * pace))
        senders.allowed = orders * number // (len(faults) + 1)  # so that orders come in around every fault
        fault()
    senders.allowed = orders
    senders.wait()
    _identify(orders)
    # One more at the very end: whatever was claimed when the last order arrived is at risk again.
    _kill_any(stage, draw, outcome)
    last = time.monotonic()
    assert not senders.refused, f"refused: {senders.refused[:3]}"
    outcome.sent = senders.taken
    wait_until(lambda: _open() == 0, SOON, "not everything is priced in time")
    outcome.priced_after = round(time.monotonic() - last, 1)
    _count(outcome)
    return outcome


def _faults(stage: Stage, kills: int, draw: random.Random, outcome: Outcome) -> list[Callable[[], None]]:
    def amid_writing() -> None:
        if stage.kill_amid_writing():
            outcome.kills += 1
            outcome.kills_amid_writing += 1
        else:
            _kill_any(stage, draw, outcome)

    def flush() -> None:
        outcome.notifications_lost += stage.flush_the_queue()

    def anywhere() -> None:
        _kill_any(stage, draw, outcome)

    faults = [anywhere if number % 3 else amid_writing for number in range(kills - 1)]
    draw.shuffle(faults)
    for fault in (flush, lambda: stage.kill_server("postgres"), lambda: stage.kill_server("valkey")):
        faults.insert(draw.randrange(len(faults) + 1), fault)
    return faults


def _kill_any(stage: Stage, draw: random.Random, outcome: Outcome) -> None:
    wait_until(stage.workers, what="no worker runs")
    outcome.kills += stage.kill_a_worker(draw.choice(stage.workers()))


def _identify(orders: int) -> None:
    """Tell who the customers are whose orders are held until then: their profiles are those of the clicks."""
    pairs = [
        Pair(PROGRAM, profile(number), customer(number)) for number in range(orders) if came_by(number) == "customer"
    ]
    wait_until(lambda: _stored(pairs), what="the customers cannot be told")


def _stored(pairs: list[Pair]) -> bool:
    try:
        store_pairs(pairs, seen_at=timezone.now())
    except DatabaseError:
        connection.close()
        return False
    return True


def _open() -> int:
    """How many orders are neither priced nor a duplicate."""
    try:
        return Conversion.objects.exclude(state__in=["PRICED", "DUPLICATE"]).count()
    except DatabaseError:
        connection.close()
        return -1


def _due(paid: Decimal, limits: dict[str, Any] | None) -> Decimal:
    """What an action was to be paid before limits of all orders together."""
    return Decimal(limits["Due"]) if limits else paid


def _count_limits(outcome: Outcome, due: Decimal) -> None:
    """Counters hold what this rig can say by itself: all that was paid, and one order of each customer on a day."""
    counters = LimitCounter.objects.filter(program=PROGRAM)
    of_all = list(counters.filter(limit_by="ALL").values_list("partner__media_partner_id", "what", "value"))
    assert of_all == [(LINKING, "PAYOUT", min(LIMIT, due))], f"counters of all: {of_all}"
    named = sum(came_by(number) in ("click", "customer") for number in range(outcome.orders))
    customers = counters.filter(limit_by="CUSTOMER", what="ACTIONS", value=1).values("scope").distinct().count()
    others = counters.exclude(limit_by="ALL").count() - customers
    assert (customers, others) == (named, 0), f"{customers} customers of {named} have a counter of 1, {others} others"


def _count(outcome: Outcome) -> None:
    states = dict(Conversion.objects.values_list("state").annotate(Count("id")))
    assert states.keys() <= {"PRICED", "DUPLICATE"}, f"conversions by state: {states}"
    assert states["PRICED"] == outcome.orders, f"conversions by state: {states}"
    actions = {
        order: (paid, limits) for order, paid, limits in Action.objects.values_list("order_id", "payout", "limits")
    }
    assert Action.objects.count() == len(actions) == outcome.orders, f"{Action.objects.count()} actions"
    wrong = [number for number in range(outcome.orders) if _due(*actions[f"R-{number}"]) != payout(number)]
    credited = dict(Action.objects.values_list("order_id", "partner__media_partner_id"))
    astray = [number for number in range(outcome.orders) if credited[f"R-{number}"] != partner(number)]
    assert not astray, f"{len(astray)} orders are credited to somebody else, R-{astray[0]} among them"
    assert not wrong, f"{len(wrong)} orders are missing or paid wrongly, R-{wrong[0]} among them"
    due = {name: Decimal(0) for name in (PARTNER, LINKING)}
    for number in range(outcome.orders):
        due[partner(number)] += payout(number)
    expected = {PARTNER: due[PARTNER], LINKING: min(LIMIT, due[LINKING])}
    paid = dict(Action.objects.values_list("partner__media_partner_id").annotate(Sum("payout")))
    assert paid == expected, f"{paid} is paid, not {expected}"
    outcome.payout = str(sum(paid.values()))
    hit = Conversion.objects.filter(claim_limit__isnull=False)
    for limit, attempts, number in hit.values_list("claim_limit", "attempts").annotate(Count("id")):
        outcome.suspects[f"limit {limit}, attempts {attempts}"] = number
    _count_limits(outcome, due[LINKING])
    said: list[str] = []
    while fill_touched_days(program_id=PROGRAM, wait=True):
        pass
    proof = verify(Program.objects.get(pk=PROGRAM), tell=said.append)
    assert proof.differences == 0, f"verify: {said[:3]}"
    outcome.journeys = proof.journeys
