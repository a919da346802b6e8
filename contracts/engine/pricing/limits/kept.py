"""What an action keeps of its limits, as JSON: every counter that it met, what that held, and what the action took."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from contracts.engine.orders.money import written

from .caps import Cap, Counter
from .settle import Met, Settled


def write_settled(settled: Settled) -> dict[str, Any]:
    """`read_settled` gives the same again."""
    return {
        "Due": written(settled.due),
        "Intended": written(settled.intended),
        "OverCap": settled.over_cap,
        "Approved": settled.is_approved,
        "Counts": settled.counts,
        "Met": [_met(each) for each in settled.met],
    }


def read_settled(kept: Mapping[str, Any]) -> Settled:
    return Settled(
        due=Decimal(kept["Due"]),
        intended=Decimal(kept["Intended"]),
        over_cap=kept["OverCap"],
        is_approved=kept["Approved"],
        counts=kept["Counts"],
        met=tuple(_read_met(each) for each in kept["Met"]),
    )


def _met(each: Met) -> dict[str, Any]:
    counter = each.cap.counter
    return {
        "OfTerms": counter.of_terms,
        "What": counter.what,
        "By": counter.by,
        "Scope": counter.scope,
        "Period": counter.period,
        "Key": counter.period_key,
        "Cap": written(each.cap.value),
        "Whole": each.cap.whole,
        "Held": written(each.held),
        "Took": written(each.took),
    }


def _read_met(kept: Mapping[str, Any]) -> Met:
    counter = Counter(kept["OfTerms"], kept["What"], kept["By"], kept["Scope"], kept["Period"], kept["Key"])
    return Met(Cap(counter, Decimal(kept["Cap"]), kept["Whole"]), Decimal(kept["Held"]), Decimal(kept["Took"]))
