"""Who works under which terms when: new agreements take the place of older ones, and nothing is left overlapping.

The rule: from its start on, a partner's newest agreement for an event type is the one that applies. What was agreed
before keeps its time up to there.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from contracts.models import Contract, ContractEventType, TermsVersion
from program.models import Partner

EMPTY = DateTimeTZRange(empty=True)


@dataclass(frozen=True, slots=True)
class Agreed:
    """A time for which a partner is to be paid for an event type by the version being published; None is open."""

    partner_id: int
    event_type_id: int
    lower: datetime | None
    upper: datetime | None


def standing(partner_ids: Collection[int], start: datetime) -> list[ContractEventType]:
    """The partners' agreements that last beyond the start, locked until the transaction ends.

    The partners' rows are locked first and in order, so that two publishers wait for each other.
    """
    list(Partner.objects.filter(pk__in=partner_ids).order_by("pk").select_for_update(no_key=True).values_list("pk"))
    rows = ContractEventType.objects.filter(
        partner__in=partner_ids, period__overlap=DateTimeTZRange(start, None)
    ).select_related("contract__terms_version")
    return list(rows.order_by("pk"))


def moved(
    rows: Iterable[ContractEventType], version: TermsVersion, event_types: Collection[int], start: datetime
) -> list[Agreed]:
    """What the contracts of earlier versions of the same terms become: the rest of their time, by the new version.

    An event type that the version adds gets the rest of the contract's whole time.
    """
    contracts: dict[int, list[ContractEventType]] = {}
    for row in rows:
        earlier = row.contract.terms_version
        if earlier.template_terms_id == version.template_terms_id and earlier.pk != version.pk:
            contracts.setdefault(row.contract_id, []).append(row)
    agreed = []
    for held in contracts.values():
        spans = {row.event_type_id: (row.period.lower, row.period.upper) for row in held}
        whole = (_earliest(lower for lower, _ in spans.values()), _latest(upper for _, upper in spans.values()))
        for event_type_id in event_types:
            lower, upper = spans.get(event_type_id, whole)
            agreed.append(Agreed(held[0].partner_id, event_type_id, _later(lower, start), upper))
    return _run_together(agreed, start)


def joined(
    partner_ids: Iterable[int],
    rows: Iterable[ContractEventType],
    version: TermsVersion,
    event_types: Collection[int],
    start: datetime,
    *,
    open_to_the_past: bool,
) -> list[Agreed]:
    """An open-ended agreement from the start for each partner and event type that has no such one by this version.

    `open_to_the_past`: a partner's first agreement for an event type has no beginning, so that orders from before,
    such as an import of history, are priced.
    """
    lasting = {
        (row.partner_id, row.event_type_id)
        for row in rows
        if row.contract.terms_version_id == version.pk
        and row.period.upper is None
        and (row.period.lower is None or row.period.lower <= start)
    }
    wanted = [(partner, each) for partner in partner_ids for each in event_types if (partner, each) not in lasting]
    known: set[tuple[int, int]] = set()
    if open_to_the_past:
        known.update(
            ContractEventType.objects.filter(partner__in={partner for partner, _ in wanted})
            .exclude(period__isempty=True)
            .values_list("partner_id", "event_type_id")
        )
    return [
        Agreed(partner, each, None if open_to_the_past and (partner, each) not in known else start, None)
        for partner, each in wanted
    ]


def agree(version: TermsVersion, agreed: Sequence[Agreed], rows: Iterable[ContractEventType]) -> tuple[int, int]:
    """Write the agreements as contracts, cutting the time they take out of the older rows.

    Returns how many contracts were made and how many older ones were ended. A handful of statements for any number.
    """
    by_key: dict[tuple[int, int], list[ContractEventType]] = {}
    for row in rows:
        by_key.setdefault((row.partner_id, row.event_type_id), []).append(row)
    changed: dict[int, ContractEventType] = {}
    tails: list[ContractEventType] = []
    for each in agreed:
        held = by_key.setdefault((each.partner_id, each.event_type_id), [])
        for row in [row for row in held if _overlap(row.period, each)]:
            rest = _cut(row, each)
            held += rest
            tails += rest
            if row.pk:
                changed[row.pk] = row
    # The older rows give up their time before the new ones take it: the exclusion constraint looks at once.
    ContractEventType.objects.bulk_update(changed.values(), ["period"], batch_size=1_000)
    ContractEventType.objects.bulk_create(tails)
    ended = _end_contracts({row.contract_id: row.contract for row in changed.values()})
    return _make_contracts(version, agreed), ended


def end(rows: Iterable[ContractEventType], start: datetime) -> int:
    """End agreements at the start, or empty those that begin later; returns the number of contracts that are over."""
    rows = list(rows)
    for row in rows:
        _cut(row, Agreed(row.partner_id, row.event_type_id, _later(row.period.lower, start), row.period.upper))
    ContractEventType.objects.bulk_update(rows, ["period"], batch_size=1_000)
    return _end_contracts({row.contract_id: row.contract for row in rows})


def _make_contracts(version: TermsVersion, agreed: Sequence[Agreed]) -> int:
    """One contract for each partner and stretch of time that hangs together."""
    by_partner: dict[tuple[int, datetime | None], list[Agreed]] = {}
    for each in agreed:
        by_partner.setdefault((each.partner_id, each.upper), []).append(each)
    contracts = [
        Contract(
            program_id=version.program_id,
            partner_id=partner_id,
            terms_version=version,
            period=DateTimeTZRange(_earliest(each.lower for each in group), upper),
        )
        for (partner_id, upper), group in by_partner.items()
    ]
    Contract.objects.bulk_create(contracts, batch_size=1_000)
    ContractEventType.objects.bulk_create(
        [
            ContractEventType(
                program_id=version.program_id,
                contract=contract,
                partner_id=each.partner_id,
                event_type_id=each.event_type_id,
                period=DateTimeTZRange(each.lower, each.upper),
            )
            for contract, group in zip(contracts, by_partner.values(), strict=True)
            for each in group
        ],
        batch_size=1_000,
    )
    return len(contracts)


def _end_contracts(contracts: Mapping[int, Contract]) -> int:
    """Bring contracts to the span of their event types; returns how many got shorter at the end."""
    spans: dict[int, list[DateTimeTZRange]] = {}
    for row in ContractEventType.objects.filter(contract__in=contracts):
        spans.setdefault(row.contract_id, []).append(row.period)
    ended = []
    for contract in contracts.values():
        periods = [period for period in spans[contract.pk] if not period.isempty]
        span = EMPTY
        if periods:
            span = DateTimeTZRange(_earliest(each.lower for each in periods), _latest(each.upper for each in periods))
        if _ends(span) != _ends(contract.period):
            contract.period = span
            ended.append(contract)
    Contract.objects.bulk_update(ended, ["period"], batch_size=1_000)
    return len(ended)


def _ends(period: DateTimeTZRange) -> tuple[bool, datetime | None, datetime | None]:
    """What two periods are compared by: PostgreSQL writes the bracket of an open end differently."""
    return period.isempty, period.lower, period.upper


def _run_together(agreed: Iterable[Agreed], start: datetime) -> list[Agreed]:
    """Join times that follow on one another, such as the rests of two earlier versions; they never overlap."""
    joined_up: list[Agreed] = []
    for each in sorted(agreed, key=lambda each: (each.partner_id, each.event_type_id, each.lower or start)):
        last = joined_up[-1] if joined_up else None
        key = (each.partner_id, each.event_type_id, each.lower)
        if last and last.upper is not None and (last.partner_id, last.event_type_id, last.upper) == key:
            joined_up[-1] = Agreed(last.partner_id, last.event_type_id, last.lower, each.upper)
        else:
            joined_up.append(each)
    return joined_up


def _cut(row: ContractEventType, taken: Agreed) -> list[ContractEventType]:
    """Take a time out of a row: what lies before stays in it, what lies after becomes a row of its own."""
    lower, upper = row.period.lower, row.period.upper
    has_head = taken.lower is not None and (lower is None or lower < taken.lower)
    has_tail = taken.upper is not None and (upper is None or taken.upper < upper)
    row.period = DateTimeTZRange(lower, taken.lower) if has_head else EMPTY
    if not has_tail:
        return []
    tail = DateTimeTZRange(taken.upper, upper)
    if not has_head:
        row.period = tail
        return []
    return [
        ContractEventType(
            program_id=row.program_id,
            contract_id=row.contract_id,
            partner_id=row.partner_id,
            event_type_id=row.event_type_id,
            period=tail,
        )
    ]


def _overlap(period: DateTimeTZRange, taken: Agreed) -> bool:
    if period.isempty:
        return False
    begins_before = taken.upper is None or period.lower is None or period.lower < taken.upper
    ends_after = taken.lower is None or period.upper is None or period.upper > taken.lower
    return begins_before and ends_after


def _later(moment: datetime | None, other: datetime) -> datetime:
    return other if moment is None else max(moment, other)


def _earliest(moments: Iterable[datetime | None]) -> datetime | None:
    known = list(moments)
    return None if None in known else min(moment for moment in known if moment)


def _latest(moments: Iterable[datetime | None]) -> datetime | None:
    known = list(moments)
    return None if None in known else max(moment for moment in known if moment)
