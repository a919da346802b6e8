"""Imports customer tags from a file."""

from argparse import ArgumentParser
from typing import Any

from django.db import transaction
from django.utils import timezone

from common.tables.read import Table
from program.models import Program
from tracking.imports.import_run import Outcome
from tracking.imports.table import import_table
from tracking.models import Upload

from ._importing import ImportCommand


class Command(ImportCommand):
    kind = Upload.Kind.CUSTOMER_TAGS

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        modes = [mode.lower() for mode in Upload.TagMode.values]
        parser.add_argument(
            "--mode", choices=modes, default="add", help="what to do with the tags of each row; replace: they are all"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        self.mode = options["mode"].upper()
        super().handle(*args, **options)

    @transaction.atomic
    def store(self, program: Program, table: Table, *, dry_run: bool) -> Outcome:
        outcome = import_table(program, self.kind, table, now=timezone.now(), mode=self.mode)
        transaction.set_rollback(dry_run)
        return outcome
