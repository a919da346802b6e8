"""What agreements change in existing contracts: computed in memory, shown, and only then written."""

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.db.models import F

from common.db.statements import AnyOf
from contracts.models import Contract, ContractEventType, Status, TakenTime, TermsVersion

from .periods import EMPTY, ends, joined_up, overlap, span, without
from .rows import insert, update_periods
from .starts import Agreed, Start, is_earlier

Key = tuple[int, int]


@dataclass(frozen=True, slots=True)
class ContractChange:
    """An existing contract, before and after; `event_types` holds (id, before, after) of those whose time changes."""

    contract: Contract
    before: DateTimeTZRange
    after: DateTimeTZRange
    event_types: tuple[tuple[int, DateTimeTZRange, DateTimeTZRange], ...]

    @property
    def never_begins(self) -> bool:
        return bool(self.after.isempty)

    def drops(self, paid: Collection[int]) -> bool:
        """Whether it stops paying for an event type other than these."""
        return any(event_type not in paid for event_type, _, _ in self.event_types)

    @property
    def is_over(self) -> bool:
        """Whether it ends for all that it pays for, and not only for some event types."""
        return self.never_begins or self.after.upper != self.before.upper


@dataclass(slots=True)
class Changes:
    """Contracts to be made, rows to be cut, and the time that goes from one to the other. `write` stores it all."""

    made: list[tuple[Contract, list[ContractEventType]]] = field(default_factory=list)
    cut: dict[int, tuple[ContractEventType, DateTimeTZRange]] = field(default_factory=dict)  # row and its time before
    added: list[ContractEventType] = field(default_factory=list)  # further stretches of existing contracts
    taken: list[TakenTime] = field(default_factory=list)
    dropped: list[TakenTime] = field(default_factory=list)
    changed: list[ContractChange] = field(default_factory=list)

    def set(self, row: ContractEventType, period: DateTimeTZRange) -> None:
        """Change the period of an existing row."""
        if row.pk and row.pk not in self.cut:
            self.cut[row.pk] = (row, row.period)
        row.period = period

    def take(self, row: ContractEventType, time: DateTimeTZRange) -> list[ContractEventType]:
        """Take a time out of a row: the first of what is left stays in it, the other becomes a row of its own."""
        rest = without(row.period, time)
        self.set(row, rest[0] if rest else EMPTY)
        tails = [_stretch(row, period) for period in rest[1:]]
        self.added += tails
        return tails

    def give(
        self, contract: Contract, event_type_id: int, rows: Sequence[ContractEventType], time: DateTimeTZRange
    ) -> None:
        """Give a contract time of an event type; `rows` are all that it has for it."""
        periods = joined_up([*(row.period for row in rows), time])
        spare = [row for row in rows if row.period.isempty]
        for period in periods:
            inside = [row for row in rows if not overlap(row.period, period).isempty]
            if row := next(iter(inside or spare), None):
                for each in inside[1:]:
                    self.set(each, EMPTY)
                self.set(row, period)
                spare = [each for each in spare if each is not row]
            else:
                self.added.append(
                    ContractEventType(
                        program_id=contract.program_id,
                        contract=contract,
                        partner_id=contract.partner_id,
                        event_type_id=event_type_id,
                        period=period,
                    )
                )

    def find_changed(self) -> None:
        """Compute how contracts change whose rows are cut or extended."""
        contracts = {row.contract_id: row.contract for row, _ in self.cut.values()}
        contracts |= {row.contract_id: row.contract for row in self.added}
        rows: dict[int, list[tuple[int, DateTimeTZRange, DateTimeTZRange]]] = {pk: [] for pk in contracts}
        stored = ContractEventType.objects.filter(AnyOf(F("contract_id"), contracts))
        for pk, contract_id, event_type_id, period in stored.values_list(
            "pk", "contract_id", "event_type_id", "period"
        ):
            now = self.cut[pk][0].period if pk in self.cut else period
            rows[contract_id].append((event_type_id, period, now))
        for row in self.added:
            rows[row.contract_id].append((row.event_type_id, EMPTY, row.period))
        for pk, contract in contracts.items():
            after = span(period for _, _, period in rows[pk])
            told = tuple(each for each in rows[pk] if ends(each[1]) != ends(each[2]))
            self.changed.append(ContractChange(contract, contract.period, after, told))

    def write(self) -> None:
        """Store everything, in a handful of statements for any number of contracts."""
        # Older rows release their time before others take it: the exclusion constraint is checked at once.
        shorter: list[ContractEventType] = []
        longer: list[ContractEventType] = []
        for row, before in self.cut.values():
            if ends(before) != ends(row.period):
                (shorter if ends(overlap(row.period, before)) == ends(row.period) else longer).append(row)
        update_periods(ContractEventType, shorter)
        update_periods(ContractEventType, longer)
        insert(ContractEventType, self.added)
        contracts = []
        for change in self.changed:
            if ends(change.after) != ends(change.contract.period):
                change.contract.period = change.after
                contracts.append(change.contract)
        update_periods(Contract, contracts)
        insert(Contract, [contract for contract, _ in self.made])
        for contract, rows in self.made:
            for row in rows:
                row.contract_id = contract.pk
        insert(ContractEventType, [row for _, rows in self.made for row in rows])
        TakenTime.objects.filter(pk__in=[each.pk for each in self.dropped]).delete()
        for each in self.taken:
            # New contracts had no number yet when these were created.
            each.contract_id, each.earlier_id = each.contract.pk, each.earlier.pk
        insert(TakenTime, self.taken)

    def fingerprint(self, start: Start, *about: object) -> str:
        """What a page shows of these changes, as a short text: it differs once a contract has changed."""

        def told(moment: datetime | None) -> str:
            return "now" if start.is_now and moment == start.moment else moment.isoformat() if moment else ""

        def time(period: DateTimeTZRange) -> list[str]:
            return ["never"] if period.isempty else [told(period.lower), told(period.upper)]

        rows = sorted((pk, time(before), time(row.period)) for pk, (row, before) in self.cut.items())
        added = sorted((row.contract_id, row.event_type_id, time(row.period)) for row in self.added)
        made = sorted((row.partner_id, row.event_type_id, time(row.period)) for _, rows in self.made for row in rows)
        content = json.dumps([rows, added, made, *about], sort_keys=True, default=str)
        return hashlib.sha256(content.encode()).hexdigest()


def changes_by(
    version: TermsVersion,
    agreed: Sequence[Agreed],
    rows: Iterable[ContractEventType],
    event_types: Iterable[int],
    start: Start,
) -> Changes:
    """The effect of partners agreeing to a version: its contracts, and what they take from existing ones.

    `rows` are the partners' rows that last beyond the start. Rows of earlier versions of the same terms whose event
    type the version does not pay for end at the start.
    """
    changes = Changes()
    made, pieces = _contracts(version, agreed, changes)
    held: dict[Key, list[ContractEventType]] = {}
    rows = list(rows)
    for row in rows:
        held.setdefault((row.partner_id, row.event_type_id), []).append(row)
    moves: dict[Key, Contract] = {}
    for each, contract in pieces:
        here = held.setdefault((each.partner_id, each.event_type_id), [])
        for row in list(here):
            common = overlap(row.period, each.period)
            if not common.isempty:
                if is_upcoming(contract, start):
                    changes.taken.append(_taken(contract, row, common))
                here += changes.take(row, each.period)
                if each.is_moved and is_earlier(row, version):
                    moves[row.contract_id, row.event_type_id] = contract
    if not start.is_past:
        paid = set(event_types)
        for row in rows:
            common = overlap(row.period, start.onwards)
            if row.event_type_id not in paid and is_earlier(row, version) and not common.isempty:
                changes.take(row, common)
                if row.partner_id in made and is_upcoming(made[row.partner_id], start):
                    changes.taken.append(_taken(made[row.partner_id], row, common))
    _hand_on(changes, moves, start)
    changes.find_changed()
    return changes


def _contracts(
    version: TermsVersion, agreed: Sequence[Agreed], changes: Changes
) -> tuple[dict[int, Contract], list[tuple[Agreed, Contract]]]:
    """One contract for each partner and contiguous stretch of time; the last one of each partner."""
    groups: dict[tuple[int, datetime | None], list[Agreed]] = {}
    for each in agreed:
        groups.setdefault((each.partner_id, each.period.upper), []).append(each)
    made, pieces = {}, []
    for (partner_id, _), group in groups.items():
        contract = Contract(
            program_id=version.program_id,
            partner_id=partner_id,
            terms_version=version,
            period=span(each.period for each in group),
        )
        stretches = [
            ContractEventType(
                program_id=version.program_id,
                partner_id=partner_id,
                event_type_id=each.event_type_id,
                period=each.period,
            )
            for each in group
        ]
        changes.made.append((contract, stretches))
        made[partner_id] = contract
        pieces += [(each, contract) for each in group]
    return made, pieces


def is_upcoming(contract: Contract, start: Start) -> bool:
    """Whether a new contract can still be withdrawn: only then is it recorded whose time it took."""
    return contract.status(start.now) == Status.UPCOMING


def _hand_on(changes: Changes, moves: Mapping[Key, Contract], start: Start) -> None:
    """Let a contract that takes another's place also get back what that one would have got back.

    Without this, withdrawing what begins later would give its time to the version before this one.
    """
    if not moves:
        return
    own: dict[tuple[int, int], list[DateTimeTZRange]] = {}
    for contract, rows in changes.made:
        for row in rows:
            own.setdefault((id(contract), row.event_type_id), []).append(row.period)
    claims = TakenTime.objects.filter(
        AnyOf(F("earlier_id"), {contract_id for contract_id, _ in moves}), period__overlap=start.onwards
    )
    for claim in claims.select_related("contract", "earlier"):
        if (claim.earlier_id, claim.event_type_id) not in moves:
            continue
        contract = moves[claim.earlier_id, claim.event_type_id]
        handed, kept = [overlap(claim.period, start.onwards)], [claim.period]
        for period in own.get((id(contract), claim.event_type_id), []):
            handed = [left for time in handed for left in without(time, period)]
        for period in handed:
            kept = [left for time in kept for left in without(time, period)]
            changes.taken.append(_claim(claim, claim.contract, contract, period))
            if is_upcoming(contract, start):
                changes.taken.append(_claim(claim, contract, claim.earlier, period))
        if handed:
            changes.dropped.append(claim)
            changes.taken += [_claim(claim, claim.contract, claim.earlier, period) for period in kept]


def _claim(like: TakenTime, contract: Contract, earlier: Contract, period: DateTimeTZRange) -> TakenTime:
    return TakenTime(
        program_id=like.program_id,
        contract=contract,
        earlier=earlier,
        event_type_id=like.event_type_id,
        period=period,
    )


def _taken(contract: Contract, row: ContractEventType, period: DateTimeTZRange) -> TakenTime:
    return TakenTime(
        program_id=row.program_id,
        contract=contract,
        earlier=row.contract,
        event_type_id=row.event_type_id,
        period=period,
    )


def _stretch(row: ContractEventType, period: DateTimeTZRange) -> ContractEventType:
    return ContractEventType(
        program_id=row.program_id,
        contract=row.contract,
        partner_id=row.partner_id,
        event_type_id=row.event_type_id,
        period=period,
    )
