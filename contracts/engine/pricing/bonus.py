"""Performance bonus: what a partner's locked actions of one period earn beside their payouts (payouts.md §9).

Pure arithmetic; amounts are in the terms' currency, rates in percent. An action that is split may have a third below a
threshold, so all of it is in fractions, and rounded once, at the end.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from typing import Literal

from contracts.engine.orders.money import ZERO, percent, rounded

type Basis = Literal["REVENUE", "ACTIONS"]
type Kind = Literal["ALL_ACTIONS", "SUBSEQUENT_ACTIONS", "FIXED"]
ONE, NOTHING = Fraction(1), Fraction(0)


@dataclass(frozen=True, slots=True)
class Pay:
    """A percentage of the sale amount or a fixed amount for each action; one of the two."""

    rate: Decimal | None = None
    fixed: Decimal | None = None

    def of(self, amount: Fraction, actions: Fraction) -> Fraction:
        """What sales of that amount, in so many actions, earn."""
        if self.rate is not None:
            return amount * Fraction(percent(self.rate))
        return actions * Fraction(self.fixed or ZERO)


@dataclass(frozen=True, slots=True)
class Tier:
    """What is paid from that revenue, or that number of actions, on; of FIXED the amount of the bonus."""

    threshold: Decimal
    pay: Pay


def bonus(
    kind: Kind, basis: Basis, tiers: Sequence[Tier], default: Pay, amounts: Sequence[Decimal], *, digits: int
) -> Decimal:
    """The bonus for actions of these sale amounts, in the order of their events; never below 0.

    ALL_ACTIONS pays the tier that is reached on all of them, SUBSEQUENT_ACTIONS each tier on what lies above its
    threshold, both less what the default payout pays. FIXED is the amount of the tier that is reached.
    """
    exact = [Fraction(amount) for amount in amounts]
    revenue, count = sum(exact, NOTHING), Fraction(len(exact))
    reached = [tier for tier in tiers if tier.threshold <= (revenue if basis == "REVENUE" else count)]
    if not reached or not amounts:
        return rounded(ZERO, digits)
    if kind == "FIXED":
        return rounded(reached[-1].pay.fixed or ZERO, digits)
    usual = default.of(revenue, count)
    if kind == "ALL_ACTIONS":
        earned = reached[-1].pay.of(revenue, count)
    else:
        earned = sum((pay.of(*part) for pay, part in _parts(basis, reached, default, exact)), NOTHING)
    beside = max(earned - usual, NOTHING)
    return rounded(Decimal(beside.numerator), digits, beside.denominator)


def tier_errors(kind: Kind, tiers: Sequence[Tier], default: Pay) -> Iterator[tuple[int, str]]:
    """(place, what is wrong) for tiers that leave a gap, overlap, or cannot be compared with the default payout."""
    for place, (lower, higher) in enumerate(pairwise(tiers), 1):
        if higher.threshold <= lower.threshold:
            yield place, "must begin above the tier before it"
    for place, tier in enumerate(tiers):
        if kind == "FIXED" and tier.pay.fixed is None:
            yield place, "pays an amount when the tier is reached"
        elif kind != "FIXED" and (tier.pay.rate is None) != (default.rate is None):
            yield place, "must be paid as the default payout is: both a percentage, or both an amount"


def _parts(
    basis: Basis, tiers: Sequence[Tier], default: Pay, amounts: Sequence[Fraction]
) -> Iterator[tuple[Pay, tuple[Fraction, Fraction]]]:
    """(pay, (amount, actions)) of each part of the actions; one that lies across a threshold is split by its amount."""
    steps = [Tier(ZERO, default), *tiers]
    before = NOTHING
    for amount in amounts:
        size = amount if basis == "REVENUE" else ONE
        after = before + size
        if not size:
            yield _at(steps, before).pay, (amount, ONE)
        for step, following in zip(steps, [*steps[1:], None], strict=True):
            end = after if following is None else min(after, Fraction(following.threshold))
            part = end - max(before, Fraction(step.threshold))
            if part > 0:
                yield step.pay, _split(basis, amount, part)
        before = after


def _at(steps: Sequence[Tier], total: Fraction) -> Tier:
    return next(step for step in reversed(steps) if step.threshold <= total)


def _split(basis: Basis, amount: Fraction, part: Fraction) -> tuple[Fraction, Fraction]:
    """A part of one action: its amount, and its share of the action."""
    return (part, part / amount) if basis == "REVENUE" else (amount * part, part)
