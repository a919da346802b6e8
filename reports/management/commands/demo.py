"""Loads the demonstration: real orders of a gift shop, priced by the worker under real terms."""

import json
import secrets
import sys
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from accounts.models import Membership, User
from common.tables.read import read_table
from contracts.publishing.services import publish_document
from program.event_types.services import create_event_type, set_customer_status_mapping
from program.models import EventType, Program
from program.programs import create_account_and_program
from reports.management.commands._importing import finish, notify_worker
from tracking.actions.locking import lock_actions
from tracking.imports.table import Rereadable, import_table
from tracking.journeys.demonstration import store_visitors
from tracking.models import Conversion, Modification, Upload

FOLDER = Path(settings.BASE_DIR) / "demonstration"
PROGRAM = 1000
# Seconds in which a worker must have priced something, or this process prices by itself.
PATIENCE = 10
USERS = (
    ("editor", Membership.Role.EDITOR),
    ("viewer", Membership.Role.VIEWER),
    ("finance", Membership.Role.FINANCE),
    ("admin", Membership.Role.ADMINISTRATOR),
)

Table = Iterator[tuple[int, dict[str, str]]]


class Command(BaseCommand):
    help = "Loads the demonstration program with real orders, partners, terms and users, and says where to log in."

    def handle(self, *args: Any, **options: Any) -> None:
        if Program.objects.filter(id=PROGRAM).exists():
            self.stdout.write(json.dumps({"ProgramId": PROGRAM, "Created": False}))
            self.stderr.write(f"Program {PROGRAM} already exists; nothing was changed. `make reset` starts again.")
            return
        began = time.monotonic()
        try:
            program, passwords = _create()
        except ValidationError as refusal:
            raise CommandError(" ".join(refusal.messages)) from None
        notify_worker(program)
        self.wait(program)
        finish(program)
        while lock_actions(now=timezone.now()):
            pass  # what is older than its lock instant is approved before anybody looks
        finish(program)
        counts = {
            "Conversions": Conversion.objects.filter(program=program).count(),
            "Actions": Conversion.objects.filter(program=program, state=Conversion.State.PRICED).count(),
            "Modifications": Modification.objects.filter(program=program).count(),
        }
        self.stderr.write(f"The demonstration was loaded in {time.monotonic() - began:.0f} seconds.")
        address = f"http://localhost:{settings.PORT}/"
        self.stdout.write(
            json.dumps({"ProgramId": PROGRAM, "Created": True, **counts, "Address": address, "Users": passwords})
        )
        width = max(len(name) for name in passwords)
        for name, password in passwords.items():
            self.stderr.write(f"  log in as {name:<{width}}  {password}")

    def wait(self, program: Program) -> None:
        """Wait while the workers price, until all is done or no worker seems to run."""
        total = waiting = Conversion.objects.waiting().filter(program=program).count()
        moved = time.monotonic()
        while waiting and time.monotonic() - moved < PATIENCE:
            time.sleep(0.2)
            before, waiting = waiting, Conversion.objects.waiting().filter(program=program).count()
            if waiting < before:
                moved = time.monotonic()
            if sys.stderr.isatty():
                print(f"\r{total - waiting:,} of {total:,} orders priced", end="", file=sys.stderr, flush=True)
        if sys.stderr.isatty():
            print(file=sys.stderr)


@transaction.atomic
def _create() -> tuple[Program, dict[str, str]]:
    program = create_account_and_program(id=PROGRAM, name="Online Retail", currency="GBP", time_zone="Europe/London")
    sale = create_event_type(
        program=program, code="SALE", name="Online sale", category=EventType.Category.SALE, deduplication_days=30,
        re_engaged_after_days=180,
    )  # fmt: skip
    set_customer_status_mapping(
        event_type=sale, mapping={"New": ["new"], "Existing": ["repeat"], "Re-Engaged": ["lapsed"]}, enabled=True
    )
    now = timezone.now()
    _import(program, Upload.Kind.PARTNERS, _table("partners.csv"), now)
    program.landing_domains = ["shop.example", "*.shop.example"]
    program.save(update_fields=["landing_domains"])
    _import(program, Upload.Kind.ADS, _table("ads.csv"), now)
    _import(program, Upload.Kind.PROMO_CODES, _table("promo_codes.csv"), now)
    last = max(datetime.fromisoformat(row["EventDate"]) for _, row in _table("conversions.csv.gz"))
    zone = program.zone
    shift = now.astimezone(zone).date() - timedelta(days=1) - last.astimezone(zone).date()
    document = json.loads((FOLDER / "terms.json").read_text())
    publish_document(program=program, document=document, join="all", comment="The terms of the demonstration.")
    orders = Rereadable(lambda: _moved(_table("conversions.csv.gz"), "EventDate", shift))
    _import(program, Upload.Kind.CONVERSIONS, orders, now)
    _import(program, Upload.Kind.MODIFICATIONS, _moved(_table("modifications.csv.gz"), "ModificationDate", shift), now)
    store_visitors(program, now)
    return program, {name: _user(name, role, program) for name, role in USERS}


def _table(name: str) -> Table:
    return iter(read_table(FOLDER / name, name))


def _moved(table: Table, column: str, shift: timedelta) -> Table:
    """Move every row by whole days: the last order was placed yesterday."""
    for number, row in table:
        moved = datetime.fromisoformat(row[column]) + shift
        yield number, {**row, column: moved.isoformat()}


def _import(program: Program, kind: Upload.Kind, table: Table | Rereadable, now: datetime) -> None:
    outcome = import_table(program, kind, table, now=now)
    if outcome.rejected or outcome.duplicates:
        raise RuntimeError(f"The demonstration's {kind.label.lower()} cannot be imported: {outcome.errors()[:3]}")


def _user(name: str, role: Membership.Role, program: Program) -> str:
    """A user with a random password, which is returned and not stored."""
    password = secrets.token_urlsafe(9)
    is_admin = name == "admin"
    email = f"{name}@example.com"  # needed to reset the password
    user = User.objects.create_user(name, email, password, is_staff=is_admin, is_superuser=is_admin)
    Membership.objects.create(user=user, account=program.account, role=role)
    return password
