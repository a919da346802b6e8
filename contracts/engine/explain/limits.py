"""What limits leave of a payout, step by step, as JSON and in words (payouts.md §6, §10)."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from contracts.engine.document.sections.limits import Limit, Limits, limit_in_words
from contracts.engine.document.whole_terms.action_limit import ACTION_LIMIT
from contracts.engine.document.whole_terms.spend_limit import SPEND_LIMIT
from contracts.engine.explain.words import PLAIN, Spelling
from contracts.engine.orders.money import written
from contracts.engine.orders.order import Order
from contracts.engine.pricing.limits.caps import Cap, TermsLimits
from contracts.engine.pricing.limits.lines import within_order
from contracts.engine.pricing.limits.settle import Met, Settled
from contracts.engine.pricing.plan import Decision

type Step = dict[str, Any]
CHANGE = "After a change: a raise is paid from what is left, and what was limited before stays so when others give back"


def limit_steps(
    limits: Limits, order: Order, level: str, decision: Decision, settled: Settled | None, spelling: Spelling = PLAIN
) -> list[Step]:
    """Each limit that the order meets: `Text`, what its counter `Held` of other actions and `Left`, where it has one,
    the payout `Before` and `After`, and whether the action is over it. `decision` is without limits.
    """
    if order.returned:
        return []
    steps = list(_of_order(limits, order, level, decision, spelling))
    return steps + (counter_steps(settled, order.currency, spelling) if settled else [])


def counter_steps(settled: Settled, currency: str, spelling: Spelling = PLAIN) -> list[Step]:
    """The steps of limits that are counted over several orders."""
    return list(_of_counters(settled, currency, spelling))


def counted_in_words(limits: TermsLimits, currency: str, spelling: Spelling = PLAIN) -> list[str]:
    """Each limit that is counted over several orders."""
    found = [limit_in_words(each, currency, spelling) for each in limits.limits if each.has_counter]
    if limits.action_limit:
        found.append(f"At most {ACTION_LIMIT.short(limits.action_limit, currency, spelling)}, all event types together")
    if limits.spend_limit:
        found.append(f"At most {SPEND_LIMIT.short(limits.spend_limit, currency, spelling)}, all event types together")
    return found


def cap_in_words(cap: Cap, currency: str, spelling: Spelling = PLAIN) -> str:
    """`At most 50.00 GBP for each customer in a month`; one of the terms as a whole counts all event types."""
    counter = cap.counter
    limit = Limit("PAYOUT" if counter.what == "PAYOUT" else "ACTION", counter.by, cap.value, counter.period)
    return limit_in_words(limit, currency, spelling) + (", all event types together" if counter.of_terms else "")


def _of_order(limits: Limits, order: Order, level: str, decision: Decision, spelling: Spelling) -> Iterator[Step]:
    for by in ("ITEM", "ORDER"):
        for limit in limits:
            if limit.limit_by == by:
                after = within_order(decision, order, level, (limit,))
                yield {
                    "Text": limit_in_words(limit, order.currency, spelling),
                    "Held": None,
                    "Left": None,
                    "Before": written(decision.payout),
                    "After": written(after.payout),
                    "OverCap": False,
                }
                decision = after


def _of_counters(settled: Settled, currency: str, spelling: Spelling) -> Iterator[Step]:
    stands, over = settled.due, settled.by
    for met in settled.met:
        before = stands
        if not met.cap.whole and not settled.is_approved:
            stands = max(min(stands, met.left), min(stands, settled.intended))
        yield _step(met, before, settled.payout * 0 if met is over else stands, met is over, currency, spelling)
    if stands != settled.intended:
        yield {
            "Text": CHANGE,
            "Held": None,
            "Left": None,
            "Before": written(stands),
            "After": written(settled.intended),
            "OverCap": False,
        }


def _step(met: Met, before: Decimal, after: Decimal, is_over: bool, currency: str, spelling: Spelling) -> Step:
    held, left = met.held, met.left
    is_money = met.cap.counter.what == "PAYOUT"
    return {
        "Text": cap_in_words(met.cap, currency, spelling),
        "Held": written(held) if is_money else str(int(held)),
        "Left": written(left) if is_money else str(int(left)),
        "Before": written(before),
        "After": written(after),
        "OverCap": is_over,
        "IsCount": not is_money,
    }


def step_in_sentence(step: Step) -> str:
    """One step for files and answers of the API."""
    held = "" if step["Held"] is None else f", {step['Held']} taken, {step['Left']} left"
    if step["OverCap"]:
        return f"{step['Text']}{held}: over cap, so {step['Before']} is not paid"
    if step["Before"] == step["After"]:
        return f"{step['Text']}{held}"
    return f"{step['Text']}{held}: {step['Before']} becomes {step['After']}"


def with_limits(told: dict[str, Any], steps: list[Step], decision: Decision) -> dict[str, Any]:
    """An explanation with what limits leave: its payout, that of each line, and a sentence for each limit."""
    payouts = {line.index: line.payout for line in decision.lines}
    lines = [{**line, "Payout": written(payouts.get(line["Index"], Decimal(line["Payout"])))} for line in told["Lines"]]
    payout = written(decision.payout)
    trace = [*told["Trace"][:-1], *map(step_in_sentence, steps), f"payout {payout} {told['Currency']}"]
    return {
        **told,
        "Payout": payout,
        "BeforeLimits": told["Payout"],
        "Limits": steps,
        "Lines": lines,
        "Trace": trace,
    }
