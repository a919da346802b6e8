"""Orders that are held because their partner had no contract at their time, and now gets one."""

from collections.abc import Sequence

from django.db import connection

from common.queue.notify import notify
from contracts.agreements.waiting import ContractTime
from program.models import Program
from tracking.intake.parameters import PARTNER_KEYS
from tracking.models import Conversion
from tracking.pricing.batch import retry_conversions

PRICE = "tracking.price"


def count_for_contracts(program_id: int, times: Sequence[ContractTime]) -> int:
    """How many real orders a contract in one of these times would have priced."""
    return len(_found(program_id, times, with_tests=False))


def price_for_contracts(program_id: int, times: Sequence[ContractTime]) -> None:
    """Have the orders that now have a contract priced by a worker, once the transaction is committed."""
    if ids := _found(program_id, times, with_tests=True):
        retry_conversions(ids, program=Program.objects.get(pk=program_id))
        notify(PRICE, program_id)


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
