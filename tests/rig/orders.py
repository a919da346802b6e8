"""The orders: whole pounds, so that anybody can say in their head what each pays."""

import base64
import http.client
import json
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from tests.rig.brand import CLICKS, LINKING, PARTNER, PROGRAM, customer, profile
from tests.rig.stage import Stage

SENDERS = 4


def amount(number: int) -> int:
    return number % 400 + 1


def is_new(number: int) -> bool:
    return number % 3 == 0


def payout(number: int) -> Decimal:
    """What the terms pay, in pounds, from nothing of the product."""
    return Decimal(amount(number) * (15 if is_new(number) else 10)) / 100


def came_by(number: int) -> str:
    """What the order says of the way that its customer came. Of the last kind nothing is known yet as it comes in."""
    return ("partner", "click", "profile", "customer")[number % 4]


def partner(number: int) -> str:
    """Who is to be credited."""
    return PARTNER if came_by(number) == "partner" else LINKING


def way(number: int) -> dict[str, str]:
    match came_by(number):
        case "partner":
            return {"MediaPartnerId": PARTNER}
        case "click":
            return {"ClickId": CLICKS[number], "CustomerId": customer(number)}
        case "profile":
            return {"CustomProfileId": profile(number)}
    return {"CustomerId": customer(number)}


class Senders:
    """Clients of the API that send each order until it is taken, and one in twenty twice."""

    def __init__(self, stage: Stage, orders: int) -> None:
        self._stage, self._orders = stage, orders
        self._numbers = self._count()
        self._lock = threading.Lock()
        self._when = (datetime.now(UTC) - timedelta(hours=1)).isoformat()
        self.allowed = 0  # orders from this number on wait
        self.taken = 0
        self.refused: list[str] = []
        self._threads = [threading.Thread(target=self._send_all, daemon=True) for _ in range(SENDERS)]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def wait(self) -> None:
        for thread in self._threads:
            thread.join()

    def _count(self) -> Iterator[int]:
        for number in range(self._orders):
            yield number
            if number % 20 == 0:
                yield number

    def _send_all(self) -> None:
        connection = None
        while True:
            with self._lock:
                number = next(self._numbers, None)
            if number is None:
                return
            while number >= self.allowed:
                time.sleep(0.01)
            while True:
                try:
                    connection = connection or http.client.HTTPConnection("127.0.0.1", self._stage.port, timeout=30)
                    status, answer = self._send(connection, number)
                except (OSError, http.client.HTTPException):
                    connection, status = None, 0
                if status == 200:
                    break
                if 400 <= status < 500:
                    self.refused.append(f"order {number}: {status} {answer!r}")
                    break
                time.sleep(0.1)  # a server is away: the shop sends again
            with self._lock:
                self.taken += 1

    def _send(self, connection: http.client.HTTPConnection, number: int) -> tuple[int, bytes]:
        body = {
            "CampaignId": str(PROGRAM), "EventTypeCode": "SALE", "EventDate": self._when, "OrderId": f"R-{number}",
            **way(number), "CurrencyCode": "GBP", "Amount": str(amount(number)),
            "CustomerStatus": "New" if is_new(number) else "Existing",
        }  # fmt: skip
        key = base64.b64encode(f"{self._stage.sid}:{self._stage.secret}".encode()).decode()
        headers = {"Authorization": f"Basic {key}", "Content-Type": "application/json"}
        connection.request("POST", f"/Advertisers/{self._stage.sid}/Conversions", json.dumps(body), headers)
        response = connection.getresponse()
        return response.status, response.read()
