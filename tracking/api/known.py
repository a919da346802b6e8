"""A cache of each account's programs and event types between requests. Every change of them is in the account's audit
log (triggers write it), whose links are numbered in the order of their commits. The look-up of a request's token
returns the log's length; while it is what it was when the rows were read, they are unchanged. So nothing is older than
the token; and where the token itself is remembered (`credentials.RememberedCredentials`), the statement that stores the
order checks the log's length.
"""

from functools import lru_cache

from django.db import connection

from accounts.models import ApiToken
from program.models import Program
from tracking.conversions.checks import EventTypes

PROGRAMS = 2_000  # remembered at most, by a process

type Known = tuple[Program, EventTypes]


def known_program(token: ApiToken, program_id: int) -> Known | None:
    """The account's program of this number with its event types; None where it has no such program.

    In a transaction they are read again: its changes are not in the audit log yet.
    """
    if connection.in_atomic_block:
        return _read(token.account_id, program_id)
    return _remembered(token.account.sid, token.audit_position, token.account_id, program_id)


def _read(account_id: int, program_id: int) -> Known | None:
    program = Program.objects.filter(account=account_id, pk=program_id).first()
    return (program, EventTypes(program)) if program else None


@lru_cache(maxsize=PROGRAMS)
def _remembered(sid: str, position: int, account_id: int, program_id: int) -> Known | None:
    # The SID, which is random, protects processes that outlive their database, after which numbers start again.
    return _read(account_id, program_id)
