"""Setting up a brand: its account and its first program."""

import secrets

from django.db import transaction

from accounts.models import Account
from common.refusals import Refusal, Refused
from common.web.refusals import as_refused
from program.models import Program


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
