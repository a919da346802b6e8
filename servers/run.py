"""`make run`: servers, migrations, web, worker, beat, the demonstration on first start; nothing left at the end."""

import contextlib
import fcntl
import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from typing import IO

from servers import embedded
from servers.embedded.child_processes import dies_with_parent, told_to_stop
from servers.home import PROJECT
from servers.supervision.processes import HOST, PROCESSES
from servers.supervision.supervisor import Supervisor
from servers.web.listener import listen

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Stopped(BaseException):
    """We were told to end."""


class CannotRun(Exception):
    """Says in one line what prevents the start."""


class Product:
    """The running processes of one home. The port is ours: connections wait there while no web process runs."""

    def __init__(self, home: Path, port: int) -> None:
        self.home, self.port = home, port
        (home / "log").mkdir(exist_ok=True)
        self.supervisor = Supervisor(home / "log")
        self.is_up = False
        try:
            self._listener = listen(HOST, port)
        except OSError:
            taken = f"port {port} is taken or not allowed; choose another: PORT=8001 make run"
            raise CannotRun(taken) from None

    def start(self, name: str, *, held: bool = False) -> None:
        """Start a process, its output in log/<name>.log. The web process can be started on hold: then it only loads."""
        number = self._listener.fileno()
        extra = {
            "web": ["--port", str(self.port), "--listener", str(number)],
            "worker": [],
            "files": [],
            "beat": ["--schedule", str(self.home / "beat")],
        }
        module, *arguments = PROCESSES[name]
        words = ["-m", module, *arguments, *extra[name]]
        files = (number,) if name == "web" else ()
        self.supervisor.start(name, [*words, "--held"] if held else words, files=files, held=held)
        if held:  # one that is started again is not
            self.supervisor.start_again_as(name, words)

    def let_serve(self) -> None:
        """Let the web process on hold serve. One that has ended meanwhile is found by `look_after`."""
        pipe = self.supervisor.processes["web"].stdin
        assert pipe is not None
        with contextlib.suppress(BrokenPipeError), pipe:
            pipe.write(b"serve\n")

    def manage(self, *command: str, answer: bool = False) -> str:
        """Run a command of manage.py to its end and return what it wrote, if asked for; else it writes for itself."""
        process = subprocess.Popen(
            [sys.executable, "manage.py", *command],
            cwd=PROJECT,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE if answer else None,
            start_new_session=True,
            preexec_fn=dies_with_parent(signal.SIGTERM),
        )
        try:
            output = (process.communicate()[0] or b"").decode()
        except BaseException:
            process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(20)
            process.kill()
            process.wait()
            raise
        if process.returncode:
            raise CannotRun  # the command has printed why
        return output

    def wait_for_web(self) -> None:
        """Return when the web server answers."""
        while True:
            self.look_after()
            try:
                with urllib.request.urlopen(f"http://{HOST}:{self.port}/healthz", timeout=1):
                    self.is_up = True
                    return
            except OSError:
                time.sleep(0.02)

    def look_after(self) -> None:
        """Restart what ended by itself or hangs, supervisors of servers too, unless it cannot start at all; end when
        make was told to. A process that ends before we are up ends us. Later it is restarted for as long as it takes.
        """
        if told_to_stop():
            raise Stopped
        embedded.supervise_until_ended()
        if not self.is_up:
            for name in self.supervisor.ended():
                log = self.supervisor.log(name)
                lines = log.read_text(errors="replace").splitlines() or ["no message"]
                raise CannotRun(f"{name} does not start: {lines[-1]} ({log})")
        self.supervisor.look_after()

    def stop(self) -> None:
        """End every process and its children, and release the port."""
        self._listener.close()
        self.supervisor.stop()


def main() -> int:
    """Run until told to stop. Exit status 0 then, 1 with one line on standard error if the start fails."""
    for number in SIGNALS:
        if signal.getsignal(number) != signal.SIG_IGN:  # respect nohup
            signal.signal(number, _stop_once)
    product = None
    try:
        port = _port(os.environ.get("PORT") or "8000")
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
    is_first = json.loads(product.manage("prepare", answer=True))["FirstStart"]
    product.let_serve()
    product.wait_for_web()
    for name in ("worker", "files", "beat"):  # after the web, so that the first page waits for one process only
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


def _port(text: str) -> int:
    if not text.isdecimal() or not 0 < int(text) < 65536:
        raise CannotRun(f"PORT={text} is not a port")
    return int(text)


def _lock(file: IO[str], home: Path) -> None:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise CannotRun(
            f"Brandboard is already running on {home}; for another home: BRANDBOARD_HOME=… PORT=… make run"
        ) from None


if __name__ == "__main__":
    sys.exit(main())
