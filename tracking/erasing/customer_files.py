"""Everything known of one customer as a file: asked for by somebody, written by a worker, kept for a while."""

import json

from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.utils import timezone

from accounts.audit.actor import audited_as
from accounts.audit.log import record
from common.jobs.kinds import FAULT, JobKind, Step
from common.jobs.progress import Heartbeat
from common.jobs.runner import conclude, run
from common.refusals import Refused
from program.models import Customer
from tracking.models import CustomerFile

from .everything import everything, numbers_of_orders

State = CustomerFile.State
ERASED = "This customer was erased: nothing is known of them any more."


@transaction.atomic
def create_customer_file(*, customer: Customer, user_id: int) -> CustomerFile:
    """Ask for the file; the caller enqueues `tracking.write_customer_file`. Raises Refused for an erased customer.

    The log has who asked, and the customer by the number of the row: their id is not said there.
    """
    if customer.erased_at:
        raise Refused(ERASED)
    words = f"exported everything known of the customer in row {customer.pk}"
    record(event="CUSTOMER_EXPORTED", words=words, account=customer.program.account)
    return CustomerFile.objects.create(
        program=customer.program, user_id=user_id, customer=customer, filename=f"customer-{customer.pk}.json"
    )


def write_customer_file(file_id: int) -> bool:
    """Write a file that waits, or whose worker is silent; False where there is nothing to do."""
    return run(CUSTOMER_FILES, WRITE, file_id)


def _write(file: CustomerFile) -> None:
    customer = Customer.objects.get(pk=file.customer_id)
    if customer.erased_at:
        raise Refused(ERASED)
    count = len(numbers_of_orders(customer))
    CustomerFile.objects.filter(pk=file.pk).update(rows=count, beat_at=timezone.now())
    with Heartbeat(file) as beat:
        told = everything(customer, tell=beat)
    text = json.dumps(told, cls=DjangoJSONEncoder, ensure_ascii=False, indent=2)
    conclude(file, State.READY, content=text.encode(), progress=count, finished_at=timezone.now())


WRITE = Step(
    waits=State.QUEUED,
    runs=State.RUNNING,
    task="tracking.write_customer_file",
    do=_write,
    label="Writing",
    worker_died="Its worker died over it three times. Ask for it again.",
    fault=f"{FAULT} Ask for it again.",
)
CUSTOMER_FILES = JobKind(
    jobs=lambda: CustomerFile.objects.select_related("program").defer("content"),
    steps=(WRITE,),
    audited_as=audited_as,
    cancelled="",
    kept_in=(State.READY,),
    without_content=lambda file: {"content": None},
)
