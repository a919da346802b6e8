"""The tabs of the list of actions: each state with the count and the payouts of its actions."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count, Sum

from program.templatetags.brandboard import money
from tracking.models import Action

from .action_filters import ActionFilters
from .filter_rows import OVER_CAP


@dataclass(frozen=True, slots=True)
class Sums:
    """The totals of actions in one currency: terms may pay in several. `intended` is what over-cap ones would be paid
    if they were approved.
    """

    currency: str
    count: int
    amount: Decimal
    payout: Decimal
    intended: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class StateTab:
    href: str
    label: str
    count: int
    payout: str
    note: str
    is_current: bool


type ByState = Sequence[tuple[str, Sums]]


def sums_by_state(filters: ActionFilters) -> ByState:
    """Count and figures of the filtered actions of every state, by state and currency, in one query; and in another
    those over a cap, which are among the reversed ones.
    """
    rows = filters.actions(of_any_state=True).order_by("currency", "state").values_list("state", "currency")
    totals = rows.annotate(count=Count("pk"), amounts=Sum("amount"), payouts=Sum("payout"))
    over_cap = filters.actions(of_any_state=True).over_cap().order_by("currency").values_list("currency")
    intended = over_cap.annotate(Count("pk"), Sum("amount"), Sum("payout"), Sum("intended_payout"))
    by_state = [(state, Sums(*sums)) for state, *sums in totals]
    return [*by_state, *((OVER_CAP, Sums(*sums)) for sums in intended)]


def sums_of(by_state: ByState, states: Iterable[str]) -> list[Sums]:
    """The totals of some states, by currency."""
    wanted = set(states)
    found: dict[str, Sums] = {}
    for state, row in by_state:
        if state in wanted:
            before = found.get(row.currency, Sums(row.currency, 0, Decimal(0), Decimal(0)))
            found[row.currency] = Sums(
                row.currency, before.count + row.count, before.amount + row.amount, before.payout + row.payout,
                before.intended + row.intended,
            )  # fmt: skip
    return list(found.values())


def state_tabs(filters: ActionFilters, by_state: ByState) -> list[StateTab]:
    """All, then each state, and those over a cap where there are any; a tab keeps the other filters."""
    tabs = [("", "All", tuple(Action.State.values))]
    tabs += [(state, label, (state,)) for state, label in Action.State.choices]
    if filters.state == OVER_CAP or any(state == OVER_CAP for state, _ in by_state):
        tabs.append((OVER_CAP, "Over cap", (OVER_CAP,)))
    return [_tab(filters, by_state, *tab) for tab in tabs]


def _tab(filters: ActionFilters, by_state: ByState, state: str, label: str, states: tuple[str, ...]) -> StateTab:
    sums = sums_of(by_state, states)
    query = filters.request.GET.copy()
    query.pop("page", None)
    query.pop("state", None)
    if state:
        query["state"] = state
    return StateTab(
        href=f"?{query.urlencode()}",
        label=label,
        count=sum(row.count for row in sums),
        payout=" + ".join(money(_shown(state, row), row.currency) for row in sums)
        or money(Decimal(0), filters.program.currency),
        note="if approved" if state == OVER_CAP else "",
        is_current=filters.state == state,
    )


def _shown(state: str, row: Sums) -> Decimal:
    return row.intended if state == OVER_CAP else row.payout
