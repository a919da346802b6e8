"""Backs up the database to one file, with the hash of its ledger beside it."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from reports.proof.ledger_hash import exported_snapshot, hash_in_snapshot, snapshot
from servers.dumps import dump


class Command(BaseCommand):
    help = (
        "Writes the database to FILE with pg_dump, and the hash of its ledger to FILE.ledger.json; both of one moment, "
        "while workers continue. `manage.py restore FILE` restores it and compares the hash."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE")

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        beside = ledger_hash_of(path)
        if path.exists() or beside.exists():
            raise CommandError(f"{path} already exists: choose another name.")
        if not path.parent.is_dir():
            raise CommandError(f"{path.parent} is not a folder.")
        unfinished = path.with_name(f"{path.name}.unfinished")
        try:
            with snapshot():
                at = timezone.now()
                dump(unfinished.absolute(), snapshot=exported_snapshot())
                ledger = hash_in_snapshot()
        except BaseException:
            unfinished.unlink(missing_ok=True)
            raise
        unfinished.chmod(0o600)  # it holds what the database holds
        answer = json.dumps({"At": at.isoformat(timespec="seconds"), **ledger.as_json()})
        beside.write_text(answer + "\n")
        unfinished.rename(path)
        self.stdout.write(answer)


def ledger_hash_of(path: Path) -> Path:
    return path.with_name(f"{path.name}.ledger.json")
