"""Erasing a customer: asked for by somebody, done by a worker, in steps each of which may be done again.

What is the person's own goes; their orders stay with their figures, under a pseudonym. While a worker erases, the id is
still the customer's: the last transaction gives it up, together with what was not erased before.
"""

import secrets
from datetime import datetime, timedelta
from itertools import batched
from typing import NoReturn

from django.db import connection, transaction
from django.db.models import Count, QuerySet
from django.utils import timezone

from accounts.audit.actor import audited_as
from accounts.audit.erasing import last_entry
from accounts.audit.log import record
from common.db.session_lock import APPLYING, ROLLING_UP, lock_until_end
from common.jobs.kinds import FAULT, JobKind, Step
from common.jobs.progress import Heartbeat
from common.jobs.runner import NotYet, conclude, run
from common.refusals import Refused
from program.models import Customer
from program.models.customer import CustomerTagging
from program.templatetags.brandboard import number
from tracking.browser.live import forget_customer
from tracking.models import Conversion, CustomerFile, Erasure

from .files import BECAUSE, files_with, forget
from .orders import BATCH, Counted, erase_orders, lock_orders, uncount
from .person import Person, copies_of, orders_by_email, orders_of, person_of
from .records import erase_records, erase_segments
from .visits import erase_visits, profiles_named, profiles_of

State = Erasure.State
BEING_PRICED = "An order of this customer waited for ten minutes to be priced. Erase the customer when it is priced."
LONGEST_WAIT = timedelta(minutes=10)  # for orders that wait to be priced, which takes seconds where workers run
ERASED = "This customer is erased already."


@transaction.atomic
def erase_customer(*, customer: Customer, user_id: int | None) -> Erasure:
    """Ask for the erasing of a customer; the caller enqueues `tracking.erase_customer` with the answer's number.

    Where it was asked for before and is not done, that one is the answer. It begins when the orders that are here by
    now are priced. Raises Refused for one that is erased. It is recorded who asked: the current audit actor.
    """
    customer = Customer.objects.select_for_update(of=("self",)).select_related("program__account").get(pk=customer.pk)
    if customer.erased_at:
        raise Refused(ERASED)
    if (asked := Erasure.objects.filter(customer=customer, state__in=Erasure.UNFINISHED).first()) is not None:
        return asked
    erasure = Erasure.objects.create(
        program=customer.program, user_id=user_id, customer=customer, filename=f"erased-{secrets.token_hex(8)}"
    )
    words = f"asked to erase a customer, whose orders become those of {erasure.filename}"
    record(event="ERASING_ASKED", words=words, account=customer.program.account)
    return erasure


def counts_before(customer: Customer) -> dict[str, int]:
    """What erasing would touch, as far as indexes find it: test orders, and files, are counted when it is done."""
    orders = orders_of(customer).filter(is_test=False).order_by()
    states = dict(orders.values_list("state").annotate(count=Count("pk")))
    return {
        "orders": sum(states.values()),
        "actions": states.get(Conversion.State.PRICED, 0),
        "unpriced": states.get(Conversion.State.HELD, 0) + states.get(Conversion.State.QUARANTINED, 0),
        "waiting": states.get(Conversion.State.WAITING, 0),
        "tags": CustomerTagging.objects.filter(customer=customer).values("tag").distinct().count(),
        "files": CustomerFile.objects.filter(customer=customer, removed_at=None).count(),
    }


def run_erasure(erasure_id: int) -> bool:
    """Erase the customer of an erasure that waits, or whose worker is silent; False where there is nothing to do."""
    return run(ERASURES, ERASE, erasure_id)


def _erase(erasure: Erasure) -> None:
    """All of it in one transaction: what a killed worker did is undone, and another begins again."""
    customer, now = erasure.customer, timezone.now()
    person = person_of(customer)
    _check_none_waits(erasure)
    with Heartbeat(erasure) as beat:
        files = files_with(person, tell=lambda looked: beat(looked) if looked % 20 == 1 else None)
        by_email = _by_email(erasure, person)
        left = list(_left(customer).values_list("pk", flat=True))
        left += [*by_email, *copies_of(customer, [*left, *by_email])]
        Erasure.objects.filter(pk=erasure.pk).update(rows=len(left))
        named = profiles_named(person, left)
        with transaction.atomic():
            # What is long, and no order's, comes before others have to wait.
            last = last_entry()
            texts = erase_records(customer, person)
            erase_segments(person)
            for found in files:
                forget(found, person, now=now)
            own = _remove_own_files(customer, now)
            _hold_writers(erasure.program_id)
            _check_none_waits(erasure)
            numbers = [*by_email, *_left(customer).values_list("pk", flat=True)]
            nameless = [*by_email, *copies_of(customer, numbers)]
            # As they came in: a browser's order is erased before the server's that took its place.
            numbers = sorted({*numbers, *nameless})
            lock_orders(erasure.program_id, numbers)
            erase_batch = _Orders(erasure, person, now)
            for some in batched(numbers, BATCH):
                beat(erase_batch(list(some)))
            uncount(erasure.program, erase_batch.counted)
            texts += erase_records(customer, person, after=last)  # what this transaction has said
            erase_visits(person, profiles_of(person, named), erasure.filename)
            orders = Conversion.objects.numbered(numbers)
            forget_customer(person.program_id, person.customer_id, orders.values_list("order_id", flat=True))
            _blank(customer, erasure.filename, now)
            counts = {**_counts(customer, nameless), "Files": len(files) + own, "AuditTexts": texts}
            conclude(erasure, State.DONE, counts=counts, finished_at=now)
            _record(erasure, counts)


class _Orders:
    """Erases batches of orders, and counts them."""

    def __init__(self, erasure: Erasure, person: Person, now: datetime) -> None:
        self.done = 0
        self.counted: Counted = {}
        self._erasure, self._person, self._now = erasure, person, now

    def __call__(self, numbers: list[int]) -> int:
        self.done += erase_orders(
            numbers, person=self._person, program=self._erasure.program, pseudonym=self._erasure.filename,
            now=self._now, counted=self.counted,
        )  # fmt: skip
        return self.done


def _left(customer: Customer) -> "QuerySet[Conversion]":
    """The orders that are still to be erased. One that waits came after the erasing was asked for: it is another
    customer's, who is new.
    """
    rows: QuerySet[Conversion] = orders_of(customer).filter(erased_at=None)
    return rows.exclude(state=Conversion.State.WAITING)


def _by_email(erasure: Erasure, person: Person) -> list[int]:
    """The orders that bring their e-mail address and name no customer; one that came later waits and is another's."""
    rows = list(orders_by_email(person).values_list("pk", "state", "received_at"))
    waiting = {pk: received for pk, state, received in rows if state == Conversion.State.WAITING}
    if any(received <= erasure.created_at for received in waiting.values()):
        _wait(erasure)
    return [pk for pk, *_ in rows if pk not in waiting]


def _check_none_waits(erasure: Erasure) -> None:
    """Raise as `_wait` does while an order from before the erasing waits to be priced, as one that is tried again."""
    if orders_of(erasure.customer).waiting().filter(received_at__lte=erasure.created_at).exists():
        _wait(erasure)


def _wait(erasure: Erasure) -> NoReturn:
    """Raise NotYet: the sweep of jobs tries again in a few seconds. Raises Refused where that takes too long."""
    if timezone.now() - erasure.created_at > LONGEST_WAIT:
        raise Refused(BEING_PRICED)
    raise NotYet


def _hold_writers(program_id: int) -> None:
    """Wait for those who write orders, and let none begin until this transaction ends, which locks orders only then:
    who applies changes locks them before their actions, the rollup counts values before it takes its marks, and a batch
    that looked the customer up by the id that they had would write its action to the erased one.
    """
    lock_until_end(APPLYING, program_id)
    lock_until_end(ROLLING_UP, program_id)
    with connection.cursor() as cursor:
        cursor.execute("LOCK TABLE tracking_claim IN EXCLUSIVE MODE")


def _blank(customer: Customer, pseudonym: str, now: datetime) -> None:
    texts = ("name", "surname", "email", "email_sha1", "email_sha256", "country", "region", "city", "post_code")
    Customer.objects.filter(pk=customer.pk).update(
        customer_id=pseudonym, erased_at=now, sent_at=None, first_order_date=None, orders_before=0,
        **dict.fromkeys(texts, ""),
    )  # fmt: skip


def _remove_own_files(customer: Customer, now: datetime) -> int:
    """Remove the files of everything known of them; returns how many."""
    CustomerFile.objects.filter(customer=customer, state__in=CustomerFile.UNFINISHED).update(
        state=CustomerFile.State.FAILED, failure=ERASED, finished_at=now
    )
    files = CustomerFile.objects.filter(customer=customer, removed_at=None)
    return files.update(content=None, removed_at=now, removed_because=BECAUSE)


def _counts(customer: Customer, nameless: list[int]) -> dict[str, int]:
    orders = Conversion.objects.filter(pk__in=nameless) | orders_of(Customer.objects.get(pk=customer.pk))
    states = list(orders.values_list("state", flat=True))
    return {
        "Orders": len(states),
        "Actions": states.count(Conversion.State.PRICED),
        "NotPriced": states.count(Conversion.State.ERASED),
    }


def _record(erasure: Erasure, counts: dict[str, int]) -> None:
    words = (
        f"erased a customer, now {erasure.filename}: orders {number(counts['Orders'])}, of them never priced "
        f"{number(counts['NotPriced'])}; files removed {number(counts['Files'])}; texts of this log "
        f"{number(counts['AuditTexts'])}"
    )
    record(event="CUSTOMER_ERASED", words=words, account=erasure.program.account)


ERASE = Step(
    waits=State.QUEUED,
    runs=State.RUNNING,
    task="tracking.erase_customer",
    do=_erase,
    label="Erasing",
    worker_died="Its worker died over it three times. What was erased stays erased; ask for it again for the rest.",
    fault=f"{FAULT} What was erased stays erased; ask for it again for the rest.",
)
ERASURES = JobKind(
    jobs=lambda: Erasure.objects.select_related("program__account", "customer"),
    steps=(ERASE,),
    audited_as=audited_as,
    cancelled="",
    kept_in=(),
    without_content=lambda erasure: {},
)
