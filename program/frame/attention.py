"""How many rows of a program wait for somebody: asked here, counted by the app that has them, which registers it."""

from collections.abc import Callable
from typing import Any

from django.db.models import Case, IntegerField, OuterRef, QuerySet, Subquery, Value, When
from django.db.models.expressions import Combinable

CAP = 1_000  # rows of each kind are counted at most: the number is on every page

type Rows = Callable[[OuterRef], QuerySet[Any]]

_kinds: list[Rows] = []


class _Counted(Subquery):
    """How many rows a query has, up to CAP."""

    template = "(SELECT count(*) FROM (%(subquery)s) AS counted)"
    output_field = IntegerField()


def answer_attention(*kinds: Rows) -> None:
    """Called once by the app that has the rows, when it is loaded: for a program, its rows that wait for somebody."""
    _kinds[:] = kinds


def attention_of(program_id: int) -> Combinable:
    """The number as an annotation of programs; 0 for all but this one, for which alone it is shown."""
    counted: Combinable = Value(0)
    for rows in _kinds:
        counted += _Counted(rows(OuterRef("pk")).order_by().values("pk")[:CAP])
    return Case(When(pk=program_id, then=counted), default=Value(0), output_field=IntegerField())
