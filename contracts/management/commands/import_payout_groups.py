"""Replaces the payout groups of a draft by those of a file."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from common.refusals import Refused
from common.tables.read import read_table
from contracts.drafts.unpublished import open_draft
from contracts.group_files.cells import LAYOUT
from contracts.group_files.services import GroupPreview, read_groups, replace_groups
from contracts.management.arguments import find_event_payout, find_program, find_terms


class Command(BaseCommand):
    help = (
        "Replaces the payout groups in the draft of terms by those of a csv, csv.gz, xlsx or xls file: all of them, or "
        "none where a row has an error. Prints what it added, changed and dropped as one line of JSON."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", metavar="FILE")
        parser.add_argument("--program", type=int, required=True, metavar="ID")
        parser.add_argument("--terms", required=True, metavar="NAME")
        parser.add_argument("--event-type", metavar="CODE", help="which event payout; default: the only one")
        parser.add_argument(
            "--sheet",
            default="",
            metavar="NAME",
            help="the sheet of a workbook; default: the first visible one with the known columns",
        )
        parser.add_argument("--dry-run", action="store_true", help="print what would change and store nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        terms = find_terms(find_program(options["program"]), options["terms"])
        try:
            table = read_table(options["file"], options["file"], layout=LAYOUT, sheet=options["sheet"])
            rows = list(table)
        except Refused as refused:
            raise CommandError(str(refused)) from None
        with transaction.atomic():
            if not open_draft(template_terms=terms):
                raise CommandError(f"“{terms}” pays for no event type yet.")
            event_payout = find_event_payout(terms, options["event_type"])
            preview = read_groups(event_payout=event_payout, rows=rows)
            if preview.errors or options["dry_run"]:
                transaction.set_rollback(True)
            else:
                replace_groups(event_payout=event_payout, preview=preview)
        self.stdout.write(json.dumps(_summary(preview) | table.summary(), ensure_ascii=False))
        if preview.errors and not options["dry_run"]:
            raise CommandError(f"{len(preview.errors)} errors: nothing was stored. Correct the rows and import again.")


def _summary(preview: GroupPreview) -> dict[str, Any]:
    warnings = [{"Row": row, "Message": message} for row, _, message in preview.warnings]
    return {
        "Rows": preview.rows,
        "Added": len(preview.added),
        "Changed": len(preview.changed),
        "Dropped": len(preview.dropped),
        "Unchanged": preview.unchanged,
        "Rejected": len(preview.rejected),
        "Errors": [{"Row": row, "Field": column, "Message": message} for row, column, message in preview.errors],
    } | ({"Warnings": warnings} if warnings else {})
