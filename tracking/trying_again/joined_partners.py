"""Orders that are held because a partner had no contract at their time, and now gets one: the partner that they name,
or one whose code or step then wins.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from django.db import connection
from django.db.models import F, Q

from common.db.statements import AnyOf
from common.queue.notify import notify
from contracts.agreements.waiting import ContractTime
from contracts.engine.attribution.credit import Agreement, credit
from program.models import Partner, Program, PromoCode
from tracking.intake.parameters import PARTNER_KEYS
from tracking.journeys.late_pairs import OF_JOURNEYS
from tracking.models import Conversion
from tracking.pricing.batch import READ, retry_conversions
from tracking.pricing.referrals import Referrals, agreements_of, load_referrals

Reason = Conversion.Reason
PRICE = "tracking.price"
MOST = 5_000  # orders whose journeys are judged, the newest
BATCH = 500
WITH_STEPS = tuple(reason.value for reason in OF_JOURNEYS if reason != Reason.NO_REFERRAL)
_BY_NAME = (Reason.CONTRACT_NOT_FOUND.value, Reason.TERMS_NOT_FOUND.value)


def count_for_contracts(program_id: int, times: Sequence[ContractTime]) -> int:
    """How many real orders a contract in one of these times would have priced."""
    return len(_found(program_id, times, with_tests=False))


def price_for_contracts(program_id: int, times: Sequence[ContractTime]) -> None:
    """Have the orders that now have a contract priced by a worker, once the transaction is committed."""
    if ids := _found(program_id, times, with_tests=True):
        retry_conversions(ids, program=Program.objects.get(pk=program_id))
        notify(PRICE, program_id)


def _found(program_id: int, times: Sequence[ContractTime], *, with_tests: bool) -> list[int]:
    named = _naming(program_id, times, with_tests=with_tests)
    return [*named, *_by_journey(program_id, times, with_tests=with_tests)]


def _naming(program_id: int, times: Sequence[ContractTime], *, with_tests: bool) -> list[int]:
    """The held orders that name an active partner and whose date lies in one of the times."""
    partners, event_types, lowers, uppers, _ = (list(column) for column in zip(*times, strict=True))
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH held AS MATERIALIZED (
                SELECT id, event_type_id, event_date, coalesce(payload->>%s, payload->>%s) AS media_partner_id
                FROM tracking_conversion
                WHERE program_id = %s AND state = 'HELD' AND reason = ANY (%s) AND (%s OR NOT is_test)
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
            [*PARTNER_KEYS, program_id, list(_BY_NAME), with_tests, partners, event_types, lowers, uppers],
        )
        return [pk for (pk,) in cursor.fetchall()]


def _by_journey(program_id: int, times: Sequence[ContractTime], *, with_tests: bool) -> list[int]:
    """The held orders whose code or journey credits a partner of these times: as if the contracts were there."""
    rows = Conversion.objects.filter(
        AnyOf(F("event_type"), list({time.event_type_id for time in times})), program=program_id, state="HELD"
    )
    may_win = Q(AnyOf(F("reason"), list(WITH_STEPS)))
    codes = PromoCode.objects.filter(program=program_id, use=PromoCode.Use.CREDIT)
    if codes.filter(AnyOf(F("partner"), list({time.partner_id for time in times}))).exists():
        may_win |= Q(reason=Reason.NO_REFERRAL, payload__OrderPromoCode__isnull=False)
    rows = rows.filter(may_win, **{f"payload__{key}__isnull": True for key in PARTNER_KEYS})
    if not with_tests:
        rows = rows.filter(is_test=False)
    held = list(rows.only(*READ).order_by("-pk")[:MOST])
    given: dict[int, list[ContractTime]] = defaultdict(list)
    for time in times:
        given[time.event_type_id].append(time)
    batches = (held[start : start + BATCH] for start in range(0, len(held), BATCH))
    return [pk for batch in batches for pk in _credited(batch, given)]


def _credited(conversions: Sequence[Conversion], given: Mapping[int, Sequence[ContractTime]]) -> Iterator[int]:
    known = load_referrals(conversions)
    for row in conversions:
        joined = {time.partner_id: time.agreement for time in given[row.event_type_id] if time.holds(row.event_date)}
        partner = _credited_partner(row, known, joined)
        if partner and partner.pk in joined and partner.is_active:
            yield row.pk


def _credited_partner(row: Conversion, known: Referrals, joined: Mapping[int, Agreement]) -> Partner | None:
    code = known.promo_code(row)
    if code and code.use == PromoCode.Use.CREDIT and code.partner_id and code.partner_id in joined:
        return known.partners[code.partner_id]
    agreements = agreements_of(known.agreed(row), known.event_types[row.event_type_id].code) | dict(joined)
    winner = credit(known.journey(row).steps, event_date=row.event_date, agreements=agreements).winner
    partner = known.partners[winner.partner] if winner and winner.partner else None
    is_reserved = code and code.use == PromoCode.Use.RESERVE and partner and not known.may_use(code, partner)
    return None if is_reserved else partner
