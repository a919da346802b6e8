"""Supervising processes: what ends is started again, what hangs is killed first, and nothing outlives its parent."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import IO

from common.observability import log_files
from servers.embedded.child_processes import dies_with_parent
from servers.home import PROJECT
from servers.supervision import liveness

SILENCE = 30.0  # seconds without a heartbeat after which a process is killed
UNTIL_FIRST = 120.0  # the same for one that was just started, and still loads
SOONEST = 2.0  # seconds after a start in which the same process is not started again
LOOK_AT_LOGS_EVERY = 2.0


class Watch:
    """Receives the heartbeats of all processes that were started with `variables`, and of their children."""

    def __init__(self, silence: float) -> None:
        self.silence = silence
        self._heard: dict[int, float] = {}
        self._rest = b""
        self._ours, self.theirs = os.pipe()
        for end in (self._ours, self.theirs):
            os.set_blocking(end, False)  # neither side ever waits for the other

    def expect(self, pid: int) -> None:
        """A process was started; its first heartbeat may take longer."""
        self._heard[pid] = time.monotonic() + max(UNTIL_FIRST - self.silence, 0)

    def silent(self) -> list[int]:
        """The processes without a heartbeat for too long; each is named once."""
        self._listen()
        now = time.monotonic()
        found = [pid for pid, heard in self._heard.items() if now - heard > self.silence]
        for pid in found:
            del self._heard[pid]
        return found

    def _listen(self) -> None:
        now = time.monotonic()
        with contextlib.suppress(BlockingIOError):
            while data := os.read(self._ours, 65_536):
                *numbers, self._rest = (self._rest + data).split(b"\n")
                for number in numbers:
                    self._heard[int(number)] = now

    def close(self) -> None:
        os.close(self._ours)
        os.close(self.theirs)


class Process(subprocess.Popen[bytes]):
    """A process that leads a group of its own, and how to restart it."""

    def __init__(self, words: Sequence[str], stdin: int, output: IO[bytes] | None, variables: dict[str, str],
                 files: Sequence[int]) -> None:  # fmt: skip
        self.born = time.monotonic()
        super().__init__(
            [sys.executable, *words],
            cwd=PROJECT,
            stdin=stdin,
            stdout=output,
            stderr=output,
            env={**os.environ, **variables},
            pass_fds=files,
            start_new_session=True,  # a Ctrl-C in the terminal reaches us alone: we end them in order
            preexec_fn=dies_with_parent(signal.SIGTERM),
        )

    def has_ended(self) -> bool:
        """Tell whether it has ended; if so, end what is left of its group, before its number is reused."""
        if self.returncode is not None:
            return True
        if sys.platform == "linux":
            if os.waitid(os.P_PID, self.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None:
                return False
        elif self.poll() is None:
            return False
        self.kill_group()
        self.wait()
        return True

    def kill_group(self) -> None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, signal.SIGKILL)


class Supervisor:
    """Named processes, the output of each in `<name>.log` of a folder, or to our own output."""

    def __init__(self, logs: Path | None = None) -> None:
        self.logs = logs
        self.processes: dict[str, Process] = {}
        self._starts: dict[str, tuple[list[str], tuple[int, ...]]] = {}
        self._watch = Watch(float(os.environ.get("SILENT_SECONDS") or SILENCE))
        self._looked_at_logs = 0.0

    def start(self, name: str, words: list[str], *, files: tuple[int, ...] = (), held: bool = False) -> None:
        """Start `python WORDS`, which inherits `files`. On hold, it reads a pipe of ours as its standard input."""
        self._starts[name] = (words, files)
        variables = {liveness.VARIABLE: str(self._watch.theirs)}
        with contextlib.ExitStack() as opened:
            output = None
            if self.logs is not None:
                variables[log_files.VARIABLE] = str(self.log(name))
                output = opened.enter_context(self.log(name).open("ab"))
            stdin = subprocess.PIPE if held else subprocess.DEVNULL
            process = Process(words, stdin, output, variables, (self._watch.theirs, *files))
        self.processes[name] = process
        self._watch.expect(process.pid)

    def start_again_as(self, name: str, words: list[str]) -> None:
        """Start a process with other words should it end."""
        self._starts[name] = (words, self._starts[name][1])

    def look_after(self) -> None:
        """Kill what hangs and restart what has ended, as often as needed: a full disk may have space again. Never
        raises where a process does not start.
        """
        for pid in self._watch.silent():
            self._kill(pid)
        for name, process in self.processes.items():
            if process.has_ended() and time.monotonic() - process.born >= SOONEST:
                say(f"{name} ended with {process.returncode}; starting it again")
                words, files = self._starts[name]
                with contextlib.suppress(OSError):
                    self.start(name, words, files=files)
        self._put_logs_aside()

    def ended(self) -> list[str]:
        """The names of those that have ended by themselves."""
        return [name for name, process in self.processes.items() if process.has_ended()]

    def stop(self) -> None:
        """End every process and its children: asked first, killed after 20 seconds."""
        for process in self.processes.values():
            process.terminate()
        end = time.monotonic() + 20
        while time.monotonic() < end and not all(process.has_ended() for process in self.processes.values()):
            time.sleep(0.05)
        for process in self.processes.values():
            if not process.has_ended():
                process.kill_group()
                process.wait()
        self.processes.clear()

    def log(self, name: str) -> Path:
        assert self.logs is not None
        return self.logs / f"{name}.log"

    def _kill(self, pid: int) -> None:
        leaders = {process.pid: name for name, process in self.processes.items() if not process.has_ended()}
        try:
            leader = os.getpgid(pid)
        except ProcessLookupError:
            return  # it has ended since, as processes do
        if leader not in leaders:
            return
        say(f"{leaders[leader]}: process {pid} has not responded for {self._watch.silence:.0f} s and is killed")
        with contextlib.suppress(ProcessLookupError):
            if pid == leader:
                os.killpg(pid, signal.SIGKILL)
            else:
                os.kill(pid, signal.SIGKILL)

    def _put_logs_aside(self) -> None:
        if self.logs is None or time.monotonic() - self._looked_at_logs < LOOK_AT_LOGS_EVERY:
            return
        self._looked_at_logs = time.monotonic()
        for log in self.logs.glob("*.log"):
            with contextlib.suppress(OSError):
                if log.stem in self.processes:
                    log_files.rotate(log)
                else:  # of PostgreSQL and Valkey, which cannot follow
                    log_files.copy_aside(log)


def say(words: str) -> None:
    with contextlib.suppress(OSError):  # of a log or a terminal's file on a full disk
        print(words, file=sys.stderr, flush=True)
