"""Where the names that a brand gives are used: asked here, answered by other apps. This app cannot import the terms and
the orders that use its rows. Their apps register the answers when they are loaded.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import Enum

from django.utils import timezone

from program.models import EventType, Program

LATE = timedelta(days=400)  # so late an order of an earlier contract may still come


class Named(Enum):
    """What a rule can ask for by its name."""

    CUSTOMER_STATUS = "customer status"
    CUSTOMER_TAG = "customer tag"
    EXCEPTION_LIST = "exception list"
    CATALOG = "product catalog"  # which has no names: rules ask for what it says of a SKU


@dataclass(frozen=True, slots=True)
class TermsUse:
    """Template terms with rules that ask for something: `rows` are their groups, adjustments and restrictions."""

    template_terms_id: int
    name: str
    is_in_force: bool  # a present or later contract has a version with such a rule
    rows: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.name} ({', '.join(self.rows)})"


type TermsUsing = Callable[[Program, Named, Collection[str], EventType | None, datetime | None], list[TermsUse]]
type TermsUsingEach = Callable[[Program, Named, Mapping[int, Collection[str]]], Mapping[int, list[TermsUse]]]
type FollowNames = Callable[[Program, Named, Collection[str], str], None]
type HasOrders = Callable[[Program], bool]
type FirstOrderDay = Callable[[Program], date | None]
type StatusesOf = Callable[[Mapping[str, Iterable[str]], Iterable[str]], dict[str, str]]

_terms_using: list[TermsUsing] = []
_terms_using_each: list[TermsUsingEach] = []
_follow_names: list[FollowNames] = []
_statuses_of: list[StatusesOf] = []
_has_orders: list[HasOrders] = []
_first_order_day: list[FirstOrderDay] = []


def answer_terms_using(answer: TermsUsing, each: TermsUsingEach, follow: FollowNames) -> None:
    """Called once by the app that has the terms, when it is loaded."""
    _terms_using[:], _terms_using_each[:], _follow_names[:] = [answer], [each], [follow]


def answer_statuses_of(answer: StatusesOf) -> None:
    """Called once by the app that prices orders, when it is loaded."""
    _statuses_of[:] = [answer]


def answer_has_orders(answer: HasOrders) -> None:
    """Called once by the app that has the orders, when it is loaded."""
    _has_orders[:] = [answer]


def answer_first_order_day(answer: FirstOrderDay) -> None:
    """Called once by the app that has the orders, when it is loaded."""
    _first_order_day[:] = [answer]


def terms_using(
    program: Program,
    named: Named,
    names: Collection[str] = (),
    event_type: EventType | None = None,
    since: datetime | None = None,
) -> list[TermsUse]:
    """The terms whose rules ask for one of the names, or for any where none is given; those in force come first. What
    was in force after `since` counts as in force, too.
    """
    return [use for answer in _terms_using for use in answer(program, named, names, event_type, since)]


def terms_that_keep(program: Program, named: Named, names: Collection[str]) -> tuple[list[TermsUse], str]:
    """The terms because of which something that rules ask for by these names is not deleted, and in words which they
    are: those in force, or those that were in the last 400 days, as orders of that time may still come.
    """
    if uses := [use for use in terms_using(program, named, names) if use.is_in_force]:
        return uses, "terms in force"
    uses = terms_using(program, named, names, since=timezone.now() - LATE)
    return [use for use in uses if use.is_in_force], "terms that were in force in the last 400 days"


def terms_using_each(
    program: Program, named: Named, asked: Mapping[int, Collection[str]]
) -> Mapping[int, list[TermsUse]]:
    """The same for each of many, by key, of which each has names of its own; in as many queries as for one."""
    return next((answer(program, named, asked) for answer in _terms_using_each), {})


def follow_names(program: Program, named: Named, names: Collection[str], present: str) -> None:
    """Have the rules of drafts that ask for one of the names ask for the present one, in the caller's transaction."""
    for follow in _follow_names:
        follow(program, named, names, present)


def statuses_of(statuses: Mapping[str, Iterable[str]], codes: Iterable[str]) -> dict[str, str]:
    """The customer status of each code as an order is priced, by these codes by status; empty where none has it."""
    (answer,) = _statuses_of
    return answer(statuses, codes)


def has_orders(program: Program) -> bool:
    """Whether an order of the program is stored, a test order too: its days and amounts then stay what they are."""
    return any(answer(program) for answer in _has_orders)


def first_order_day(program: Program) -> date | None:
    """The day of the first order that was credited to a partner; none before there is one."""
    (answer,) = _first_order_day
    return answer(program)
