"""Sets up a brand from the command line: account, program, event types, mappings, a token."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from accounts.api_tokens import make_api_token
from common.refusals import Refused
from program.event_types.services import create_event_type, set_customer_status_mapping
from program.event_types.status_map import parse_status_map
from program.programs import create_account_and_program


class Command(BaseCommand):
    help = "Creates an account, a program and its event types, and prints the credentials once, as one line of JSON."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--id", type=int, required=True, help="the program's number, CampaignId in the API")
        parser.add_argument("--name", required=True)
        parser.add_argument("--currency", required=True, help="ISO 4217, such as GBP")
        parser.add_argument("--time-zone", default="UTC", help="such as Europe/London; default UTC")
        parser.add_argument(
            "--event-type",
            action="append",
            default=[],
            metavar="CODE",
            help="EventTypeCode; may be given several times",
        )
        parser.add_argument(
            "--map",
            action="append",
            default=[],
            metavar="SALE:New=new;Existing=repeat,known",
            help="customer status mapping of an event type; may be given several times",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            answer = _create(
                id=options["id"],
                name=options["name"],
                currency=options["currency"],
                time_zone=options["time_zone"],
                codes=options["event_type"],
                maps=options["map"],
            )
        except Refused as refused:
            raise CommandError(" ".join(each.message for each in refused)) from None
        self.stdout.write(json.dumps(answer, ensure_ascii=False))


@transaction.atomic
def _create(*, id: int, name: str, currency: str, time_zone: str, codes: list[str], maps: list[str]) -> dict[str, Any]:
    mappings = [parse_status_map(text) for text in maps]
    if strays := sorted({code for code, _ in mappings} - set(codes)):
        raise Refused(f"--map names {', '.join(strays)}, which no --event-type names.")
    program = create_account_and_program(id=id, name=name, currency=currency, time_zone=time_zone)
    event_types = {
        code: create_event_type(program=program, code=code, name=code.replace("_", " ").capitalize()) for code in codes
    }
    merged: dict[str, dict[str, list[str]]] = {}
    for code, mapping in mappings:
        for category, values in mapping.items():
            merged.setdefault(code, {}).setdefault(category, []).extend(values)
    for code, mapping in merged.items():
        set_customer_status_mapping(event_type=event_types[code], mapping=mapping, enabled=True)
    _, secret = make_api_token(account=program.account, name="Made with the program")
    return {
        "AccountSID": program.account.sid,
        "AuthToken": secret,
        "ProgramId": program.id,
        "EventTypes": [{"Id": event_type.id, "Code": code} for code, event_type in event_types.items()],
    }
