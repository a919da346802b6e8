"""The project's own files through which one order passes, from the request that reports it to the page that shows it.

`python -m benchmarks.order_way` prints them in the order in which each is first met, step by step. An order and a page
before them fill the caches, so that what is compiled once, as terms are, is not counted; `--cold` leaves them out.
"""

import argparse
import base64
import json
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import CodeType
from typing import Any

from benchmarks.setting.brand_orders import one_line_order
from benchmarks.setting.home import own_home, say

PROJECT = Path(__file__).parent.parent
BESIDE = {".venv", "benchmarks", "tests"}
REPORT = "reports/performance-by-day-by-customer-status/"
TOOL = sys.monitoring.DEBUGGER_ID
WARM, FOLLOWED = 1, 2  # the numbers of two orders


class Files:
    """Which of the project's files ran a function of theirs while it watched; importing a file does not count."""

    def __init__(self) -> None:
        self.met: dict[str, None] = {}

    def start(self, code: CodeType, offset: int) -> Any:
        if code.co_name != "<module>" and (place := _place(code.co_filename)):
            self.met.setdefault(place)
        return sys.monitoring.DISABLE  # once is enough for a function


def _place(name: str) -> str:
    """The path within the project; "" where it is not one of its packages."""
    path = Path(name)
    if not path.is_relative_to(PROJECT):
        return ""
    inside = path.relative_to(PROJECT)
    return "" if inside.parts[0] in BESIDE else str(inside)


@contextmanager
def watched() -> Iterator[Files]:
    """Have every function that starts noted, by whatever thread."""
    files = Files()
    events = sys.monitoring.events
    sys.monitoring.use_tool_id(TOOL, "order_way")
    sys.monitoring.register_callback(TOOL, events.PY_START, files.start)
    sys.monitoring.restart_events()
    sys.monitoring.set_events(TOOL, events.PY_START)
    try:
        yield files
    finally:
        sys.monitoring.set_events(TOOL, events.NO_EVENTS)
        sys.monitoring.free_tool_id(TOOL)


def measure(*, cold: bool) -> dict[str, list[str]]:
    """The files of each step."""
    from django.conf import settings  # noqa: PLC0415 (all of it needs Django to be set up)
    from django.test import Client  # noqa: PLC0415
    from django.utils import timezone  # noqa: PLC0415

    from accounts.api_tokens import make_api_token  # noqa: PLC0415
    from accounts.models import Membership, User  # noqa: PLC0415
    from benchmarks.setting.brand import make_brand  # noqa: PLC0415
    from reports.models import DailyTotal  # noqa: PLC0415
    from reports.tasks import fill  # noqa: PLC0415
    from servers.management.commands.prepare import collect_static_files  # noqa: PLC0415
    from tracking.models import Action, TouchedDay  # noqa: PLC0415
    from tracking.tasks import price  # noqa: PLC0415

    settings.ALLOWED_HOSTS = ["testserver"]
    collect_static_files()  # the page names them by their hashes
    program = make_brand()
    _, secret = make_api_token(account=program.account, name="order_way")
    user = User.objects.create_user("viewer")
    Membership.objects.create(user=user, account=program.account, role=Membership.Role.VIEWER)
    client = Client()
    client.force_login(user)
    basic = base64.b64encode(f"{program.account.sid}:{secret}".encode()).decode()

    def post(number: int) -> None:
        answer = Client().post(
            f"/Advertisers/{program.account.sid}/Conversions",
            json.dumps(one_line_order(number, timezone.now().isoformat())),
            content_type="application/json",
            headers={"Authorization": f"Basic {basic}"},
        )
        assert answer.status_code == 200, answer.content

    def shown() -> None:
        assert client.get(f"/p/{program.pk}/{REPORT}").status_code == 200

    def rolled_up() -> None:
        while TouchedDay.objects.exists():  # a program that was just rolled up backs off for a moment
            fill(program.pk)
            time.sleep(0.05)

    def steps(number: int) -> dict[str, Callable[[], None]]:
        return {
            "reported by POST": lambda: post(number),
            "priced": lambda: price(program.pk),
            "rolled up": rolled_up,
            "shown in the report": shown,
        }

    if not cold:
        for step in steps(WARM).values():
            step()
    found = {}
    for name, step in steps(FOLLOWED).items():
        with watched() as files:
            step()
        found[name] = list(files.met)
    count = 1 if cold else 2
    assert Action.objects.count() == count
    assert sum(DailyTotal.objects.values_list("actions", flat=True)) == count
    return found


def result(found: dict[str, list[str]]) -> str:
    """Every file under the step that first met it, with the number of those that a step met again."""
    met: set[str] = set()
    lines = []
    for step, files in found.items():
        new = [file for file in files if file not in met]
        lines += [f"{step}: {len(new)} files, and {len(files) - len(new)} met before", *(f"  {file}" for file in new)]
        met.update(files)
    gates = met & middleware()
    return "\n".join(
        [*lines, f"{len(met) - len(gates)} files, and {len(gates)} of middleware, which every request passes"]
    )


def middleware() -> set[str]:
    from django.conf import settings  # noqa: PLC0415

    return {f"{name.rpartition('.')[0].replace('.', '/')}.py" for name in settings.MIDDLEWARE}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cold", action="store_true", help="follow the first order of all, which fills the caches")
    options = parser.parse_args()
    say("a program, its terms and an order …")
    with own_home():
        found = measure(cold=options.cold)
    print(result(found))


if __name__ == "__main__":
    main()
