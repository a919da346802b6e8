"""What an order is paid under its caps: at first, after a change, and when an over-cap action is approved."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Literal

from contracts.engine.orders.money import ZERO

from .caps import Cap, Counter

type OverCap = Literal["", "ACTIONS", "SPEND"]
ONE = Decimal(1)


@dataclass(frozen=True, slots=True)
class Met:
    """A cap with what its counter held of other actions, and what this action has of it."""

    cap: Cap
    held: Decimal
    took: Decimal

    @property
    def left(self) -> Decimal:
        """What others leave to this action."""
        return max(self.cap.value - self.held, ZERO)


@dataclass(frozen=True, slots=True)
class Settled:
    """An action under its caps. `due` is what its terms say before counters, `intended` what it is paid or, over cap,
    would be paid if somebody approved it.

    `counts` is False for an action that takes nothing: returned, or over cap.
    """

    due: Decimal
    intended: Decimal
    over_cap: OverCap
    is_approved: bool
    counts: bool
    met: tuple[Met, ...]

    @property
    def payout(self) -> Decimal:
        return self.intended if self.counts else self.intended * 0

    @property
    def by(self) -> Met | None:
        """The cap that it is over."""
        found = (each for each in self.met if each.cap.whole and _names(each.cap) == self.over_cap)
        return next((each for each in found if _crosses(each, self.intended)), None) if self.over_cap else None


def first(due: Decimal, caps: Sequence[Cap], held: Mapping[Counter, Decimal]) -> Settled:
    """A new action, or one that comes back after it was returned: what is left, or nothing where it is over a cap."""
    met = tuple(_met(cap, held[cap.counter]) for cap in caps)
    intended = min([due, *(each.left for each in met if not each.cap.whole)])
    over: OverCap = next((_names(each.cap) for each in met if each.cap.whole and _crosses(each, intended)), "")
    return _taken(Settled(due, intended, over, False, not over, met))


def changed(before: Settled, due: Decimal, caps: Sequence[Cap], held: Mapping[Counter, Decimal]) -> Settled:
    """The action after a change of its order. `held` are the counters with what this action had taken of them.

    A raise takes what is left beside what the action had. What was clipped before is not raised when others give back,
    and an action that is over cap stays so.
    """
    if not before.counts and not before.over_cap:
        return first(due, caps, held)
    had = {each.cap.counter for each in before.met}
    met = _without_own(before, caps, held)
    if not before.over_cap and not before.is_approved:
        new = [each for each in met if each.cap.counter not in had and each.cap.whole]
        over: OverCap = next((_names(each.cap) for each in new if _crosses(each, ZERO)), "")
        if over:
            return _taken(Settled(due, min(due, before.intended), over, False, False, met))
    intended = min([due, *(_allowed(each, before, due, is_new=each.cap.counter not in had) for each in met)])
    return _taken(replace(before, due=due, intended=intended, met=met))


def returned(before: Settled, caps: Sequence[Cap], held: Mapping[Counter, Decimal]) -> Settled:
    """The action after everything of it was returned: it gives back what it took, and `intended` stays to tell."""
    met = _without_own(before, caps, held)
    return Settled(ZERO * before.due, before.intended, "", False, False, met)


def approved(before: Settled, held: Mapping[Counter, Decimal]) -> Settled:
    """An over-cap action that somebody approves: it is paid what was intended and counts, whatever the caps."""
    met = tuple(_met(each.cap, held[each.cap.counter]) for each in before.met)
    return _taken(replace(before, over_cap="", is_approved=True, counts=True, met=met))


def _without_own(before: Settled, caps: Sequence[Cap], held: Mapping[Counter, Decimal]) -> tuple[Met, ...]:
    """The caps with what their counters hold of other actions."""
    took = {each.cap.counter: each.took for each in before.met}
    return tuple(_met(cap, held[cap.counter] - took.get(cap.counter, ZERO)) for cap in caps)


def _met(cap: Cap, held: Decimal) -> Met:
    """A cap that nothing is taken from yet. A counter holds no finer amounts than its cap, whatever stores it."""
    return Met(cap, held.quantize(cap.value), ZERO)


def _allowed(each: Met, before: Settled, due: Decimal, *, is_new: bool) -> Decimal:
    """The most that one cap leaves to a changed action."""
    if each.cap.counter.what == "ACTIONS" or (each.cap.whole and before.over_cap):
        return due
    if is_new and not each.cap.whole and not before.is_approved:
        return each.left
    raised = max(due - before.due, ZERO)
    return before.intended + min(raised, max(each.cap.value - each.held - before.intended, ZERO))


def _crosses(each: Met, intended: Decimal) -> bool:
    """Whether an action of that payout does not fit below a cap any more. One of 0 never crosses a limit of money."""
    if each.cap.counter.what == "ACTIONS":
        return each.held + ONE > each.cap.value
    return intended > 0 and each.held + intended > each.cap.value


def _names(cap: Cap) -> OverCap:
    return "ACTIONS" if cap.counter.what == "ACTIONS" else "SPEND"


def _taken(settled: Settled) -> Settled:
    """With what each counter takes: nothing of an action that does not count."""
    met = tuple(
        replace(
            each, took=(ONE if each.cap.counter.what == "ACTIONS" else settled.intended) if settled.counts else ZERO
        )
        for each in settled.met
    )
    return replace(settled, met=met)
