"""A sender of orders, or clicks, over kept-alive connections: sockets and prepared bytes, at little cost to the server.

Run as a process of its own, told what to do as JSON on standard input; answers with the latencies as JSON.
"""

import json
import selectors
import socket
import sys
import time
from typing import Any

from benchmarks.setting.brand_orders import one_line_order


class Sender:
    """Connections of one process, each with at most one request under way."""

    def __init__(self, task: dict[str, Any]) -> None:
        self.task = task
        self.number = task["first"]
        self.latencies: list[float] = []
        self.refused: dict[str, int] = {}
        self.selector = selectors.DefaultSelector()
        self.idle: list[socket.socket] = []  # used in turn: one that rests for half a minute is closed by the server
        self.began: dict[socket.socket, float] = {}
        for _ in range(task["connections"]):
            self._connect()

    def _connect(self) -> None:
        connection = socket.create_connection(("127.0.0.1", self.task["port"]))
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.selector.register(connection, selectors.EVENT_READ)
        self.idle.append(connection)

    def run(self) -> None:
        """Send for so many seconds: at a steady rate, or each connection as fast as it is answered.

        At a rate the time of a request runs from when it was due, not from when a connection was free for it.
        """
        rate, started = self.task["rate"], time.perf_counter()
        end = started + self.task["seconds"]
        sent = 0
        while (now := time.perf_counter()) < end:
            while self.idle and (not rate or started + sent / rate <= now):
                self._send(self.idle.pop(0), started + sent / rate if rate else now)
                sent += 1
            due = started + sent / rate - now if rate and self.idle else 0.05
            for key, _ in self.selector.select(max(0.0, min(due, 0.05))):
                self._receive(key.fileobj)
        self.seconds = time.perf_counter() - started
        while self.began:
            for key, _ in self.selector.select(5):
                self._receive(key.fileobj)

    def _send(self, connection: socket.socket, due: float) -> None:
        self.began[connection] = due
        connection.sendall(self._link() if self.task["method"] == "GET" else self._order())

    def _link(self) -> bytes:
        head = f"GET {self.task['path']}?subId1={self.number} HTTP/1.1\r\nHost: 127.0.0.1\r\n{self.task['headers']}\r\n"
        self.number += 1
        return head.encode()

    def _order(self) -> bytes:
        body = json.dumps(one_line_order(self.number, self.task["when"])).encode()
        head = (
            f"POST {self.task['path']} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
            f"{self.task['headers']}Idempotency-Key: key-{self.number}\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        self.number += 1
        return head.encode() + body

    def _receive(self, connection: Any) -> None:
        answer = connection.recv(65_536)
        while b"\r\n\r\n" not in answer:
            answer += _more(connection)
        head, _, body = answer.partition(b"\r\n\r\n")
        length = int(next(line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))[15:])
        while len(body) < length:
            body += _more(connection)
        self.latencies.append(time.perf_counter() - self.began.pop(connection))
        status = head.split(b" ", 2)[1].decode()
        if status not in ("200", "302"):
            self.refused[status] = self.refused.get(status, 0) + 1
        if b"connection: close" in head.lower():
            self.selector.unregister(connection)
            connection.close()
            self._connect()
        else:
            self.idle.append(connection)


def _more(connection: socket.socket) -> bytes:
    found = connection.recv(65_536)
    if not found:
        sys.exit("the server closed the connection")
    return found


def main() -> None:
    sender = Sender(json.load(sys.stdin))
    sender.run()
    json.dump({"Seconds": sender.seconds, "Latencies": sender.latencies, "Refused": sender.refused}, sys.stdout)


if __name__ == "__main__":
    main()
