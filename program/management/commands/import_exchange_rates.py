"""Imports a file of exchange rates: the European Central Bank's for all programs, or a program's own."""

import json
from argparse import ArgumentParser
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from common.refusals import Refused
from common.tables.read import read_table
from program.exchange_rates.file_rows import LAYOUT, QuotedRate, read_rates
from program.exchange_rates.services import Saved, save_own_rates, save_reference_rates
from program.exchange_rates.waiting import price_waiting
from program.models import Program

SHOWN = 20  # errors


class Command(BaseCommand):
    help = "Imports exchange rates from csv, csv.gz, xlsx or xls: all of them, or none where a row is wrong."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="as the European Central Bank publishes it, or From, To, Rate")
        parser.add_argument(
            "--program",
            type=int,
            help="store them as this program's own; without, they are the European Central Bank's, for all programs",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            saved = _import(options["file"], options["program"])
        except Refused as refused:
            shown = [str(each) for each in refused][:SHOWN]
            more = len(list(refused)) - len(shown)
            raise CommandError("\n".join([*shown, *([f"and {more:,} more"] if more else [])])) from None
        counts = {"Added": saved.added, "Changed": saved.changed, "Unchanged": saved.unchanged}
        self.stdout.write(json.dumps(counts))


@transaction.atomic
def _import(file: Path, program_id: int | None) -> Saved:
    rates = list(_read(file))
    if program_id is None:
        return save_reference_rates(rates)
    program = Program.objects.filter(pk=program_id).first()
    if program is None:
        raise Refused(f"There is no program {program_id}.")
    saved = save_own_rates(program=program, rates=rates)
    price_waiting(program.pk)
    return saved


def _read(file: Path) -> Iterator[QuotedRate]:
    """Every rate of the file. Raises Refused, after the last row, with every row that is wrong."""
    today = timezone.now().date() + timedelta(days=1)  # the day may have begun elsewhere
    wrong = []
    for number, row in read_table(file, file.name, layout=LAYOUT):
        try:
            yield from read_rates(row, today=today)
        except Refused as refused:
            wrong += [each._replace(row=number) for each in refused]
    if wrong:
        raise Refused(*wrong)
