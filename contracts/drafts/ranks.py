"""Lists in a draft: their order, and staying dense from 1. A few statements each, however long the list."""

import hashlib
from collections.abc import Iterable, Sequence

from django.db import connection, transaction
from django.db.models import F
from psycopg import sql

from common.db.edits import Stale
from contracts.drafts.documents import Row
from contracts.models import EventPayout

from .revisions import touch

Kind = type[Row]


def ranked_ids(*, event_payout: EventPayout, kind: Kind) -> list[int]:
    """The ids of a list, lowest rank first."""
    return _ids(event_payout.pk, kind)


def order_token(ids: Iterable[int]) -> str:
    """A short digest of the order of a list. A page sends it back, so that a stale order is detected."""
    return hashlib.sha256(",".join(map(str, ids)).encode()).hexdigest()[:16]


@transaction.atomic
def reorder_rows(*, event_payout: EventPayout, kind: Kind, ids: Sequence[int], seen: str) -> None:
    """Re-rank some rows of a list in the order of the ids, within the places that they have; the others stay put.

    `seen` is the `order_token` that the page showed. Raises Stale when a row is gone, or when someone else ordered the
    list meanwhile. The same request once more changes nothing.
    """
    touch(event_payout.template_terms_id)
    present = _ids(event_payout.pk, kind)
    place_of = {each: place for place, each in enumerate(present)}
    if not place_of.keys() >= set(ids) or len(set(ids)) < len(ids):
        raise Stale
    wanted = list(present)
    for place, each in zip(sorted(place_of[each] for each in ids), ids, strict=True):
        wanted[place] = each
    if wanted == present:
        return
    if seen != order_token(present):
        raise Stale
    rank_rows(kind, wanted)


@transaction.atomic
def move_to(*, row: Row, position: int, seen: str | None = None) -> None:
    """Move one row to a position of its list, from 1; beyond the ends means the end.

    Raises Stale when the row is gone, or when `seen` (an `order_token`) is given and the list is ordered otherwise.
    """
    touch(row.event_payout.template_terms_id)
    present = _ids(row.event_payout_id, type(row))
    if row.pk not in present or (seen is not None and seen != order_token(present)):
        raise Stale
    present.remove(row.pk)
    present.insert(max(1, position) - 1, row.pk)
    rank_rows(type(row), present)


def make_room(event_payout: EventPayout, kind: Kind, position: int | None) -> int:
    """Free a rank for a new row at that position, or after the last, and return it."""
    close_gaps(event_payout, kind)
    rows = kind._default_manager.filter(event_payout=event_payout)
    last = rows.count() + 1
    rank = last if position is None else min(max(1, position), last)
    if rank < last:
        rows.filter(rank__gte=rank).update(rank=F("rank") + 1)
    return rank


def close_gaps(event_payout: EventPayout, kind: Kind) -> None:
    """Rank the rows of a list 1, 2, 3 … in the order they have."""
    # An array is computed once. A subquery was evaluated for each of ten thousand rows, for minutes, where a vacuum had
    # run before they were committed and the planner took the table for empty.
    statement = sql.SQL(
        "UPDATE {table} SET rank = ranked.rank FROM unnest(ARRAY(SELECT id FROM {table} WHERE event_payout_id = %s"
        " ORDER BY rank, id)) WITH ORDINALITY AS ranked(id, rank)"
        " WHERE {table}.id = ranked.id AND {table}.rank <> ranked.rank"
    ).format(table=sql.Identifier(kind._meta.db_table))
    with connection.cursor() as cursor:
        cursor.execute(statement, [event_payout.pk])


def rank_rows(kind: Kind, ids: Sequence[int]) -> None:
    """Rank rows 1, 2, 3 … in the order of the ids."""
    statement = sql.SQL(
        "UPDATE {table} SET rank = wanted.rank FROM unnest(%s::bigint[]) WITH ORDINALITY AS wanted(id, rank)"
        " WHERE {table}.id = wanted.id AND {table}.rank <> wanted.rank"
    ).format(table=sql.Identifier(kind._meta.db_table))
    with connection.cursor() as cursor:
        cursor.execute(statement, [list(ids)])


def _ids(event_payout_id: int, kind: Kind) -> list[int]:
    rows = kind._default_manager.filter(event_payout=event_payout_id)
    return list(rows.order_by("rank", "id").values_list("pk", flat=True))
