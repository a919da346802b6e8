"""Removing from the audit log what it says of somebody: texts go with their salts, the entries and their chain stay."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from django.db.models import Max

from accounts.models import Account, AuditEntry


@dataclass(frozen=True, slots=True)
class Sought:
    """Texts of the entries of some tables, and of events where a name is empty, in which a pattern matches.

    `exact` is compared in the letter case that it has, `loose` in any; an empty one finds nothing.
    """

    tables: Sequence[str]
    exact: str = ""
    loose: str = ""


def last_entry() -> int:
    """The number of the newest entry; what a transaction writes from now on has higher ones."""
    return AuditEntry.objects.aggregate(last=Max("pk"))["last"] or 0


@transaction.atomic
def erase_texts(*, account: Account, program_id: int, sought: Sequence[Sought], after: int = 0) -> int:
    """Delete the labels and values that are sought among the account's entries of the program and of none, those after
    one entry; returns how many. The log still proves.
    """
    erased = 0
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('brandboard.erasing', 'on', true)")
        for each in sought:
            asked: dict[str, Any] = {
                "account": account.pk,
                "program": program_id,
                "tables": list(each.tables),
                "exact": each.exact,
                "loose": each.loose,
                "after": after,
            }
            cursor.execute(_ERASE, asked)
            erased += cursor.rowcount
        cursor.execute("SELECT set_config('brandboard.erasing', '', true)")
    return erased


# A label is JSON too: it is compared as it reads, without the quotation marks.
_ERASE = """
DELETE FROM accounts_audittext WHERE (entry_id, field) IN (
    SELECT entry_id, field FROM (
        SELECT said.entry_id, said.field,
               CASE said.field WHEN '' THEN said.content::jsonb #>> '{}' ELSE said.content END AS words
        FROM accounts_audittext AS said JOIN accounts_auditentry AS entry ON entry.id = said.entry_id
        WHERE entry.account_id = %(account)s AND (entry.program_id = %(program)s OR entry.program_id IS NULL)
          AND entry.noun = ANY(%(tables)s) AND entry.id > %(after)s
    ) AS read
    WHERE %(exact)s <> '' AND words ~ %(exact)s OR %(loose)s <> '' AND words ~* %(loose)s
)
"""
