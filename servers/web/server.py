"""granian with one listening socket for all processes, and with our limits."""

import socket
from functools import partial
from typing import Any

from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.net import SocketHolder
from granian.server.mp import MPServer

from servers.web import limits
from servers.web.balance import Answers, Balance


class WebServer(MPServer):
    """Granian's processes, all of which accept connections from one queue. With a socket for each, granian's default,
    the kernel gives every process its share of new connections, even a hanging one. From one queue the others accept
    them.
    """

    def __init__(self, application: str, listener: socket.socket, workers: int) -> None:
        address, port = listener.getsockname()[:2]
        super().__init__(
            application,
            address=address,
            port=port,
            interface=Interfaces.RSGI,
            workers=workers,
            http=HTTPModes.http1,
            websockets=False,
            backlog=limits.BACKLOG,
            backpressure=limits.CONNECTIONS,
            http1_settings=HTTP1Settings(
                header_read_timeout=limits.HEADER_SECONDS * 1000, max_buffer_size=limits.HEADER_BYTES
            ),
            respawn_failed_workers=True,
            workers_kill_timeout=15,
        )
        self._listener = listener
        self._answers = Answers(workers)

    def _init_shared_socket(self) -> None:
        number = self._listener.fileno()
        holder: Any = SocketHolder
        self._ssp, self._shd, self._sfd = None, holder(number, False, limits.BACKLOG), number  # type: ignore[assignment]
        self._sso = self._listener

    def _spawn_worker(self, idx: int, target: Any, callback_loader: Any) -> Any:  # type: ignore[override]
        return super()._spawn_worker(idx, target, partial(callback_loader, self.target, Balance(self._answers, idx)))

    def run(self) -> None:
        """Serve until told to stop."""
        self.serve(target_loader=load_application, wrap_loader=False)


def load_application(target: str, balance: Balance) -> Any:
    """Import `module:name`, and put the gateway before it."""
    from granian._internal import load_target  # noqa: PLC0415

    from servers.web.gateway import Gateway  # noqa: PLC0415 (it needs the settings)

    application: Any = load_target(target)
    return Gateway(application, balance)
