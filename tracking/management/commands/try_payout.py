"""`try_payout`: price orders of a file by a terms document, without a database."""

import json
from argparse import ArgumentParser
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from common.refusals import Refusal, Refused
from tracking.try_payout.try_orders import try_orders


class Command(BaseCommand):
    help = "Prices orders by a terms document and stores nothing; prints one JSON line for each order."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--terms", type=Path, required=True, metavar="FILE.json", help="the terms document")
        parser.add_argument(
            "--orders",
            type=Path,
            required=True,
            metavar="FILE.jsonl",
            help="one conversion a line, as the API takes it",
        )
        parser.add_argument(
            "--context",
            type=Path,
            metavar="FILE.json",
            help="time zone, status mapping, lists, catalog, exchange rates",
        )

    def handle(self, *, terms: Path, orders: Path, context: Path | None, **options: Any) -> None:
        known = _json(context) if context else {}
        if not isinstance(known, dict):
            raise CommandError(f"{context}: write the context as one JSON object")
        try:
            for answer in try_orders(_json(terms), _lines(orders), known, now=timezone.now()):
                self.stdout.write(json.dumps(answer, ensure_ascii=False))
        except Refused as refused:
            raise CommandError("; ".join(_in_file(each, terms, context or orders) for each in refused)) from None
        except ValueError as bad:
            raise CommandError(f"{context or orders}: {bad}") from None


def _in_file(refusal: Refusal, terms: Path, context: Path) -> str:
    """A refusal with the file that its path begins with: Terms or Context."""
    part, _, rest = refusal.path.partition(".")
    return f"{terms if part == 'Terms' else context}: {refusal._replace(path=rest)}"


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise CommandError(f"{path}: {error.strerror}") from None
    except UnicodeDecodeError:
        raise CommandError(f"{path}: is not UTF-8") from None


def _json(path: Path) -> Any:
    try:
        # Numbers stay as they are written: 2.55 is two pounds fifty-five, not the float next to it.
        return json.loads(_read(path), parse_float=Decimal)
    except (ValueError, RecursionError) as error:
        raise CommandError(f"{path}: is not JSON: {error}") from None


def _lines(path: Path) -> Iterator[object]:
    for number, line in enumerate(_read(path).split("\n"), 1):
        if line.strip():
            try:
                yield json.loads(line, parse_float=Decimal)
            except (ValueError, RecursionError) as error:
                raise CommandError(f"{path}: line {number} is not JSON: {error}") from None
