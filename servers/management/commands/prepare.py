"""`manage.py prepare`: what has to be done before the product starts."""

import hashlib
import json
import os
import sys
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.staticfiles.finders import get_finders
from django.core.management import BaseCommand, call_command, get_commands

from program.exchange_rates.seed import seed_reference_rates
from servers.home import home
from servers.schema_check import differences
from tracking.clicks.months import make_months


class Command(BaseCommand):
    help = "Brings the database and the static files up to date; answers whether this is the first start."

    def handle(self, *args: Any, **options: Any) -> None:
        call_command("migrate", verbosity=0, interactive=False)
        check_schema()
        seed_reference_rates()
        make_months()
        collect_static_files()
        first = not get_user_model().objects.exists() and "demo" in get_commands()
        self.stdout.write(json.dumps({"FirstStart": first}))


def check_schema() -> None:
    """End with one line where the database was made by another release whose migrations had the same names."""
    if not (found := differences()):
        return
    more = f", and {len(found) - 1} more" if len(found) > 1 else ""
    if os.environ.get("DATABASE_URL"):
        whose, what = "the database was", "name an empty database"
    else:
        whose, what = f"the data in {home()} were", "delete them with `make reset`"
    sys.exit(
        f"error: {whose} made by another release ({found[0]}{more}). Run that release; or {what}, and restore a backup "
        "that this release made: `manage.py restore FILE`."
    )


def collect_static_files() -> None:
    """Gather, hash and compress the static files, unless nothing changed since the last time."""
    mark = hashlib.sha256(settings.STORAGES["staticfiles"]["BACKEND"].encode())  # with DEBUG names have no hashes
    for finder in get_finders():
        for path, storage in finder.list(ignore_patterns=[]):
            mark.update(f"{path} {storage.get_modified_time(path)} {storage.size(path)}\n".encode())
    collected = settings.STATIC_ROOT / ".collected"
    if collected.exists() and collected.read_text() == mark.hexdigest():
        return
    collected.unlink(missing_ok=True)
    call_command("collectstatic", verbosity=0, interactive=False, clear=True)
    collected.write_text(mark.hexdigest())
