"""Decisions per second by number of payout groups, beside what a user might pick instead.

`python -m benchmarks.decisions` prints a table; `--write FILE` also writes its section of a page.
All must agree on every winner before anything is timed. Every order is priced once, so that no cache knows it.
"""

import argparse
import gc
import os
import platform
import statistics
import sys
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from time import process_time
from typing import Any

from benchmarks.peers import rules as peers
from benchmarks.setting import market
from benchmarks.setting.page import machine, write_section
from contracts.engine.document.load import load
from contracts.engine.document.terms import Terms
from contracts.engine.orders.context import Context
from contracts.engine.orders.countries import know_countries
from contracts.engine.orders.order import read_order
from contracts.engine.pricing.plan import Plan, compile_plan
from contracts.engine.rules.facts import LineFacts, OrderFacts, apart, line_facts, read_together
from program.partners.countries import COUNTRY_CODES

SIZES = (10, 100, 1_000, 10_000)
ORDERS = 2_000
SEEN = 5  # every fifth order: their values fit the plan's cache at any size
ROUNDS = 5
PEER_SECONDS = 2.0  # a slow peer gets fewer orders, still spread evenly over the winners
DIGITS = {"GBP": 2}


def _context(groups: int) -> Context:
    return Context(
        currency="GBP", default_currency="GBP", digits=DIGITS, statuses=market.STATUSES, lists=market.lists(groups)
    )


def _terms(groups: int) -> Terms:
    names = market.lists(groups)
    return load(market.terms(groups), digits=DIGITS, lists=names)


def _rate(run: Callable[[], object], count: int) -> float:
    """Runs per second of processor time: the median of rounds, with garbage collection out of the way."""
    seconds = []
    gc.collect()
    gc.disable()
    try:
        for _ in range(ROUNDS):
            started = process_time()
            run()
            seconds.append(process_time() - started)
    finally:
        gc.enable()
    return count / statistics.median(seconds)


def _once(decide: Callable[[Any], object], orders: Iterable[Any]) -> Callable[[], None]:
    def run() -> None:
        for order in orders:
            decide(order)

    return run


def measure(groups: int) -> dict[str, float]:
    """Decisions per second of each contender at this number of groups."""
    document = market.terms(groups)["EventPayouts"][0]["PayoutGroups"]
    entries = {name: [value for value, _ in found] for name, found in market.lists(groups).items()}
    loop = peers.plain_loop(document, entries)
    payloads = list(market.orders(groups, ORDERS, lambda payload: loop(peers.facts(payload))))
    others = {
        "plain loop": loop,
        f"datalogic-py {version('datalogic-py')}": peers.datalogic(document, entries),
        f"zen-engine {version('zen-engine')}": peers.zen_engine(document, entries),
    }
    terms = _terms(groups)
    _check(terms, _context(groups), payloads, others)
    rates = {
        "Brandboard, whole decision": _ours(terms, groups, payloads),
        "Brandboard, masks alone, each value new": _masks(terms, groups, payloads, fresh=True),
        "Brandboard, masks alone, values seen before": _masks(terms, groups, payloads[::SEEN], fresh=False),
    }
    for name, winner in others.items():
        rates[f"{name}, winner only"] = _peer(winner, payloads)
    return rates


def _check(terms: Terms, context: Context, payloads: Sequence[market.Payload], others: dict[str, peers.Winner]) -> None:
    """Everyone names the same winner for every order (slow ones for every tenth), and the ranks all get their share."""
    plan = compile_plan(terms, "SALE")
    winners = []
    for number, payload in enumerate(payloads):
        group = plan.price(read_together(payload, context)).group
        winners.append(group[0] if group else 0)
        for name, winner in others.items():
            if name == "plain loop" or number % 10 == 0:
                found = winner(peers.facts(payload))
                if found != winners[-1]:
                    sys.exit(f"{payload['OrderId']}: {name} finds group {found}, the plan {winners[-1]}")
    size = len(terms.event_payouts[0].payout_groups)
    tenths = [sum(rank > 0 and (rank - 1) * 10 // size == tenth for rank in winners) for tenth in range(10)]
    if min(tenths) < len(payloads) * 0.08:
        sys.exit(f"the winners are not spread evenly over the ranks: {tenths}")


def _ours(terms: Terms, groups: int, payloads: Sequence[market.Payload]) -> float:
    """From the raw payload to the payout with its reason; plan and context are new for each round."""
    rounds = iter([(compile_plan(terms, "SALE"), _context(groups)) for _ in range(ROUNDS)])
    orders = [apart(payload) for payload in payloads]  # as they are stored

    def run() -> None:
        plan, context = next(rounds)
        for payload, profile, journey in orders:
            plan.price(read_order(payload, context, profile=profile, journey=journey))

    return _rate(run, len(payloads))


def _masks(terms: Terms, groups: int, payloads: Sequence[market.Payload], *, fresh: bool) -> float:
    """From facts that are read already to the winning group's index."""
    context = _context(groups)
    ready: list[tuple[OrderFacts, list[LineFacts]]] = []
    reader = compile_plan(terms, "SALE")
    for payload in payloads:
        order = read_together(payload, context)
        ready.append((OrderFacts(order), line_facts(order)))
        reader.winner(*ready[-1])  # the facts read themselves when they are first asked for
    plans = iter([compile_plan(terms, "SALE") if fresh else reader for _ in range(ROUNDS)])

    def run() -> None:
        plan: Plan = next(plans)
        for facts, lines in ready:
            plan.winner(facts, lines)

    return _rate(run, len(payloads))


def _peer(winner: peers.Winner, payloads: Sequence[market.Payload]) -> float:
    started = process_time()
    for payload in payloads[:: len(payloads) // 30]:
        winner(peers.facts(payload))
    speed = 30 / (process_time() - started)
    wanted = min(len(payloads), max(100, int(speed * PEER_SECONDS / ROUNDS)))
    chosen = payloads[:: max(1, len(payloads) // wanted)]
    return _rate(_once(lambda payload: winner(peers.facts(payload)), chosen), len(chosen))


def table(results: dict[int, dict[str, float]]) -> str:
    """The results as a markdown table, a column for each number of groups."""
    lines = ["| decisions per second at | " + " | ".join(f"{groups:,} groups" for groups in results) + " |"]
    lines.append("|---" * (len(results) + 1) + "|")
    for name in next(iter(results.values())):
        lines.append(f"| {name} | " + " | ".join(f"{_round(rates[name]):,}" for rates in results.values()) + " |")
    return "\n".join(lines)


def _round(rate: float) -> int:
    return int(round(rate, 2 - len(str(int(rate)))))


def section(results: dict[int, dict[str, float]]) -> str:
    """The section of docs/benchmarks.md: the table, what it shows, and how it was measured."""
    whole = [rates["Brandboard, whole decision"] for rates in results.values()]
    return f"""## Decisions by number of payout groups

How long does it take to find the payout of an order, when the terms have ten payout groups, and when they have ten
thousand? `python -m benchmarks.decisions` measures it beside what one would use instead, in one run on one core.

{table(results)}

From the fewest groups to the most, the whole decision takes {whole[0] / whole[-1]:.1f} times as long.

* **Terms**: 12 rule fields, 1 to 3 rules a group (2.2 on average), every family of operators, one rule in five about
  items; five groups in a row share the rule that few orders meet, and differ in those that most do.
* **Orders**: {ORDERS:,} different ones with three items each, aimed so that the winners are spread evenly over the
  ranks; one in fifty meets no group. Everyone must name the same winner before anything is timed.
* **Whole decision**: from the raw conversion to the payout: sale amounts, facts, masks, payout with its rounding and
  its share for each item, the reason in words. Plan and context are new for each round and every order comes once, so
  no cache has seen its values.
* **Masks alone**: from facts that are read already to the winning group. *Each value new*: the plan has seen nothing
  before. *Values seen before*: the answers for single values are in its bounded cache, as they soon are for statuses,
  countries, codes and SKUs (here of {ORDERS // SEEN:,} orders).
* **The others** work out the facts that the rules need from the raw conversion, in plain Python, and name the winner:
  no exact money, no payout, no reason. Each has the rules in the fastest form that we found for it, compiled once: the
  loop as Python closures that stop at the first rule that fails; datalogic-py as one `if` chain; zen-engine as one
  expression of nested `? :`, which is two to three times as fast as its decision tables.
* Seconds are of processor time, the median of {ROUNDS} rounds; slow contenders get fewer orders, spread over all ranks.

Measured {datetime.now(UTC):%Y-%m-%d} with Python {platform.python_version()} on {machine()},
with a load of {os.getloadavg()[1]:.1f} over five minutes: above 1, other work took part of the caches.
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES, metavar="N", help="numbers of payout groups")
    parser.add_argument("--write", type=Path, metavar="FILE", help="also write the section of the page of results")
    options = parser.parse_args()
    know_countries(COUNTRY_CODES)
    results = {}
    for groups in options.sizes:
        print(f"{groups:,} groups …", file=sys.stderr, flush=True)
        results[groups] = measure(groups)
    print(table(results))
    if options.write:
        write_section(options.write, "decisions", section(results))


if __name__ == "__main__":
    main()
