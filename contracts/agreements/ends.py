"""Ends a contract, or withdraws it before it begins."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils import timezone

from common.db.edits import Stale
from common.refusals import Refusal, Refused
from contracts.models import Contract, ContractEventType, Status, TakenTime

from .changes import Changes, ContractChange
from .periods import EMPTY, overlap, without
from .starts import Start, hold_partners, start_of


@dataclass(frozen=True, slots=True)
class Ending:
    """What ending or withdrawing a contract does. `back` are the contracts that get time back; `following` those of
    the partner that begin later and stay."""

    contract: Contract
    start: Start
    changes: Changes
    fingerprint: str
    back: tuple[ContractChange, ...] = ()
    following: tuple[Contract, ...] = ()


@transaction.atomic
def end_contract(*, contract: Contract, on: date | None = None, shown: str | None = None) -> Contract:
    """End a contract at 00:00 of a day in the program's time zone; today, or no day, is now.

    From then on nobody pays the partner for its event types until a later contract begins; nothing is given back to
    earlier ones. Raises Refused for a day before today, one on which it is over already, or one on which it has
    not begun, and Stale where `shown` is not the fingerprint of the contracts as they are.
    """
    hold_partners([contract.partner_id])
    contract.refresh_from_db(fields=["period", "withdrawn_at"])
    ending = effects_of_ending(contract=contract, on=on)
    if shown is not None and shown != ending.fingerprint:
        raise Stale
    rest = ending.start.onwards
    ending.changes.write()
    claims = TakenTime.objects.filter(period__overlap=rest)
    for claim in (claims.filter(contract=contract) | claims.filter(earlier=contract)).distinct():
        if kept := without(claim.period, rest):
            claim.period = kept[0]
            claim.save(update_fields=["period"])
        else:
            claim.delete()
    contract.refresh_from_db(fields=["period"])
    return contract


def effects_of_ending(*, contract: Contract, on: date | None = None) -> Ending:
    """What `end_contract` would do; changes nothing. The fingerprint does not depend on the day. Errors as there."""
    program = contract.program
    start = start_of(program, on)
    period = contract.period
    status = contract.status(timezone.now())
    if status == Status.EXPIRED:
        raise Refused(Refusal("End", "This contract is already over."))
    if start.is_past:
        raise Refused(Refusal("End", "A contract cannot be ended before today: the past cannot be changed."))
    if status == Status.UPCOMING and period.lower >= start.moment:
        raise Refused(Refusal("End", "It will not have begun by then. Withdraw the contract, or choose a later day."))
    if period.upper is not None and period.upper <= start.moment:
        raise Refused(Refusal("End", "It already ends before that day: choose an earlier one."))
    changes = Changes()
    rows = list(ContractEventType.objects.filter(contract=contract).select_related("contract"))
    for row in rows:
        if not overlap(row.period, start.onwards).isempty:
            changes.take(row, start.onwards)
    changes.find_changed()
    return Ending(
        contract,
        start,
        changes,
        state_of_contracts(contract=contract),
        following=following_contracts(contract=contract),
    )


@transaction.atomic
def withdraw_contract(*, contract: Contract, shown: str | None = None) -> Contract:
    """Withdraw a contract that has not begun: the contracts from which it took its time go on as they would have.

    Raises Refused once it has begun, or where it is over, and Stale where `shown` is not the fingerprint of the
    effects it would have now.
    """
    hold_partners([contract.partner_id])
    contract.refresh_from_db(fields=["period", "withdrawn_at"])
    ending = effects_of_withdrawing(contract=contract)
    if shown is not None and shown != ending.fingerprint:
        raise Stale
    own = list(contract.taken_times.all())
    # What later contracts took from this one, they now have from those that it took it from.
    claims = [
        TakenTime(
            program_id=claim.program_id,
            contract_id=claim.contract_id,
            earlier_id=each.earlier_id,
            event_type_id=claim.event_type_id,
            period=common,
        )
        for claim in TakenTime.objects.filter(earlier=contract)
        for each in own
        if each.event_type_id == claim.event_type_id and not (common := overlap(each.period, claim.period)).isempty
    ]
    TakenTime.objects.filter(earlier=contract).delete()
    contract.taken_times.all().delete()
    TakenTime.objects.bulk_create(claims)
    ending.changes.write()
    contract.refresh_from_db(fields=["period"])
    contract.withdrawn_at = timezone.now()
    contract.save(update_fields=["withdrawn_at"])
    return contract


def effects_of_withdrawing(*, contract: Contract) -> Ending:
    """What `withdraw_contract` would do; changes nothing. Errors as there."""
    now = timezone.now()
    status = contract.status(now)
    if status == Status.ACTIVE:
        raise Refused("This contract has begun: end it instead.")
    if status == Status.EXPIRED:
        raise Refused("This contract is already over.")
    held = ContractEventType.objects.filter(partner=contract.partner_id).order_by("pk")
    rows = list(held.select_related("contract__terms_version__template_terms"))
    changes = Changes()
    for row in rows:
        if row.contract_id == contract.pk and not row.period.isempty:
            changes.set(row, EMPTY)
    start = Start(now, is_now=True, is_past=False, now=now)
    for each in contract.taken_times.select_related("earlier__terms_version__template_terms").order_by("pk"):
        here = [row for row in rows if row.event_type_id == each.event_type_id]
        free = [overlap(each.period, start.onwards)]
        for row in here:
            free = [left for time in free for left in without(time, row.period)]
        for time in free:
            own = [row for row in here if row.contract_id == each.earlier_id]
            changes.give(own[0].contract if own else each.earlier, each.event_type_id, own, time)
    changes.find_changed()
    back = tuple(change for change in changes.changed if change.contract.pk != contract.pk)
    fingerprint = changes.fingerprint(start, "withdraw", state_of_contracts(contract=contract))
    return Ending(contract, start, changes, fingerprint, back, following_contracts(contract=contract))


def state_of_contracts(*, contract: Contract) -> str:
    """A fingerprint of the partner's contracts as they are, from this moment on."""
    now = timezone.now()
    rows = _lasting(contract)
    times = [[row.contract_id, row.event_type_id, row.period.lower, row.period.upper] for row in rows]
    return Changes().fingerprint(Start(now, is_now=False, is_past=False, now=now), contract.pk, times)


def _lasting(contract: Contract) -> Iterable[ContractEventType]:
    rest = DateTimeTZRange(timezone.now(), None)
    return ContractEventType.objects.filter(partner=contract.partner_id, period__overlap=rest).order_by("pk")


def following_contracts(*, contract: Contract) -> tuple[Contract, ...]:
    """The partner's other contracts that are still to begin, in their order."""
    later = Contract.objects.filter(partner=contract.partner_id).upcoming(timezone.now()).exclude(pk=contract.pk)
    ordered = later.select_related("terms_version__template_terms").order_by("period__startswith", "pk")
    return tuple(ordered.defer("terms_version__document"))
