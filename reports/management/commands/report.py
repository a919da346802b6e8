"""A report from the command line: the figures of the page, by the same query."""

import io
import sys
from argparse import ArgumentParser
from collections import defaultdict
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from common.refusals import Refused
from contracts.management.arguments import find_program
from program.models import Program
from reports.exports.about import about
from reports.exports.files import json_report, write_report
from reports.queries.filters import LABELS, Filters, read_filters
from reports.queries.tables import REPORTS, Report
from reports.rollups.fill import fill_touched_days


class Command(BaseCommand):
    help = (
        "Prints a report: json is a list of objects by column name, without the totals row, figures as decimal "
        "strings; csv and xlsx end with the totals row. Days are the program's, by event date. What was priced and is "
        "not yet in the rollups is filled in first."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("handle", metavar="HANDLE", help=", ".join(REPORTS))
        parser.add_argument("--program", type=int, required=True)
        parser.add_argument("--start", required=True, metavar="DATE", help="the first day, such as 2026-10-22")
        parser.add_argument("--end", required=True, metavar="DATE", help="the last day, included")
        parser.add_argument("--format", choices=["csv", "json", "xlsx"], default="json")
        parser.add_argument("--out", metavar="FILE", help="a file instead of standard output")
        parser.add_argument(
            "--filter",
            nargs="+",
            action="extend",
            default=[],
            metavar="NAME=VALUE",
            help=f"{', '.join(LABELS)}; may be given several times, values of one name are alternatives",
        )
        parser.add_argument(
            "--show",
            nargs="+",
            action="extend",
            default=[],
            metavar="COLUMN",
            help="columns besides the usual, with commas between: gross_actions, gross_action_cost, aov",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        report = REPORTS.get(options["handle"])
        if report is None:
            raise CommandError(f"{options['handle']} is not a known report; use {', '.join(REPORTS)}.")
        program = find_program(options["program"])
        try:
            filters, show = _question(program, report, options)
        except Refused as refused:
            raise CommandError(" ".join(each.message for each in refused)) from None
        if options["format"] == "xlsx" and not options["out"] and sys.stdout.isatty():
            raise CommandError(
                "An xlsx file cannot be shown in a terminal: give --out FILE, or redirect the output to a file."
            )
        fill_touched_days(program_id=program.pk, wait=True)
        table = report.table(program, filters, show=show)
        if options["format"] == "json":
            _write((json_report(table) + "\n").encode(), options["out"], self.stdout)
            return
        file = io.BytesIO()
        try:
            said = about(program, report, filters, show=show, now=timezone.now())
            write_report(table, options["format"], file, about=said)
        except Refused as refused:
            raise CommandError(str(refused)) from None
        _write(file.getvalue(), options["out"], self.stdout)


def _question(program: Program, report: Report, options: dict[str, Any]) -> tuple[Filters, tuple[str, ...]]:
    values: dict[str, list[str]] = defaultdict(list)
    values["start_date"], values["end_date"] = [options["start"]], [options["end"]]
    for text in options["filter"]:
        name, equals, value = text.partition("=")
        if not equals or name not in LABELS:
            raise Refused(f"--filter {text}: write NAME=VALUE, where NAME is one of {', '.join(LABELS)}.")
        values[name].append(value)
    filters = read_filters(values, program=program, today=timezone.now().astimezone(program.zone).date())
    return filters, report.read_show(name for text in options["show"] for name in text.split(","))


def _write(content: bytes, out: str | None, stdout: Any) -> None:
    """To the file, or the bytes as they are to standard output, where call_command may have put a text stream."""
    if out:
        try:
            Path(out).write_bytes(content)
        except OSError as error:
            raise CommandError(f"{out} cannot be written: {error.strerror}.") from None
        return
    stream = getattr(stdout, "_out", stdout)
    binary = getattr(stream, "buffer", None)
    if binary is not None:
        stream.flush()
        binary.write(content)
        binary.flush()
    else:
        stream.write(content.decode("utf-8-sig"))
