"""Look-ups for pricing: the contract in force at a moment, and the compiled plan of its version. A published version
never changes, so its terms and plans stay cached, up to a limit.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from django.db import connection

from common.currencies import CURRENCY_DIGITS
from contracts.engine.document.load import load
from contracts.engine.document.terms import Terms
from contracts.engine.pricing.plan import Plan, compile_plan
from contracts.models import TermsVersion

Key = tuple[int, int, datetime]


@dataclass(frozen=True, slots=True)
class ContractAt:
    """The contract that a partner has for an event type at a moment, by id, and the version that it pays by."""

    contract_id: int
    terms_version_id: int


@lru_cache(maxsize=64)
def terms_of(version_id: int) -> Terms:
    """The terms of a published version; TermsVersion.DoesNotExist for an unknown one."""
    stored = TermsVersion.objects.values_list("document", flat=True).get(pk=version_id)
    return load(stored, digits=CURRENCY_DIGITS, is_strict=False)


@lru_cache(maxsize=64)
def plan_of(version_id: int, event_type_code: str) -> Plan:
    """The compiled plan of one event type of a version; KeyError when the version does not pay for it."""
    return compile_plan(terms_of(version_id), event_type_code)


def contracts_for(keys: Sequence[Key]) -> dict[Key, ContractAt]:
    """The contract at each (partner id, event type id, event date), in one query; a key without one is left out."""
    if not keys:
        return {}
    partners, event_types, dates = (list(column) for column in zip(*keys, strict=True))
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT asked.place, held.contract_id, contract.terms_version_id
            FROM unnest(%s::bigint[], %s::bigint[], %s::timestamptz[]) WITH ORDINALITY
                AS asked(partner_id, event_type_id, event_date, place)
            JOIN contracts_contracteventtype held
                ON held.partner_id = asked.partner_id AND held.event_type_id = asked.event_type_id
                AND held.period @> asked.event_date
            JOIN contracts_contract contract ON contract.id = held.contract_id
            """,
            [partners, event_types, dates],
        )
        return {keys[place - 1]: ContractAt(contract, version) for place, contract, version in cursor.fetchall()}


def terms_without(keys: Sequence[Key]) -> dict[Key, int]:
    """At each (partner id, event type id, event date) without a contract for the event type: the version that the
    partner had agreed to, for others. One query, and none without keys; a key without is left out.
    """
    if not keys:
        return {}
    partners, _, dates = (list(column) for column in zip(*keys, strict=True))
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT asked.place, max(contract.terms_version_id)
            FROM unnest(%s::bigint[], %s::timestamptz[]) WITH ORDINALITY AS asked(partner_id, event_date, place)
            JOIN contracts_contract contract
                ON contract.partner_id = asked.partner_id AND contract.period @> asked.event_date
            GROUP BY asked.place
            """,
            [partners, dates],
        )
        return {keys[place - 1]: version for place, version in cursor.fetchall()}
