"""Terms of ten thousand payout groups: what each thing that an editor does with them takes of the processor.

`python -m benchmarks.terms` makes a program whose terms have 10,000 groups, and asks for each page a few times;
`--write FILE` writes the section. Processor time and not time: of Python, and of the database for the same requests.
"""

import argparse
import csv
import logging
import os
import re
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks.setting.home import own_home
from benchmarks.setting.page import Moment, table, verdict, write_section

MOST = 1.0  # seconds of a page
MOST_OF_CHANGES = 0.15  # of what says, after each save, what differs
MOST_OF_A_FILE = 5.0
TIMES = 7
FEW = 3  # of what changes all groups
GROUPS = 10_000
CHANGES = "what differs, asked for after each save"
FILE = "import a file that changes all (`import_payout_groups`)"


class Taken(NamedTuple):
    """Medians in seconds of the processor, of Python and of the database."""

    what: str
    python: float
    database: float
    most: float = MOST

    @property
    def total(self) -> float:
        return self.python + self.database


class Editor:
    """A member who edits the draft, request by request."""

    def __init__(self, client: Any, terms: Any) -> None:
        from django.urls import reverse  # noqa: PLC0415 (all of it needs Django to be set up)

        self.client, self.terms = client, terms
        self.event_payout = terms.event_payouts.get()
        self.page = reverse("contracts:terms_edit", args=[terms.program_id, terms.pk])
        self.publish = reverse("contracts:terms_publish", args=[terms.program_id, terms.pk])
        self.changes = reverse("contracts:terms_changes", args=[terms.program_id, terms.pk])
        self.list = f"/p/{terms.program_id}/contracts/event-payouts/{self.event_payout.pk}/payout-groups/"
        self.row = f"/p/{terms.program_id}/contracts/payout-groups/"

    def get(self, address: str) -> Any:
        return self._sound(self.client.get(address, headers={"HX-Request": "true"}))

    def post(self, address: str, **data: Any) -> Any:
        return self._sound(self.client.post(address, data, headers={"HX-Request": "true"}))

    def _sound(self, answer: Any) -> Any:
        assert answer.status_code in (200, 302), answer.status_code
        return answer

    def ids(self) -> list[int]:
        from contracts.drafts.ranks import ranked_ids  # noqa: PLC0415
        from contracts.models import PayoutGroup  # noqa: PLC0415

        return ranked_ids(event_payout=self.event_payout, kind=PayoutGroup)

    def token(self) -> str:
        from contracts.drafts.ranks import order_token  # noqa: PLC0415

        return order_token(self.ids())


def things(editor: Editor) -> Iterator[tuple[str, Callable[[], Callable[[], object]]]]:
    """What is measured, each prepared before each time; the answer does it."""
    event = f"?event={editor.event_payout.pk}"
    yield "the page of the draft", lambda: lambda: editor.client.get(editor.page)
    yield "page 125 of 250", lambda: lambda: editor.get(f"{editor.list}?page=125")
    yield "search by the text of a rule", lambda: lambda: editor.get(f"{editor.list}?q=SKU-0777")
    yield "filter by a variable", lambda: lambda: editor.get(f"{editor.list}?variable=ITEM_SKU")
    yield "drag within a page", lambda: _drag(editor)
    yield "move to position 5,000", lambda: _move(editor)
    yield "have all groups pay 1 point more", lambda: _pay(editor)
    yield "undo that", lambda: _undo(editor)
    yield "switch one group off", lambda: lambda: editor.post(f"{editor.row}{editor.ids()[7]}/switch/", on="no")
    yield CHANGES, lambda: lambda: editor.get(editor.changes + event)


def _drag(editor: Editor) -> Callable[[], object]:
    token, (first, *others) = editor.token(), editor.ids()[:40]
    return lambda: editor.post(f"{editor.list}reorder/", row_id=[*others, first], seen=token)


def _move(editor: Editor) -> Callable[[], object]:
    token, first = editor.token(), editor.ids()[0]
    return lambda: editor.post(f"{editor.row}{first}/move/", position=5_000, seen=token)


def _pay(editor: Editor) -> Callable[[], object]:
    token = editor.token()
    told = {"do": "pay", "how": "RAISE", "value": "1", "every": "1", "seen": token}
    return lambda: editor.post(f"{editor.list}bulk/", **told)


def _undo(editor: Editor) -> Callable[[], object]:
    _pay(editor)()
    return lambda: editor.post(f"{editor.list}bulk/", do="undo")


def measured(prepared: Callable[[], Callable[[], object]], times: int = TIMES) -> tuple[float, float]:
    python, database = [], []
    for _ in range(times):
        do = prepared()
        before, started = _of_database(), time.process_time()
        do()
        python.append(time.process_time() - started)
        database.append(_of_database() - before)
    return statistics.median(python), statistics.median(database)


def _of_database() -> float:
    """The seconds of the processor that the server has spent for this connection."""
    from django.db import connection  # noqa: PLC0415

    connection.ensure_connection()
    said = Path(f"/proc/{connection.connection.info.backend_pid}/stat").read_text(encoding="ascii")
    spent = said.rpartition(")")[2].split()[11:13]
    return sum(map(int, spent)) / os.sysconf("SC_CLK_TCK")


def of_worker(editor: Editor, folder: Path) -> Iterator[tuple[str, Callable[[], Callable[[], object]]]]:
    """A file of other payouts, and publishing; each changes what the next one finds."""
    from django.core.management import call_command  # noqa: PLC0415

    from contracts.publishing.review.found import review_of  # noqa: PLC0415

    def file_of(percent: int) -> Path:
        path = folder / f"{percent}.csv"
        with path.open("w", encoding="utf-8", newline="") as out:
            writer = csv.writer(out)
            writer.writerow(["Rank", "Name", "Payout Type", "Payout Value", "Rules"])
            writer.writerows(
                [rank, f"Shelf {rank}", "Percent", percent, f"[Item SKU is SKU-{rank:05d}]"]
                for rank in range(1, GROUPS + 1)
            )
        return path

    percents = iter(range(3, 100))

    def imported() -> Callable[[], object]:
        path = str(file_of(next(percents)))
        there = ["--program", str(editor.terms.program_id), "--terms", editor.terms.name]
        return lambda: call_command("import_payout_groups", path, *there, stdout=(folder / "said").open("w"))

    def published() -> Callable[[], object]:
        imported()()
        asked = editor.client.post(editor.publish, {"comment": "", "partners": []})
        (shown,) = re.findall(r'name="shown" value="([^"]+)"', asked.content.decode())
        return lambda: editor._sound(editor.client.post(editor.publish, {"comment": "", "shown": shown}))

    yield FILE, imported
    yield "review what all of that changes", lambda: lambda: review_of(editor.terms, None)
    yield "ask what publishing does", lambda: lambda: editor.client.post(editor.publish, {"comment": ""})
    yield "publish", published


def result(taken: list[Taken]) -> str:
    rows = [
        [
            each.what,
            *(f"{seconds * 1000:,.0f}" for seconds in (each.python, each.database)),
            f"{each.most * 1000:,.0f}: {verdict(each.total <= each.most)}",
        ]
        for each in taken
    ]
    return table(["with 10,000 payout groups", "Python, ms", "database, ms", "at most together"], rows)


def section(taken: list[Taken], moment: Moment) -> str:
    return f"""## Terms of 10,000 payout groups

Processor time of each request, of Python and of the database for the same request: medians of {TIMES}, of the last
four of {FEW}. Each is a whole page or part as the browser gets it, without compression; of the command that imports a
file, its start is left out.

{result(taken)}

{moment}
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", metavar="FILE", help="write the section of the page of results")
    options = parser.parse_args()
    moment = Moment()
    with own_home() as home, tempfile.TemporaryDirectory(dir=home) as folder:
        from django.conf import settings  # noqa: PLC0415
        from django.test import Client  # noqa: PLC0415

        from benchmarks.setting.large_program import make_large_program  # noqa: PLC0415
        from contracts.models import TemplateTerms  # noqa: PLC0415
        from servers.management.commands.prepare import collect_static_files  # noqa: PLC0415

        settings.ALLOWED_HOSTS = ["testserver", "localhost"]
        collect_static_files()  # pages name them by their hashes
        _, member = make_large_program(partners=200, groups=GROUPS, codes=300, actions=200)
        logging.disable(logging.WARNING)
        client = Client()
        client.force_login(member)
        editor = Editor(client, TemplateTerms.objects.get())
        taken = [Taken(what, *measured(thing)) for what, thing in things(editor)]
        for what, thing in of_worker(editor, Path(folder)):
            taken.append(Taken(what, *measured(thing, FEW)))
        most = {CHANGES: MOST_OF_CHANGES, FILE: MOST_OF_A_FILE}
        taken = [each._replace(most=most.get(each.what, MOST)) for each in taken]
    print(result(taken))
    if options.write:
        write_section(Path(options.write), "terms", section(taken, moment))


if __name__ == "__main__":
    main()
