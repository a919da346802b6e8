"""Recomputes every figure from the stored conversions and published terms, and compares."""

import json
from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from contracts.management.arguments import find_program
from reports.proof.verify import verify


class Command(BaseCommand):
    help = (
        "Prices every action again from its raw conversion, its modifications and the terms document, adds up updates "
        "and rollups, and compares all of it with what is stored. Prints the counts as one line of JSON; every "
        "difference goes to standard error with the row it concerns, and the exit status is then 1."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--program", type=int, required=True)
        parser.add_argument("--start", type=_day, metavar="DATE", help="only actions and rollups from this day on")
        parser.add_argument("--end", type=_day, metavar="DATE", help="only those until this day, included")
        parser.add_argument(
            "--without-explanations",
            action="store_true",
            help="do not explain every action as well, which takes long where terms have thousands of groups",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        program = find_program(options["program"])
        proof = verify(
            program,
            tell=self.stderr.write,
            start=options["start"],
            end=options["end"],
            explain=not options["without_explanations"],
        )
        self.stdout.write(json.dumps({"Program": program.pk, **proof.counts()}))
        if proof.differences:
            raise CommandError(f"{proof.differences} differences between stored and recomputed figures.")


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise CommandError(f"{text}: write a day such as 2026-01-31.") from None
