"""Many rows of a draft's list changed at once, and that undone while the draft is not edited further."""

from collections.abc import Callable, Collection
from decimal import Decimal
from typing import Any

from django.db import connection, transaction
from django.db.models import F, QuerySet
from psycopg import sql
from psycopg.types.json import Jsonb

from common.db.edits import Stale
from common.db.statements import AnyOf
from common.refusals import Refused
from contracts.drafts.checks import load_rows
from contracts.drafts.documents import NAMES
from contracts.drafts.ranks import Kind, close_gaps, rank_rows, ranked_ids
from contracts.drafts.revisions import hold, touch
from contracts.engine.document.sections.payout_groups import PayoutGroup as Group
from contracts.engine.document.terms import RANKED
from contracts.models import BulkChange, EventPayout, PayoutGroup, TemplateTerms

EDITED = "The draft was edited since, so this can no longer be undone. Nothing was changed."
type Rows = QuerySet[Any]
type Words = Callable[[int], str]


@transaction.atomic
def switch_many(*, event_payout: EventPayout, kind: Kind, ids: Collection[int], on: bool, words: Words) -> BulkChange:
    """Switch rows of one list on or off. Rows that are gone are ignored; `words` says what was done to so many."""
    rows, before = _hold(event_payout, kind, ids)
    rows.update(is_active=on)
    return _keep(event_payout, kind, before, words(len(before)))


@transaction.atomic
def delete_many(*, event_payout: EventPayout, kind: Kind, ids: Collection[int], words: Words) -> BulkChange:
    """Delete rows of one list and close the gaps. Rows that are gone are ignored."""
    rows, before = _hold(event_payout, kind, ids)
    rows.delete()
    close_gaps(event_payout, kind)
    return _keep(event_payout, kind, before, words(len(before)), deleted=True)


@transaction.atomic
def pay_many(
    *,
    event_payout: EventPayout,
    ids: Collection[int],
    words: Words,
    payout: Decimal | None = None,
    payout_rate: Decimal | None = None,
    points: Decimal | None = None,
) -> BulkChange:
    """Have payout groups pay this amount, or this rate; or a rate that is higher by so many percentage points, which
    leaves those that pay an amount as they are. Raises Refused with the first errors.
    """
    if points is not None:
        percent = _ticked(event_payout, PayoutGroup, ids).filter(payout_rate__isnull=False)
        if low := percent.filter(payout_rate__lt=-points).count():
            raise Refused(f"{low:,} of them would pay less than 0%. Nothing was changed.")
        ids = list(percent.values_list("pk", flat=True))
    rows, before = _hold(event_payout, PayoutGroup, ids)
    if points is not None:
        rows.update(payout_rate=F("payout_rate") + points)
    else:
        rows.update(payout=payout, payout_rate=payout_rate)
    _refuse_bad(event_payout, rows)
    return _keep(event_payout, PayoutGroup, before, words(len(before)))


def change_to_undo(event_payout: EventPayout, kind: Kind) -> BulkChange | None:
    """The change of many rows of this list that can be undone."""
    changes = BulkChange.objects.filter(event_payout=event_payout, section=NAMES[kind])
    return changes.filter(revision=F("event_payout__template_terms__draft_revision")).defer("before").first()


@transaction.atomic
def undo_change(*, event_payout: EventPayout, kind: Kind) -> BulkChange:
    """Give the rows what they had before the last change of many, their ranks too. Raises Stale where the draft was
    edited since.
    """
    hold(event_payout.template_terms_id)
    change = change_to_undo(event_payout, kind)
    if change is None:
        raise Stale(EDITED)
    touch(event_payout.template_terms_id)
    if change.deleted:
        _restore(event_payout, kind, change.before)
    else:
        _put_back(event_payout, kind, change.before)
    change.delete()
    return change


def _hold(event_payout: EventPayout, kind: Kind, ids: Collection[int]) -> tuple[Rows, list[dict[str, Any]]]:
    """The rows, and their fields, once the draft is locked."""
    touch(event_payout.template_terms_id)
    rows = _ticked(event_payout, kind, ids)
    return rows, list(rows.order_by("rank", "id").values())


def _ticked(event_payout: EventPayout, kind: Kind, ids: Collection[int]) -> Rows:
    """Those of a list with these numbers, as one parameter."""
    return kind._default_manager.filter(AnyOf(F("pk"), list(ids)), event_payout=event_payout)


def _keep(
    event_payout: EventPayout, kind: Kind, before: list[dict[str, Any]], said: str, *, deleted: bool = False
) -> BulkChange:
    revision = TemplateTerms.objects.values_list("draft_revision", flat=True).get(pk=event_payout.template_terms_id)
    change, _ = BulkChange.objects.update_or_create(
        event_payout=event_payout,
        defaults={
            "program_id": event_payout.program_id,
            "section": NAMES[kind],
            "said": said,
            "deleted": deleted,
            "before": before,
            "revision": revision,
        },
    )
    return change


def _refuse_bad(event_payout: EventPayout, rows: Rows) -> None:
    """Their rules are as they were: of ten thousand, reading them again would be most of the time."""
    told = rows.order_by("rank", "id").values_list("rank", "name", "payout", "payout_rate", "payable_items")
    present = [Group(rank, name, (), *pays) for rank, name, *pays in told]
    section = RANKED["payout_groups"]
    _, errors = load_rows(event_payout, "payout_groups", [section.write_row(group) for group in present])
    if errors:
        index = int(errors[0].path.removeprefix("[").partition("]")[0])
        raise Refused(f"Group {present[index].rank}: {errors[0].message}. Nothing was changed.")


def _restore(event_payout: EventPayout, kind: Kind, before: list[dict[str, Any]]) -> None:
    rest = ranked_ids(event_payout=event_payout, kind=kind)
    kind._default_manager.bulk_create([_row(kind, fields) for fields in before], batch_size=2_000)
    wanted: list[int] = []
    place_of = {fields["rank"]: fields["id"] for fields in before}
    others = iter(rest)
    for rank in range(1, len(before) + len(rest) + 1):
        wanted.append(place_of[rank] if rank in place_of else next(others))
    rank_rows(kind, wanted)


def _row(kind: Kind, fields: dict[str, Any]) -> Any:
    columns: dict[str, Any] = {column.attname: column for column in kind._meta.concrete_fields}
    return kind(**{name: columns[name].to_python(value) for name, value in fields.items()})


def _put_back(event_payout: EventPayout, kind: Kind, before: list[dict[str, Any]]) -> None:
    """What a change of many sets: the switch, and of payout groups the payout."""
    names = ["is_active", *(["payout", "payout_rate"] if kind is PayoutGroup else [])]
    statement = sql.SQL(
        "UPDATE {table} SET {sets} FROM jsonb_to_recordset(%s) AS old"
        " (id bigint, is_active boolean, payout numeric, payout_rate numeric)"
        " WHERE {table}.id = old.id AND {table}.event_payout_id = %s"
    ).format(
        table=sql.Identifier(kind._meta.db_table),
        sets=sql.SQL(", ").join(sql.SQL("{0} = old.{0}").format(sql.Identifier(name)) for name in names),
    )
    rows: Any = Jsonb([{name: row[name] for name in ("id", *names)} for row in before])
    with connection.cursor() as cursor:
        cursor.execute(statement, [rows, event_payout.pk])
