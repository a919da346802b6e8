"""The rows of a list that a search finds, and the variables that its rules ask for."""

import json
import re
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import Q, QuerySet, TextField
from django.db.models.functions import Cast
from django.http import QueryDict
from psycopg import sql

from common.web.lists import text_in
from contracts.engine.rules.fields import VARIABLES
from contracts.models import EventPayout
from contracts.sections.lists.ranked_lists import Kind

RANK = re.compile(r"#\s*([0-9]{1,5})")


@dataclass(frozen=True, slots=True)
class RowFilter:
    """What narrows a list: a text, or a rank as in `#37`, and a variable that the rules ask for."""

    query: str = ""
    variable: str = ""

    @classmethod
    def asked(cls, data: QueryDict) -> "RowFilter":
        return cls(text_in(data, "q"), text_in(data, "variable"))

    def __bool__(self) -> bool:
        return bool(self.query or self.variable)

    def of(self, rows: "QuerySet[Any]") -> "QuerySet[Any]":
        if self.variable:
            rows = rows.filter(rules__contains=[{"Variable": self.variable}])
        if found := RANK.fullmatch(self.query):
            return rows.filter(rank=int(found[1]))
        return _search(rows, self.query) if self.query else rows

    def as_query(self) -> str:
        """As a page of the list is asked for with it, after its number."""
        data = QueryDict(mutable=True)
        data.update({"q": self.query, "variable": self.variable} if self.variable else {"q": self.query})
        return data.urlencode()


@dataclass(frozen=True, slots=True)
class UsedVariable:
    """A variable and how many rows of the list ask for it."""

    key: str
    label: str
    count: int


def used_in(event_payout: EventPayout, kind: Kind) -> list[UsedVariable]:
    """The variables of a list, that of most rows first."""
    statement = sql.SQL(
        "SELECT rule ->> 'Variable', count(DISTINCT {table}.id) FROM {table}, jsonb_array_elements(rules) AS rule"
        " WHERE event_payout_id = %s GROUP BY 1 ORDER BY 2 DESC, 1"
    ).format(table=sql.Identifier(kind.model._meta.db_table))
    with connection.cursor() as cursor:
        cursor.execute(statement, [event_payout.pk])
        found = cursor.fetchall()
    return [UsedVariable(key, VARIABLES[key].label if key in VARIABLES else key, count) for key, count in found]


def _search(rows: "QuerySet[Any]", query: str) -> "QuerySet[Any]":
    """Rows whose name, or one of whose conditions, contains the text: in a value as written, or a variable's name."""
    escaped = json.dumps(query)[1:-1]
    wanted = Q(rules_text__icontains=query) | Q(rules_text__icontains=escaped)
    for variable in VARIABLES.values():
        if query.casefold() in variable.label.casefold():
            wanted |= Q(rules__contains=[{"Variable": variable.key}])
    if any(field.name == "name" for field in rows.model._meta.fields):
        wanted |= Q(name__icontains=query)
    found: QuerySet[Any] = rows.annotate(rules_text=Cast("rules", TextField())).filter(wanted)
    return found
