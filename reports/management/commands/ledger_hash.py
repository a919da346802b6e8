"""The hash of the ledger, to compare two databases with."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from program.models import Program
from reports.proof.ledger_hash import hash_ledger


class Command(BaseCommand):
    help = (
        "Prints the SHA-256 of the ledger as one line of JSON: versions, contracts, conversions, modifications, "
        "actions with their items and updates, counters of limits, rollups; for each table too, so that a difference "
        "can be found. Two databases of one release with the same hash hold the same ledger. Workers may continue "
        "meanwhile."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--program", type=int, help="only the ledger of this program; otherwise of all")

    def handle(self, *args: Any, **options: Any) -> None:
        program = options["program"]
        if program is not None and not Program.objects.filter(pk=program).exists():
            raise CommandError(f"{program} is not a known program.")
        self.stdout.write(json.dumps({"Program": program, **hash_ledger(program_id=program).as_json()}))
