"""Setting up a brand, its account and its first program, and changing the program."""

import secrets
from datetime import date
from typing import Any

from django.db import transaction

from accounts.models import Account
from common.db.edits import lock_unchanged
from common.refusals import Refusal, Refused
from common.web.refusals import as_refused
from program.account_pages.landing_domains import read_domains
from program.models import EventType, Program
from program.uses import first_order_day, has_orders


@transaction.atomic
def create_account_and_program(*, id: int, name: str, currency: str, time_zone: str) -> Program:
    """Create an account and, in it, the program with that number.

    `currency` is an ISO 4217 code, in which conversions without a currency are read; `time_zone` an IANA name, in
    which every day of the program begins. Raises Refused for a number in use, an unknown currency or zone.
    """
    if Program.objects.filter(id=id).exists():
        raise Refused(Refusal("id", f"Program {id} already exists; choose another number.", "taken"))
    account = Account(sid=f"BB{secrets.token_hex(15).upper()}", name=name.strip())
    with as_refused():
        account.full_clean()
    account.save(force_insert=True)
    program = Program(
        id=id, account=account, name=name.strip(), currency=currency.strip().upper(), time_zone=time_zone.strip()
    )
    with as_refused():
        program.full_clean()
    program.save(force_insert=True)
    return program


def program_values(program: Program) -> dict[str, Any]:
    """What the form of a program holds."""
    names = ("name", "time_zone", "currency", "orders_complete_since")
    return {name: getattr(program, name) for name in names}


def tracking_values(program: Program) -> dict[str, Any]:
    """What the form of links and visitors holds."""
    return {
        "landing_domains": "\n".join(program.landing_domains),
        "ip_addresses": program.ip_addresses,
        "browsers_identify": program.browsers_identify,
    }


def complete_since(program: Program) -> date | None:
    """From which day on every order of the program is here: as it was set, else the day of its first order."""
    return program.orders_complete_since or first_order_day(program)


@transaction.atomic
def change_program(
    *,
    program: Program,
    name: str,
    time_zone: str,
    currency: str,
    orders_complete_since: date | None = None,
    seen: str | None = None,
) -> Program:
    """Rename a program, say since when its order history is complete, or change what its days and amounts are kept in
    as long as it has no order.

    Raises Stale where it was changed since `seen`, and Refused for a time zone or a currency that is fixed.
    """
    lock_unchanged(program, program_values, seen)
    is_other = (time_zone, currency) != (program.time_zone, program.currency)
    if is_other:
        # An order that is being stored shares a lock of its event type: this waits for it, and later ones for this.
        list(EventType.objects.select_for_update().filter(program=program).values_list("pk", flat=True))
        if has_orders(program):
            raise Refused("The time zone and the currency are fixed: the program has orders.")
    program.name, program.time_zone, program.currency = name.strip(), time_zone, currency
    program.orders_complete_since = orders_complete_since
    with as_refused():
        program.full_clean()
    program.save(update_fields=["name", "time_zone", "currency", "orders_complete_since"])
    return program


@transaction.atomic
def change_tracking(
    *, program: Program, landing_domains: str, ip_addresses: str, browsers_identify: bool, seen: str | None = None
) -> Program:
    """Set to which domains click links may lead, one a line, what is kept of IP addresses from now on, and whether
    browsers may say who their user is.

    Raises Stale where it was changed since `seen`, and Refused with each line that is not a domain.
    """
    lock_unchanged(program, tracking_values, seen)
    program.landing_domains, program.ip_addresses = read_domains(landing_domains), ip_addresses
    program.browsers_identify = browsers_identify
    with as_refused():
        program.full_clean()
    program.save(update_fields=["landing_domains", "ip_addresses", "browsers_identify"])
    return program
