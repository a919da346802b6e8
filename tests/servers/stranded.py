"""A product that runs in a home of its own, a brand in it, and what its shop and its people are answered meanwhile."""

import base64
import json
import re
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from email.message import Message
from threading import Event, Thread
from typing import NamedTuple

from servers.home import PROJECT

# Makes program 1000, whose partner P-1 gets 10 %, and prints: the account, a token of it, the session of an editor.
SET_UP = """
from tests.tables import have_tables
have_tables()
from django.test import Client
from accounts.api_tokens import make_api_token
from tests.factories import (
    make_account, make_contracts, make_event_type, make_partner, make_program, make_user, terms_document,
)
program = make_program(id=1000, account=make_account(sid="BB-ANVILS"))
make_event_type(program=program)
partner = make_partner(program=program, media_partner_id="P-1")
make_contracts(program=program, document=terms_document(), partners=[partner])
client = Client()
client.force_login(make_user(username="alice", program=program))
print("BB-ANVILS", make_api_token(account=program.account, name="Shop")[1], client.cookies["sessionid"].value)
"""


class Answer(NamedTuple):
    status: int  # 0: none came
    headers: dict[str, str]
    body: str


class Stranded:
    """The running product as its shop and an editor meet it."""

    def __init__(self, runner: "subprocess.Popen[str]", port: int, made: str) -> None:
        self.runner, self.address = runner, f"http://127.0.0.1:{port}"
        self.sid, token, session = made.split()
        self.credentials = {"Authorization": "Basic " + base64.b64encode(f"{self.sid}:{token}".encode()).decode()}
        self.session = {"Cookie": f"sessionid={session}"}

    def page(self, path: str = "/p/1000/contracts/template-terms/") -> Answer:
        return self._ask(path, None, self.session)

    def health(self) -> Answer:
        return self._ask("/readyz", None, {})

    def report(self, order_id: str) -> Answer:
        """Report an order of 100.00, credited to P-1."""
        order = {"CampaignId": "1000", "EventTypeCode": "SALE", "EventDate": datetime.now(UTC).isoformat(),
                 "OrderId": order_id, "MediaPartnerId": "P-1", "Amount": "100.00"}  # fmt: skip
        headers = {**self.credentials, "Content-Type": "application/json"}
        return self._ask(f"/Advertisers/{self.sid}/Conversions", json.dumps(order).encode(), headers)

    def waiting(self) -> int:
        """How many of the newest hundred orders are not complete; -1 where that is not to be had."""
        answer = self._ask(f"/Advertisers/{self.sid}/APISubmissions", None, self.credentials)
        if answer.status != 200:
            return -1
        return len([row for row in json.loads(answer.body)["APISubmissions"] if row["Status"] != "Complete"])

    def _ask(self, path: str, body: bytes | None, headers: dict[str, str]) -> Answer:
        request = urllib.request.Request(self.address + path, body, headers)
        try:
            with urllib.request.urlopen(request, timeout=30) as response:
                return Answer(response.status, _titled(response.headers), response.read().decode())
        except urllib.error.HTTPError as error:
            return Answer(error.code, _titled(error.headers), error.read().decode())
        except OSError:
            return Answer(0, {}, "")


def _titled(headers: Message) -> dict[str, str]:
    return {name.title(): value for name, value in headers.items()}


class Shop:
    """Reports one order after the other until told to stop, and keeps what it was answered."""

    def __init__(self, product: Stranded) -> None:
        self.product = product
        self.answers: dict[str, Answer] = {}
        self._closed = Event()
        self._thread = Thread(target=self._report_orders)

    def __enter__(self) -> "Shop":
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._closed.set()
        self._thread.join()

    def statuses(self) -> Counter[int]:
        return Counter(answer.status for answer in list(self.answers.values()))

    def _report_orders(self) -> None:
        while not self._closed.is_set():
            order_id = f"A-{len(self.answers)}"
            self.answers[order_id] = self.product.report(order_id)
            time.sleep(0.02)


@contextmanager
def running(environment: dict[str, str], port: int, *through: str) -> "Iterator[subprocess.Popen[str]]":
    """The product at a port, run through another command if one is given; it answers from the first line on."""
    runner = subprocess.Popen(
        [*through, sys.executable, "-m", "servers.run"],
        cwd=PROJECT,
        env={**environment, "PORT": str(port)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    with runner:
        try:
            assert runner.stdout is not None
            seen = ""
            for line in runner.stdout:
                seen += line
                if re.search(rf"http://localhost:{port}/", line):
                    break
            else:
                raise AssertionError(f"the product did not start: {seen}")
            # Nobody else reads what it says: a full pipe would stop it.
            Thread(target=runner.stdout.read, daemon=True).start()
            yield runner
        finally:
            runner.terminate()
            runner.wait(120)
