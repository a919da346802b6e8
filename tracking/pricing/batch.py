"""Pricing waiting conversions: claimed in a batch, priced in memory, written in one transaction."""

import time
from collections import Counter
from collections.abc import Callable, Collection, Sequence
from contextlib import ExitStack
from functools import partial
from itertools import chain
from typing import NamedTuple

import structlog
from celery.exceptions import SoftTimeLimitExceeded
from django.db import OperationalError, connection, transaction
from django.utils import timezone

from common.db.edits import lock_in_order
from common.db.session_lock import CLAIMING, session_lock
from common.observability.counters import count, observe
from program.models import Program
from tracking.journeys.found_steps import store_pairs_of
from tracking.limits.counters import Counters
from tracking.limits.new_orders import limits_met, within_limits
from tracking.models import Claim, Conversion

from .attribution import Credited, Held, attribute
from .claims import claim_next, hold, in_words, release
from .ledger import customers_of, gather_statistics, touch_given_up, touch_uncredited, write_actions
from .lookups import Lookups, load_lookups
from .priced_orders import Priced, price_order
from .referrals import load_referrals
from .replacing import find_both, places_of_both, settle, wake_changes, write_both

log = structlog.get_logger(__name__)

BATCH = 500  # of one line each; a batch of 200 spent a third of its time on its statements
LONGEST = 60  # seconds for a batch, which takes less than one; then it is ended
READ = (
    "program", "event_type", "order_id", "event_date", "received_at", "source", "payload", "derived", "is_test",
)  # fmt: skip
State = Conversion.State


class Batch(NamedTuple):
    """How many conversions were claimed, and whether they were all that waited unclaimed."""

    taken: int
    is_last: bool


def price_batch(*, program_id: int | None = None, limit: int = BATCH) -> int:
    """Price up to `limit` waiting conversions, of one program or of all; returns how many were claimed. 0 means that
    nothing waits, or that other workers have claimed all of it. A conversion that fails is quarantined with its error;
    an error of the database is raised, and everything waits as before.
    """
    return price_next(program_id=program_id, limit=limit).taken


def price_next(*, program_id: int | None = None, limit: int = BATCH) -> Batch:
    """The same, and whether it was all there was."""
    with ExitStack() as claiming:
        claiming.enter_context(session_lock(CLAIMING))
        claimed = claim_next(program_id=program_id, limit=limit)
        if claimed is None:
            return Batch(0, is_last=True)
        ids = claimed.conversions
        try:
            return Batch(_price(claimed, claiming), claimed.is_last)
        except OperationalError:
            release(claimed)
            raise
        except SoftTimeLimitExceeded:
            return Batch(_ran_out_of_time(claimed), is_last=False)
        except Exception:
            log.exception("a batch could not be written; its conversions are priced one by one", conversions=len(ids))
            release(claimed)
    return Batch(sum(_price_alone(pk) for pk in ids), claimed.is_last)


def price_all(program_id: int) -> int:
    """Price until no conversion of the program waits, beside any workers; returns how many this process priced."""
    priced = 0
    while Conversion.objects.waiting().filter(program=program_id).exists():
        batch = price_batch(program_id=program_id)
        priced += batch
        if not batch:
            time.sleep(0.1)  # the rest is claimed by others, which finish it or die and leave it waiting
    return priced


@transaction.atomic
def retry_conversions(ids: Collection[int], *, program: Program) -> int:
    """Queue those of the conversions that were held or quarantined again; returns how many. The caller notifies the
    worker."""
    again = Conversion.objects.filter(program=program, pk__in=ids, state__in=[State.HELD, State.QUARANTINED])
    lock_in_order(again)
    return again.update(state=State.WAITING, reason="", detail="", missing_rate="", attempts=0, processed_at=None)


def _price(claimed: Claim, claiming: ExitStack) -> int:
    began = time.perf_counter()
    with transaction.atomic():
        if not hold(claimed):
            return 0
        claiming.close()  # the claim is locked: others may claim the next ones
        conversions = list(Conversion.objects.waiting().numbered(claimed.conversions).only(*READ).order_by("id"))
        both = find_both(conversions)
        conversions = both.to_price(conversions)
        store_pairs_of(conversions, by_browsers=both.ways)
        outcomes, known = price_in_memory(conversions)
        customers = customers_of(conversions, known.customers)
        limited = limits_met((each for _, each in outcomes if isinstance(each, Priced)), customers, known)
        counters = Counters()
        counters.lock([*chain(*(each.places for each in limited.values())), *places_of_both(both, customers)])
        outcomes = settle(both, outcomes, customers, counters)
        priced = within_limits((each for _, each in outcomes if isinstance(each, Priced)), limited, counters)
        write_actions(priced, customers)
        wake_changes(both, priced)
        taken_over = write_both(both, customers)
        counters.write()
        _close([*taken_over, *(each.credited.conversion for each in priced)])
        held = [(conversion, outcome) for conversion, outcome in outcomes if isinstance(outcome, Held)]
        _record_held(held)
        touch_uncredited([conversion for conversion, _ in held], customers, known)
        release(claimed)
    gather_statistics()
    observe("brandboard_pricing_batch_seconds", seconds=time.perf_counter() - began)
    for state, number in Counter(outcome_of(outcome) for _, outcome in outcomes).items():
        count("brandboard_conversions", state, by=number)
    return len(claimed.conversions)


def outcome_of(outcome: Priced | Held) -> str:
    """The state in which a conversion leaves the worker, as metrics name it."""
    if isinstance(outcome, Priced):
        return "priced"
    return "quarantined" if outcome.reason == Conversion.Reason.ERROR else "held"


def _ran_out_of_time(claimed: Claim) -> int:
    """Quarantine a conversion that was alone; several are left as after a death, to be claimed among fewer."""
    connection.close()  # it may be amid a statement
    ids = claimed.conversions
    log.error("pricing took too long and was ended", conversions=len(ids))
    if len(ids) > 1:
        return len(ids)
    with transaction.atomic():
        release(claimed)
        Conversion.objects.waiting().numbered(ids).update(
            state=State.QUARANTINED,
            reason=Conversion.Reason.GIVEN_UP,
            detail=f"Pricing it alone took longer than {LONGEST} seconds. Look at the rules and exception lists that "
            "its terms ask about, then try it again.",
            processed_at=timezone.now(),
        )
        touch_given_up(ids)
    return len(ids)


def _close(priced: list[Conversion]) -> None:
    rows = Conversion.objects.waiting().numbered([conversion.pk for conversion in priced])
    closed = rows.update(state=State.PRICED, reason="", detail="", processed_at=timezone.now())
    if closed != len(priced):
        raise RuntimeError(f"{len(priced) - closed} of {len(priced)} conversions were priced by somebody else")


def _record_held(held: list[tuple[Conversion, Held]]) -> None:
    for conversion, outcome in held:
        conversion.state = State.QUARANTINED if outcome.reason == Conversion.Reason.ERROR else State.HELD
        conversion.reason, conversion.detail = outcome.reason, outcome.detail
        conversion.missing_rate = outcome.missing_rate
        conversion.processed_at = timezone.now()
    if rows := [conversion for conversion, _ in held]:
        Conversion.objects.bulk_update(rows, ["state", "reason", "detail", "missing_rate", "processed_at"])


def price_in_memory(conversions: Sequence[Conversion]) -> tuple[list[tuple[Conversion, Priced | Held]], Lookups]:
    """Credit and price conversions without writing anything: each with its outcome, and what was looked up."""
    referrals = load_referrals(conversions)
    credits = [(each, _isolated(each, partial(attribute, each, referrals))) for each in conversions]
    contracts = {each.pk: outcome.contract for each, outcome in credits if isinstance(outcome, Credited)}
    known = load_lookups(conversions, contracts, referrals.event_types)
    outcomes = [
        (each, _isolated(each, partial(price_order, credited, known)) if isinstance(credited, Credited) else credited)
        for each, credited in credits
    ]
    return outcomes, known


def _isolated[Outcome](conversion: Conversion, step: Callable[[], Outcome]) -> Outcome | Held:
    try:
        return step()
    except SoftTimeLimitExceeded:
        raise  # it is the batch that took too long
    except Exception as error:
        log.exception("a conversion could not be priced", conversion=conversion.pk)
        return Held(Conversion.Reason.ERROR, in_words(error))


def _price_alone(pk: int) -> int:
    with ExitStack() as claiming:
        claiming.enter_context(session_lock(CLAIMING))
        claimed = claim_next(pk=pk)
        if claimed is None:
            return 0
        try:
            return _price(claimed, claiming)
        except OperationalError:
            release(claimed)
            raise
        except SoftTimeLimitExceeded:
            return _ran_out_of_time(claimed)
        except Exception as error:
            log.exception("a conversion could not be written", conversion=pk)
            release(claimed)
            quarantined = (
                Conversion.objects.waiting()
                .filter(pk=pk)
                .update(
                    state=State.QUARANTINED,
                    reason=Conversion.Reason.ERROR,
                    detail=in_words(error),
                    processed_at=timezone.now(),
                )
            )
            touch_given_up([pk] if quarantined else [])
            return quarantined
