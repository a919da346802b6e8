"""Writes the payout groups of terms to a file."""

import json
from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from common.refusals import Refused
from common.tables.write import WRITERS
from contracts.drafts.unpublished import newest_version
from contracts.group_files.services import COLUMNS, group_columns, group_rows, version_group_rows
from contracts.management.arguments import find_event_payout, find_program, find_terms
from contracts.models import TemplateTerms


class Command(BaseCommand):
    help = "Writes the payout groups of a draft, or where there is none of the newest version, to a file."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--program", type=int, required=True, metavar="ID")
        parser.add_argument("--terms", required=True, metavar="NAME")
        parser.add_argument("--event-type", metavar="CODE", help="which event payout; default: the only one")
        parser.add_argument("--format", choices=sorted(WRITERS), required=True)
        parser.add_argument("--out", required=True, metavar="FILE")

    def handle(self, *args: Any, **options: Any) -> None:
        terms = find_terms(find_program(options["program"]), options["terms"])
        columns, rows = _groups(terms, options["event_type"])
        try:
            with Path(options["out"]).open("wb") as out:
                count = WRITERS[options["format"]](columns, rows, out)
        except OSError as error:
            raise CommandError(f"{options['out']} cannot be written: {error.strerror}.") from None
        except Refused as refused:
            raise CommandError(str(refused)) from None
        self.stdout.write(json.dumps({"Rows": count, "File": options["out"]}, ensure_ascii=False))


def _groups(terms: TemplateTerms, code: str | None) -> tuple[tuple[str, ...], Iterator[dict[str, Any]]]:
    """The columns and rows of the draft's groups, or of the newest version's where the draft is empty."""
    if terms.event_payouts.exists():
        event_payout = find_event_payout(terms, code)
        return group_columns(event_payout), group_rows(event_payout)
    version = newest_version(terms)
    codes = [payout["EventTypeCode"] for payout in version.document["EventPayouts"]] if version else []
    if version is None:
        raise CommandError(f"“{terms}” pays for no event type yet.")
    if code is None and len(codes) == 1:
        code = codes[0]
    if code is None or code not in codes:
        raise CommandError(f"Give --event-type, one of {', '.join(codes)}.")
    return COLUMNS, version_group_rows(version, code)
