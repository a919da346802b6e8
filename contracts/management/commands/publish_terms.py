"""Publishes a terms document from a file."""

import json
from argparse import ArgumentParser
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from common.refusals import Refused
from contracts.management.arguments import find_program, in_one_line
from contracts.publishing.services import publish_document


class Command(BaseCommand):
    help = "Publishes a terms document (JSON), creates the contracts, and prints what it did as one line of JSON."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", metavar="FILE.json")
        parser.add_argument("--program", type=int, required=True, metavar="ID")
        parser.add_argument(
            "--join", metavar="all|PARTNER,…", help="partners to create contracts with: all, or their ids"
        )
        parser.add_argument(
            "--start",
            type=_day,
            metavar="DATE",
            help="the day, such as 2026-01-31, from whose beginning the version applies; today is now, and a day "
            "before today takes only time without a contract; without it from now, and a partner's first contract "
            "for all time before",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        program = find_program(options["program"])
        join = options["join"]
        if join and join != "all":
            join = [partner.strip() for partner in join.split(",") if partner.strip()]
        try:
            published = publish_document(
                program=program, document=_document(options["file"]), join=join, start=options["start"]
            )
        except Refused as refused:
            raise in_one_line(refused) from None
        answer = {
            "Name": published.version.template_terms.name,
            "Version": published.version.number,
            "New": published.is_new,
            "Contracts": published.contracts_made,
            "Ended": published.contracts_ended,
            "NeverBegin": published.never_begin,
            "WaitingOrders": published.waiting_orders,
            "Warnings": list(published.warnings),
        }
        self.stdout.write(json.dumps(answer, ensure_ascii=False))


def _document(name: str) -> object:
    try:
        return json.loads(Path(name).read_text("utf-8-sig"))
    except OSError as error:
        raise CommandError(f"{name} cannot be read: {error.strerror}.") from None
    except (ValueError, RecursionError) as error:
        raise CommandError(f"{name} is not JSON: {error}.") from None


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise CommandError(f"--start {text}: write a day such as 2026-01-31.") from None
