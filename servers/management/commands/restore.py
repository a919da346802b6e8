"""Restores a database from a file of `backup`, and compares the hash of its ledger."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from reports.proof.ledger_hash import hash_ledger
from servers import dumps
from servers.management.commands.backup import ledger_hash_of


class Command(BaseCommand):
    help = (
        "Fills the database that DATABASE_URL names, which has to be empty, from FILE, and compares the hash of its "
        "ledger with FILE.ledger.json. Exit status 1 where they differ."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE")

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        if not path.is_file():
            raise CommandError(f"{path} does not exist.")
        try:
            written = json.loads(ledger_hash_of(path).read_text())["SHA256"]
        except (OSError, ValueError, KeyError):
            raise CommandError(f"{ledger_hash_of(path)} cannot be read: it holds the hash of the ledger.") from None
        if not dumps.is_empty():
            raise CommandError("This database already holds tables: restore into an empty one.")
        dumps.restore(path.absolute())
        ledger = hash_ledger().as_json()
        self.stdout.write(json.dumps({"Equal": ledger["SHA256"] == written, **ledger}))
        if ledger["SHA256"] != written:
            raise CommandError("The restored ledger differs from the one that was backed up.")
