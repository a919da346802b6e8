"""The one writer of clicks and impressions: one statement each, which also marks the day for the rollup. While the
database is away they are written to the spool, and stored from there once.
"""

import json
import time
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import Enum
from typing import Any
from uuid import UUID

from django.db import transaction

from common.db.statements import fetch
from common.web.errors import is_outage, note_outage

from . import spool
from .links import Link, database

ERASING_VISITS = 0x57E95  # the advisory lock of those who erase visits, shared by those who drain the spool
COLUMNS = "id, at, program_id, kind, partner_id, ad_id, source, profile, visitor, not_counted, facts, ip_address"
_MARK = "INSERT INTO tracking_touchedstep (program_id, at) SELECT program_id, at FROM stored RETURNING id"
_ONE = f"""
WITH stored AS (
    INSERT INTO tracking_step ({COLUMNS})
    SELECT %s, %s, %s, %s, %s, %s, '', %s, %s, %s, %s, %s {{condition}}
    ON CONFLICT DO NOTHING RETURNING program_id, at
)
{_MARK}
"""
STORE = _ONE.format(condition="")
STORE_AS_OF = _ONE.format(
    condition="WHERE coalesce((SELECT position FROM accounts_auditlink WHERE chain = %s ORDER BY position DESC "
    "LIMIT 1), 0) = %s"
)
# What lay in the spool while its customer was erased is counted, and is nobody's.
STORE_MANY = f"""
WITH sent AS (
    SELECT step.*, erased.id AS erased FROM json_populate_recordset(NULL::tracking_step, %s::json) AS step
    LEFT JOIN tracking_erasedprofile AS erased ON erased.program_id = step.program_id
        AND erased.profile_hash = encode(sha256(convert_to(step.profile, 'UTF8')), 'hex')
        AND erased.erased_at >= step.at
), stored AS (
    INSERT INTO tracking_step ({COLUMNS})
    SELECT id, at, program_id, kind, partner_id, ad_id, source, coalesce('erased-' || erased, profile),
           coalesce('erased-' || erased, visitor), not_counted, CASE WHEN erased IS NULL THEN facts ELSE '{{}}' END,
           CASE WHEN erased IS NULL THEN ip_address ELSE '' END
    FROM sent ON CONFLICT DO NOTHING RETURNING program_id, at
)
{_MARK}
"""  # noqa: S608


@dataclass(frozen=True, slots=True)
class NewStep:
    """A click or an impression of a link, as it is stored."""

    id: UUID
    at: datetime
    program_id: int
    kind: str
    partner_id: int
    ad_id: int
    profile: str
    visitor: str
    not_counted: str
    facts: dict[str, Any]
    ip_address: str

    def as_json(self) -> str:
        """As the spool keeps it: an object of columns and values."""
        values = asdict(self) | {"id": str(self.id), "at": self.at.isoformat(), "source": ""}
        return json.dumps(values, ensure_ascii=True)


class Outcome(Enum):
    """What became of a step."""

    STORED = "stored"
    SPOOLED = "spooled"  # stored when the database is back
    LOST = "lost"  # the database is away and the spool is full
    OUTDATED = "outdated"  # nothing was stored: something has changed since the link was read


def store_step(step: NewStep, link: Link, *, as_of: int | None) -> Outcome:
    """Store a step of a link, with `as_of` only while the account's audit log has this length."""
    if database.lets_through():
        try:
            found = _insert(step, link, as_of)
        except Exception as error:
            if not is_outage(error):
                raise
            database.failed()
            note_outage(error)
        else:
            database.answered()
            if not found and as_of is not None:
                return Outcome.OUTDATED
            link.proven_at = time.time()
            return Outcome.STORED
    return Outcome.SPOOLED if spool.append(step.as_json()) else Outcome.LOST


def _insert(step: NewStep, link: Link, as_of: int | None) -> bool:
    values: list[object] = [
        step.id, step.at, step.program_id, step.kind, step.partner_id, step.ad_id, step.profile, step.visitor,
        step.not_counted, json.dumps(step.facts), step.ip_address,
    ]  # fmt: skip
    if as_of is None:
        return bool(fetch(STORE, values))
    return bool(fetch(STORE_AS_OF, [*values, link.program.account_id, as_of]))


@transaction.atomic
def store_many(lines: list[str]) -> int:
    """Store steps as the spool keeps them, each once whatever was stored before; how many are new. A customer who is
    being erased is erased first.
    """
    fetch("SELECT pg_advisory_xact_lock_shared(%s)", [ERASING_VISITS])
    return len(fetch(STORE_MANY, [f"[{','.join(lines)}]"], is_planned_once=False))
