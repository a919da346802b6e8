"""What a constraint refused: the order came before within its window, or its idempotency key did."""

from collections.abc import Callable

from django.db import connection

from common.refusals import Refusal, Refused
from tracking.models import Conversion
from tracking.models.conversion import BROWSERS

KEY_TAKEN = "This Idempotency-Key was sent before with another conversion; send a new key."

type Insert = Callable[[list[Conversion]], list[Conversion]]
type Settled = tuple[Conversion, Conversion | None]  # and whose duplicate it is, if any


def settle(refused: list[Conversion], insert: Insert) -> dict[int, Settled]:
    """Those that a constraint refused, by number: each is stored as a duplicate, or was stored before.

    `insert` inserts rows and returns those that a constraint refuses.
    """
    before = {row.pk: kept for row in refused if (kept := _by_key(row))}
    rest = [row for row in refused if row.pk not in before]
    firsts = _firsts(rest) if rest else {}
    for row in rest:
        assert row.pk in firsts, "a conversion was refused by an unknown constraint"
        row.state = Conversion.State.DUPLICATE
        row.reason = Conversion.Reason.DUPLICATE
        row.duplicate_of = firsts[row.pk]
        row.detail = f"Order {row.order_id} was sent before, as {firsts[row.pk].batch_id}."
        row.processed_at = row.received_at
    for row in insert(rest):  # refused for its key, which was sent at the same moment
        kept = _by_key(row)
        assert kept is not None, "a duplicate was refused by an unknown constraint"
        before[row.pk] = kept
    return {row.pk: before.get(row.pk) or (row, firsts[row.pk]) for row in refused}


FIRSTS = """
SELECT refused.id, min(first.id)
FROM unnest(%s::bigint[], %s::bigint[], %s::text[], %s::boolean[], %s::boolean[], %s::tstzrange[])
     AS refused (id, event_type_id, order_id, by_browser, is_test, period)
JOIN tracking_conversion AS first
  ON hashtextextended(first.order_id, 0) = hashtextextended(refused.order_id, 0) AND first.order_id = refused.order_id
 AND first.event_type_id = refused.event_type_id
 AND (first.source IN ('PIXEL', 'TAG')) = refused.by_browser
 AND first.is_test = refused.is_test AND first.deduplication_period && refused.period
 AND NOT (first.state = 'DUPLICATE') AND NOT (first.order_id = '')
GROUP BY refused.id
"""


def _firsts(refused: list[Conversion]) -> dict[int, Conversion]:
    """Whose duplicate each one is: of those within the window, the one stored first."""
    with connection.cursor() as cursor:
        cursor.execute(FIRSTS, [
            [row.pk for row in refused],
            [row.event_type_id for row in refused],
            [row.order_id for row in refused],
            [row.source in BROWSERS for row in refused],
            [row.is_test for row in refused],
            [row.deduplication_period for row in refused],
        ])  # fmt: skip
        found: dict[int, int] = dict(cursor.fetchall())
    rows = Conversion.objects.in_bulk(set(found.values()))
    return {pk: rows[first] for pk, first in found.items()}


def _by_key(row: Conversion) -> Settled | None:
    """What the idempotency key stored before; its answer is given again."""
    if row.idempotency_key is None:
        return None
    before = (
        Conversion.objects.select_related("duplicate_of")
        .filter(program_id=row.program_id, idempotency_key=row.idempotency_key)
        .first()
    )
    if before is None:
        return None
    if (before.event_type_id, _said(before)) != (row.event_type_id, _said(row)):
        raise Refused(Refusal("Idempotency-Key", KEY_TAKEN, "taken"))
    return before, before.duplicate_of


def _said(row: Conversion) -> dict[str, object]:
    # EventDate may have been sent as NOW, which is another instant in every retry; what is kept of an IP address
    # depends on a setting of the program, which may have changed.
    return {name: value for name, value in row.payload.items() if name not in ("EventDate", "IpAddress")}
