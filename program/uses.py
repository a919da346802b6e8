"""Where the names that a brand gives are used: asked here, answered by other apps. This app cannot import the terms and
the orders that use its rows. Their apps register the answers when they are loaded.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import Enum

from program.models import EventType, Program


class Named(Enum):
    """What a rule can ask for by its name."""

    CUSTOMER_STATUS = "customer status"
    CUSTOMER_TAG = "customer tag"
    EXCEPTION_LIST = "exception list"


@dataclass(frozen=True, slots=True)
class TermsUse:
    """Template terms with rules that ask for something: `rows` are their groups, adjustments and restrictions."""

    template_terms_id: int
    name: str
    is_in_force: bool  # a present or later contract has a version with such a rule
    rows: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.name} ({', '.join(self.rows)})"


@dataclass(frozen=True, slots=True)
class CodeMove:
    """A customer status code that would mean something else, and how many orders of the last 30 days sent it."""

    code: str
    before: str
    after: str
    orders: int


type TermsUsing = Callable[[Program, Named, Collection[str], EventType | None], list[TermsUse]]
type HasOrders = Callable[[Program], bool]
type CodeMoves = Callable[[EventType, Mapping[str, Iterable[str]]], list[CodeMove]]

_terms_using: list[TermsUsing] = []
_code_moves: list[CodeMoves] = []
_has_orders: list[HasOrders] = []


def answer_terms_using(answer: TermsUsing) -> None:
    """Called once by the app that has the terms, when it is loaded."""
    _terms_using[:] = [answer]


def answer_code_moves(answer: CodeMoves) -> None:
    """Called once by the app that has the orders, when it is loaded."""
    _code_moves[:] = [answer]


def answer_has_orders(answer: HasOrders) -> None:
    """Called once by the app that has the orders, when it is loaded."""
    _has_orders[:] = [answer]


def terms_using(
    program: Program, named: Named, names: Collection[str] = (), event_type: EventType | None = None
) -> list[TermsUse]:
    """The terms whose rules ask for one of the names, or for any where none is given; those in force come first."""
    return [use for answer in _terms_using for use in answer(program, named, names, event_type)]


def code_moves(event_type: EventType, statuses: Mapping[str, Iterable[str]]) -> list[CodeMove]:
    """Which customer status codes would change meaning with these codes by category; the most sent come first."""
    return [move for answer in _code_moves for move in answer(event_type, statuses)]


def has_orders(program: Program) -> bool:
    """Whether an order of the program is stored, a test order too: its days and amounts then stay what they are."""
    return any(answer(program) for answer in _has_orders)
