"""`make run`: servers, migrations, web, worker, beat, the demonstration on first start; nothing left at the end."""

import contextlib
import fcntl
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from typing import IO

from config import embedded, stamp
from config.embedded.processes import dies_with_parent, told_to_stop
from config.home import PROJECT

HOST = "127.0.0.1"
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
LOG_LIMIT = 10_000_000  # bytes after which a log file is put aside at the next start
SOONEST = 2.0  # seconds after a start in which the same process is not started again
WEB_WORKERS = str(min(4, os.cpu_count() or 1))
WORKER = (
    "-A", "config", "worker", "--concurrency", "2", "--loglevel", "WARNING", "--without-gossip", "--without-mingle",
    "--without-heartbeat",
)  # fmt: skip
PROCESSES = {
    "web": ["config.web", "--interface", "wsgi", "--host", HOST, "--workers", WEB_WORKERS, "--blocking-threads", "8",
            "--respawn-failed-workers", "--no-ws", "config.wsgi:application"],
    "worker": ["celery", *WORKER, "-Q", "pricing"],
    "files": ["celery", *WORKER, "-Q", "files"],
    "beat": ["celery", "-A", "config", "beat", "--loglevel", "WARNING", "--pidfile="],
}  # fmt: skip


class Stopped(BaseException):
    """Somebody asked us to end."""


class CannotRun(Exception):
    """Says in one line what is in the way."""


class Product:
    """The running processes of one home."""

    def __init__(self, home: Path, port: int) -> None:
        self.home, self.port = home, port
        self.processes: dict[str, subprocess.Popen[bytes]] = {}
        self.started: dict[str, float] = {}
        self.is_up = False
        (home / "log").mkdir(exist_ok=True)

    def start(self, name: str, *, held: bool = False) -> None:
        """Start a process in its own group, its output in log/<name>.log. The web can be held: then it only loads."""
        log = self.log(name)
        if log.exists() and log.stat().st_size > LOG_LIMIT:
            log.rename(log.with_suffix(".log.1"))
        extra = {
            "web": ["--port", str(self.port)],
            "worker": ["--hostname", "pricing@%h"],
            "files": ["--hostname", "files@%h"],
            "beat": ["--schedule", str(self.home / "beat")],
        }
        module, *arguments = PROCESSES[name]
        hold, stdin = (["--held"], subprocess.PIPE) if held else ([], subprocess.DEVNULL)
        with log.open("a") as output:
            self._start(name, ["-m", module, *hold, *arguments, *extra[name]], output, output, stdin)

    def let_serve(self) -> None:
        """Tell the web that was held to serve. One that has ended meanwhile is found by `look_after`."""
        pipe = self.processes["web"].stdin
        assert pipe is not None
        with contextlib.suppress(BrokenPipeError), pipe:
            pipe.write(b"serve\n")

    def manage(self, *command: str, answer: bool = False) -> str:
        """Run a command of manage.py to its end and return what it wrote, if asked for; else it writes for itself."""
        self._start(command[0], ["manage.py", *command], subprocess.PIPE if answer else None, None)
        process = self.processes[command[0]]
        output = (process.communicate()[0] or b"").decode()
        del self.processes[command[0]]
        if process.returncode:
            raise CannotRun  # the command has said why
        return output

    def wait_for_web(self) -> None:
        """Return when the web server answers."""
        while True:
            self.look_after()
            try:
                with urllib.request.urlopen(f"http://{HOST}:{self.port}/healthz", timeout=5):
                    self.is_up = True
                    return
            except OSError:
                time.sleep(0.02)

    def look_after(self) -> None:
        """Start again what ended by itself, keepers too, unless it cannot even start; end when make was told to.

        What ends before we are up ends us. Later it is tried for as long as it takes: a full disk may have space again.
        """
        if told_to_stop():
            raise Stopped
        embedded.tend()
        for name, process in list(self.processes.items()):
            if process.poll() is None:
                continue
            lived = time.monotonic() - self.started[name]
            if not self.is_up:
                lines = self.log(name).read_text(errors="replace").splitlines() or ["no message"]
                raise CannotRun(f"{name} does not start: {lines[-1]} ({self.log(name)})")
            if lived < SOONEST:
                continue  # what cannot stay up is not started in a tight loop
            with contextlib.suppress(OSError):  # of a log or a terminal's file on a full disk
                print(f"{name} ended with {process.returncode}; starting it again", file=sys.stderr, flush=True)
            with contextlib.suppress(OSError):
                self.start(name)

    def stop(self) -> None:
        """End every process and its children: asked first, killed after 20 seconds."""
        for process in self.processes.values():
            process.terminate()
        end = time.monotonic() + 20
        while time.monotonic() < end and any(process.poll() is None for process in self.processes.values()):
            time.sleep(0.05)
        for process in self.processes.values():
            try:
                os.killpg(process.pid, signal.SIGKILL)
            except ProcessLookupError:
                continue
            process.wait()

    def log(self, name: str) -> Path:
        return self.home / "log" / f"{name}.log"

    def _start(
        self,
        name: str,
        arguments: list[str],
        stdout: int | IO[str] | None,
        stderr: IO[str] | None,
        stdin: int = subprocess.DEVNULL,
    ) -> None:
        self.started[name] = time.monotonic()
        self.processes[name] = subprocess.Popen(
            [sys.executable, *arguments],
            cwd=PROJECT,
            stdin=stdin,
            stdout=stdout,
            stderr=stderr,
            start_new_session=True,  # a Ctrl-C in the terminal reaches us alone: we end them in order
            preexec_fn=dies_with_parent(signal.SIGTERM),
        )


def main() -> int:
    """Run until told to stop. Exit status 0 then, 1 with one line on standard error when something is in the way."""
    for number in SIGNALS:
        if signal.getsignal(number) != signal.SIG_IGN:  # nohup means it
            signal.signal(number, _stop_once)
    product = None
    try:
        port = _free_port(os.environ.get("PORT") or "8000")
        home = embedded.open_home()
        only_one = (home / "run.lock").open("a+")
        _lock(only_one, home)
        product = Product(home, port)
        _run(product)
    except Stopped:
        print("\nStopping …", file=sys.stderr, flush=True)
    except (CannotRun, embedded.EmbeddedError, OSError) as error:
        if str(error):
            print(f"error: {error}", file=sys.stderr, flush=True)
        return 1
    finally:
        for number in SIGNALS:
            signal.signal(number, signal.SIG_IGN)
        if product is not None:
            product.stop()
        embedded.leave()
    return 0


def _run(product: Product) -> None:
    product.start("web", held=True)  # it loads while the servers start
    embedded.attach()
    for name, variable in embedded.VARIABLES.items():
        os.environ.setdefault(variable, embedded.url(name))
    is_first = False
    if not stamp.is_current(os.environ["DATABASE_URL"]):
        is_first = json.loads(product.manage("prepare", answer=True))["FirstStart"]
    product.let_serve()
    product.wait_for_web()
    for name in ("worker", "files", "beat"):  # after the web: whoever waits for a page waits for one process
        product.start(name)
    if is_first:
        product.manage("demo", answer=True)  # the log-in goes to standard error, its JSON is for programs
    print(
        f"Brandboard runs at http://localhost:{product.port}/ (data and logs: {product.home}; Ctrl-C ends it)",
        flush=True,
    )
    while True:
        product.look_after()
        time.sleep(0.2)


def _stop_once(number: int, frame: object) -> None:
    for other in SIGNALS:
        signal.signal(other, signal.SIG_IGN)
    raise Stopped


def _free_port(text: str) -> int:
    if not text.isdecimal() or not 0 < int(text) < 65536:
        raise CannotRun(f"PORT={text} is not a port")
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, int(text)))
        except OSError:
            raise CannotRun(f"port {text} is taken or not allowed; choose another: PORT=8001 make run") from None
    return int(text)


def _lock(file: IO[str], home: Path) -> None:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise CannotRun(f"Brandboard runs already on {home}; another home: BRANDBOARD_HOME=… PORT=… make run") from None


if __name__ == "__main__":
    sys.exit(main())
