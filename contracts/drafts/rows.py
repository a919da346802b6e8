"""Payout groups, adjustments and restrictions of a draft."""

from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal
from typing import Any, cast

from django.db import transaction

from common.db.edits import Stale, lock_unchanged
from contracts.drafts.documents import NAMES, Row, value_of
from contracts.engine.document.read_rules import write_rules
from contracts.engine.document.terms import RANKED
from contracts.models import EventPayout, PayoutAdjustment, PayoutGroup, PayoutRestriction
from contracts.uses.renamed import with_present_names

from .checks import load_row
from .currency import currency_of
from .ranks import Kind, close_gaps, make_room
from .revisions import touch

Rules = Sequence[Mapping[str, Any]]
_NOT_IN_THE_FORM = {"id", "program", "event_payout", "rank", "is_active"}


def row_values(row: Row) -> dict[str, Any]:
    """What the form of a row holds: all but its place and its switch, which have buttons of their own."""
    names = [field.name for field in row._meta.concrete_fields if field.name not in _NOT_IN_THE_FORM]
    return {**{name: getattr(row, name) for name in names}, "currency": currency_of(row.event_payout)}


@transaction.atomic
def add_payout_group(
    *,
    event_payout: EventPayout,
    rules: Rules,
    name: str = "",
    payout: Decimal | None = None,
    payout_rate: Decimal | None = None,
    payable_items: int | None = None,
    position: int | None = None,
) -> PayoutGroup:
    """Add a payout group: a fixed payout in the terms' currency, or a rate in percent of the sale amount.

    `rules` as in the terms document, no rules hold always; `position` is its place from 1, None the last. Raises
    Refused with the errors of the whole row, paths relative to it (`PayoutRate`, `Rules[0].Values`).
    """
    row = PayoutGroup(name=name.strip(), rules=list(rules), payout=payout, payout_rate=payout_rate)
    row.payable_items = payable_items
    return _add(event_payout, row, position)


@transaction.atomic
def change_payout_group(
    *,
    payout_group: PayoutGroup,
    rules: Rules,
    name: str = "",
    payout: Decimal | None = None,
    payout_rate: Decimal | None = None,
    payable_items: int | None = None,
    seen: str | None = None,
) -> PayoutGroup:
    """Set all of a payout group but its rank and switch.

    Raises Refused, Gone when it was deleted, and Stale unless `seen` is the fingerprint of its `row_values`.
    """
    return _change(
        payout_group,
        seen,
        name=name.strip(),
        rules=list(rules),
        payout=payout,
        payout_rate=payout_rate,
        payable_items=payable_items,
    )


@transaction.atomic
def add_payout_adjustment(
    *,
    event_payout: EventPayout,
    rules: Rules,
    direction: str,
    rate: Decimal | None = None,
    amount: Decimal | None = None,
    position: int | None = None,
) -> PayoutAdjustment:
    """Add an adjustment: INCREASE or DECREASE by a rate in percent or an amount in the terms' currency."""
    row = PayoutAdjustment(rules=list(rules), direction=direction, rate=rate, amount=amount)
    return _add(event_payout, row, position)


@transaction.atomic
def change_payout_adjustment(
    *,
    payout_adjustment: PayoutAdjustment,
    rules: Rules,
    direction: str,
    rate: Decimal | None = None,
    amount: Decimal | None = None,
    seen: str | None = None,
) -> PayoutAdjustment:
    """Set all of an adjustment but its rank and switch. Raises as `change_payout_group`."""
    return _change(payout_adjustment, seen, rules=list(rules), direction=direction, rate=rate, amount=amount)


@transaction.atomic
def add_payout_restriction(
    *,
    event_payout: EventPayout,
    rules: Rules,
    zero_payout_hide_report: bool = False,
    position: int | None = None,
) -> PayoutRestriction:
    """Add a restriction: what meets all of its rules (at least one) earns nothing."""
    row = PayoutRestriction(rules=list(rules), zero_payout_hide_report=zero_payout_hide_report)
    return _add(event_payout, row, position)


@transaction.atomic
def change_payout_restriction(
    *,
    payout_restriction: PayoutRestriction,
    rules: Rules,
    zero_payout_hide_report: bool = False,
    seen: str | None = None,
) -> PayoutRestriction:
    """Set all of a restriction but its rank and switch. Raises as `change_payout_group`."""
    return _change(payout_restriction, seen, rules=list(rules), zero_payout_hide_report=zero_payout_hide_report)


@transaction.atomic
def switch_row[AnyRow: Row](*, row: AnyRow, on: bool) -> AnyRow:
    """Switch one row off, which keeps it in the draft and leaves it out of the document, or on again."""
    touch(row.event_payout.template_terms_id)
    return _store(row, is_active=on)


@transaction.atomic
def delete_rows(*, event_payout: EventPayout, kind: Kind, ids: Collection[int]) -> int:
    """Delete rows of one list and close the gaps; returns how many there were. Rows that are gone are ignored."""
    touch(event_payout.template_terms_id)
    deleted, _ = kind._default_manager.filter(event_payout=event_payout, pk__in=ids).delete()
    close_gaps(event_payout, kind)
    return deleted


def check_row[AnyRow: Row](*, row: AnyRow) -> AnyRow:
    """Bring the rules to the form that the engine reads; stores nothing. Raises Refused with every error."""
    row.rank = row.rank or 1
    row.rules = _read_rules(row)
    return row


@transaction.atomic
def save_row[AnyRow: Row](*, row: AnyRow) -> AnyRow:
    """Store a whole row as it is: a new one after the last of its list, an old one in its place.

    For editors that hold a row rather than its parts. Raises Refused, and Stale when an old one is gone.
    """
    if row.pk is None:
        return _add(row.event_payout, row, None)
    names = {each.name for each in row._meta.concrete_fields} - {"id", "program", "event_payout", "rank"}
    return _change(row, None, **{name: getattr(row, name) for name in names})


def _add[AnyRow: Row](event_payout: EventPayout, row: AnyRow, position: int | None) -> AnyRow:
    touch(event_payout.template_terms_id)
    row.event_payout, row.program_id, row.rank = event_payout, event_payout.program_id, 1
    row.rules = _read_rules(row)
    row.rank = make_room(event_payout, cast(Kind, type(row)), position)
    row.save(force_insert=True)
    return row


def _change[AnyRow: Row](row: AnyRow, seen: str | None, **values: Any) -> AnyRow:
    touch(row.event_payout.template_terms_id)
    lock_unchanged(row, row_values, seen)
    for name, value in values.items():
        setattr(row, name, value)
    return _store(row, **values | {"rules": _read_rules(row)})


def _store[AnyRow: Row](row: AnyRow, **values: Any) -> AnyRow:
    if not type(row)._default_manager.filter(pk=row.pk).update(**values):
        raise Stale
    for name, value in values.items():
        setattr(row, name, value)
    return row


def _read_rules(row: Row) -> list[Any]:
    """The row's rules as the engine reads them, with tags by their present names. Raises Refused with every error."""
    name = NAMES[type(row)]
    read = load_row(row.event_payout, name, RANKED[name].write_row(value_of(row)))
    return list(with_present_names(row.event_payout.program_id, write_rules(read.rules)))
