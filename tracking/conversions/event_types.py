"""Which program and event type a sender names: both are looked up once for a request or a file.

The API remembers each account's programs and event types between requests. Every change of them is in the account's
audit log (triggers write it), whose links are numbered in the order of their commits. The look-up of a request's token
returns the log's length; while it is what it was when the rows were read, they are unchanged. So nothing is older than
the token; and where the token itself is remembered, the statement that stores the order checks the log's length.
"""

from functools import lru_cache

from django.db import connection

from accounts.models import ApiToken
from common.refusals import Refusal, Refused
from program.models import EventType, Program
from tracking.intake import ConversionData, EventKey
from tracking.intake.repeats import WINDOW

BY_CODE = "EventTypeCode"
PROGRAMS = 2_000  # remembered at most, by a process


class EventTypes:
    """The event types of a program by id and by code; loaded once for a request or a file."""

    def __init__(self, program: Program) -> None:
        self.program = program
        rows = list(EventType.objects.filter(program=program))
        self._by_code = {row.code: row for row in rows}
        self._by_id = {str(row.pk): row for row in rows}

    def window(self, key: EventKey) -> int:
        """The days in which orders of one id are one conversion, of the event type that the parameter names."""
        try:
            return self.of(key, switched_off=True).deduplication_days
        except Refused:  # its orders are refused
            return WINDOW

    def of(self, key: EventKey, *, switched_off: bool = False) -> EventType:
        """Return the event type that the parameter names; raises Refused naming that parameter.

        One that is switched off is returned only where `switched_off` allows it.
        """
        known = self._by_code if key.parameter == BY_CODE else self._by_id
        event_type = known.get(key.value if key.parameter == BY_CODE else key.value.lstrip("0"))
        if event_type is None:
            codes = ", ".join(sorted(code for code, row in self._by_code.items() if row.is_active))
            message = (
                f"{key.value} is not a known event type of this program; its event type codes are: {codes or 'none'}."
            )
            raise Refused(Refusal(key.parameter, message, "unknown"))
        if not event_type.is_active and not switched_off:
            raise Refused(Refusal(key.parameter, f"The event type {event_type.code} is switched off."))
        return event_type


def campaign_errors(program: Program, campaign_id: int | None) -> list[Refusal]:
    """Check that a CampaignId, if sent, is the program's number."""
    if campaign_id is None or campaign_id == program.pk:
        return []
    return [Refusal("CampaignId", f"Is {campaign_id}; this is program {program.pk}.")]


def check_conversion(program: Program, data: ConversionData, *, event_types: EventTypes) -> EventType:
    """Return the event type of a well-formed conversion; raises Refused with everything unknown to the program."""
    errors = campaign_errors(program, data.campaign_id)
    try:
        event_type = event_types.of(data.event_key)
    except Refused as refused:
        raise Refused(*errors, *refused) from None
    if errors:
        raise Refused(*errors)
    return event_type


type Accepted = tuple[Program, EventTypes]


def accepted_by(token: ApiToken, program_id: int) -> Accepted | None:
    """The account's program of this number with its event types; None where it has no such program.

    In a transaction they are read again: its changes are not in the audit log yet.
    """
    if connection.in_atomic_block:
        return _read(token.account_id, program_id)
    return _remembered(token.account.sid, token.audit_position, token.account_id, program_id)


def _read(account_id: int, program_id: int) -> Accepted | None:
    program = Program.objects.filter(account=account_id, pk=program_id).first()
    return (program, EventTypes(program)) if program else None


@lru_cache(maxsize=PROGRAMS)
def _remembered(sid: str, position: int, account_id: int, program_id: int) -> Accepted | None:
    # The SID, which is random, protects processes that outlive their database, after which numbers start again.
    return _read(account_id, program_id)
