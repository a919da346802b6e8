"""Orders that are held: those whose partner had no contract at their time and now gets one, and the codes of all."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time

from django.db import connection
from django.db.models import CharField, Count, Max, Q, Value
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Coalesce, TruncDate

from common.queue.notify import notify
from contracts.agreements.waiting import ContractTime
from program.models import EventType, Program
from tracking.intake.parameters import PARTNER_KEYS
from tracking.models import Conversion
from tracking.pricing.batch import retry_conversions

from .tabs import STUCK

PRICE = "tracking.price"


def count_for_contracts(program_id: int, times: Sequence[ContractTime]) -> int:
    """How many real orders a contract in one of these times would have priced."""
    return len(_found(program_id, times, with_tests=False))


def price_for_contracts(program_id: int, times: Sequence[ContractTime]) -> None:
    """Have the orders that now have a contract priced by a worker, once the transaction is committed."""
    if ids := _found(program_id, times, with_tests=True):
        retry_conversions(ids, program=Program.objects.get(pk=program_id))
        notify(PRICE, program_id)


def held_codes(event_type: EventType, since: date) -> Iterable[tuple[str, int, date]]:
    """The customer status codes of real orders that were received since a day and could not be credited, each with its
    orders and the latest day. One without a code counts under an empty one, unless its status will be worked out.
    """
    zone = event_type.program.zone
    sent = KeyTextTransform("CustomerStatus", "payload")
    code = Coalesce(sent, Value(""), output_field=CharField())
    orders = Conversion.objects.filter(program=event_type.program_id, event_type=event_type, is_test=False)
    orders = orders.unpriced().filter(state__in=STUCK, received_at__gte=datetime.combine(since, time(), zone))
    is_worked_out = ~Q(customer_id="") if event_type.works_out_status else Q(pk__in=[])
    coded = orders.order_by().annotate(code=code).exclude(is_worked_out & Q(code=""))
    return coded.values_list("code").annotate(orders=Count("pk"), last=Max(TruncDate("received_at", tzinfo=zone)))


def _found(program_id: int, times: Sequence[ContractTime], *, with_tests: bool) -> list[int]:
    """The held orders of active partners whose date lies in one of the times."""
    partners, event_types, lowers, uppers = (list(column) for column in zip(*times, strict=True))
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH held AS MATERIALIZED (
                SELECT id, event_type_id, event_date, coalesce(payload->>%s, payload->>%s) AS media_partner_id
                FROM tracking_conversion
                WHERE program_id = %s AND state = %s AND reason = %s AND (%s OR NOT is_test)
            )
            SELECT DISTINCT held.id
            FROM unnest(%s::bigint[], %s::bigint[], %s::timestamptz[], %s::timestamptz[])
                AS given(partner_id, event_type_id, lower, upper)
            JOIN program_partner partner ON partner.id = given.partner_id AND partner.is_active
            JOIN held ON held.media_partner_id = partner.media_partner_id
                AND held.event_type_id = given.event_type_id
                AND held.event_date >= coalesce(given.lower, '-infinity')
                AND held.event_date < coalesce(given.upper, 'infinity')
            """,
            [
                *PARTNER_KEYS,
                program_id,
                Conversion.State.HELD,
                Conversion.Reason.CONTRACT_NOT_FOUND,
                with_tests,
                partners,
                event_types,
                lowers,
                uppers,
            ],
        )
        return [pk for (pk,) in cursor.fetchall()]
