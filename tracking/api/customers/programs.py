"""What customers and tags have in common: their program, and parameters in any letter case."""

from collections.abc import Iterable
from typing import Annotated, Any

from pydantic import WithJsonSchema

from accounts.models import Account
from common.refusals import Refusal, Refusals, Refused
from program.models import Program
from tracking.api.answers import Failure, invalid
from tracking.intake import parsing

PROGRAM_DIGITS = 9
ROW_DIGITS = 18
# For the document only: `program_of` refuses other values with its own messages.
CampaignIds = Annotated[str, WithJsonSchema({"type": "integer", "minimum": 1, "exclusiveMaximum": 10**PROGRAM_DIGITS})]
RowIds = Annotated[str, WithJsonSchema({"type": "integer", "minimum": 1, "exclusiveMaximum": 10**ROW_DIGITS})]


def taken(params: dict[str, Any], name: str) -> Any:
    """Take a parameter out of a body, whatever the letter case of its name; None where it was not sent."""
    found = [params.pop(key) for key in list(params) if key.casefold() == name.casefold()]
    return found[0] if found else None


def program_of(account: Account, sent: object, errors: Refusals) -> Program | None:
    """The program that was named, or the only one of the account; None, with a refusal, for any other."""
    try:
        text = parsing.as_text(sent)
    except Refused as refused:
        errors.add("CampaignId", str(refused))
        return None
    programs = Program.objects.select_related("account").filter(account=account)
    if text:
        number = int(text) if text.isascii() and text.isdigit() and len(text) <= PROGRAM_DIGITS else 0
        found = programs.filter(pk=number).first()
        if found is None:
            errors.add("CampaignId", "This is not a known program of this account.", "unknown")
        return found
    only = list(programs[:2])
    if len(only) == 1:
        return only[0]
    errors.add("CampaignId", "Is required: this account has several programs.", "required")
    return None


def needed_program(account: Account, sent: object) -> Program:
    """The same; raises Failure 400 where there is none."""
    errors = Refusals()
    program = program_of(account, sent, errors)
    if program is None:
        raise invalid(errors)
    return program


def is_other(sent: object, customer_id: str) -> bool:
    """Whether an id was sent beside the one in the address and differs from it; a number is read as its digits."""
    try:
        return sent is not None and parsing.as_text(sent) != customer_id
    except Refused:
        return True


def row_number(text: str) -> int:
    """The number of a row in an address; 0, which no row has, for anything else."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= ROW_DIGITS else 0


def failure_of(refused: Iterable[Refusal], names: dict[str, str] | None = None) -> Failure:
    """409 for what exists already, 400 for anything else; `names` has the parameters by path."""
    errors = [each._replace(path=(names or {}).get(each.path, each.path)) for each in refused]
    if any(each.code == "taken" for each in errors):
        return Failure(409, "Already Exists", errors)
    return invalid(errors)
