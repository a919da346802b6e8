"""The base of the commands that import files."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from common.refusals import Refused
from common.tables.read import Table, read_table
from program.models import Program
from tracking.imports.import_run import Outcome
from tracking.imports.layouts import LAYOUTS
from tracking.imports.table import import_table
from tracking.models import Upload


class ImportCommand(BaseCommand):
    """Imports the good rows of a file in one transaction and prints the result as one line of JSON."""

    kind: Upload.Kind
    help = (
        "Imports a csv, csv.gz, xlsx or xls file. Good rows are stored, bad ones rejected and listed; a file that "
        "cannot be read to its end stores nothing. Prints one line of JSON: Rows are the data rows of the file; "
        "Accepted, Duplicates and Rejected count what the rows make (orders, modifications, partners, customers, "
        "customers whose tags change, ads, promo codes); the Errors of the first 20,000 rejected rows are listed."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", metavar="FILE")
        parser.add_argument("--program", type=int, required=True, metavar="ID")
        parser.add_argument(
            "--sheet",
            default="",
            metavar="NAME",
            help="the sheet of a workbook; default: the first visible one with the known columns",
        )
        parser.add_argument("--dry-run", action="store_true", help="print what would happen and store nothing")
        parser.add_argument(
            "--wait",
            action="store_true",
            help="return when everything imported is priced and in the reports; this process prices too",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        program = Program.objects.filter(id=options["program"]).first()
        if program is None:
            raise CommandError(f"{options['program']} is not a known program; create_program creates one.")
        try:
            file = Path(options["file"])
            table = read_table(file, file.name, layout=LAYOUTS[self.kind], sheet=options["sheet"])
            outcome = self.store(program, table, dry_run=options["dry_run"])
        except Refused as refused:
            raise CommandError(f"{options['file']}: {refused}") from None
        if not options["dry_run"]:
            self.go_on(program, is_waiting=options["wait"])
        counts = {"Rows": outcome.rows, "Accepted": outcome.accepted, "Duplicates": outcome.duplicates}
        answer = {**counts, "Rejected": outcome.rejected, "Errors": outcome.errors(), **table.summary()}
        if options["wait"]:
            answer |= self.after_waiting(outcome)
        self.stdout.write(json.dumps(answer, ensure_ascii=False))

    def go_on(self, program: Program, *, is_waiting: bool) -> None:
        """What follows from the rows that were stored: nothing, unless something has to be priced."""

    def after_waiting(self, outcome: Outcome) -> dict[str, object]:
        """Results that are known only after all imported rows were processed."""
        return {}

    @transaction.atomic
    def store(self, program: Program, table: Table, *, dry_run: bool) -> Outcome:
        outcome = import_table(program, self.kind, table, now=timezone.now())
        transaction.set_rollback(dry_run)
        return outcome
