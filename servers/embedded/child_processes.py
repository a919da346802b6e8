"""Starting a server so that it cannot outlive us, and telling whether a process is really one of ours."""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

PR_SET_PDEATHSIG = 1


def dies_with_parent(number: int) -> Callable[[], None] | None:
    """Return what a child runs before its program so that the kernel signals it when its parent is gone.

    Linux only; elsewhere the next start finds and stops what was left behind.
    """
    if not sys.platform.startswith("linux"):
        return None
    # Loaded here, in the parent: between fork and exec nothing may be imported.
    prctl = ctypes.CDLL(None, use_errno=True).prctl
    parent = os.getpid()

    def ask_the_kernel() -> None:
        prctl(PR_SET_PDEATHSIG, number, 0, 0, 0)
        if os.getppid() != parent:
            os.kill(os.getpid(), number)

    return ask_the_kernel


def command_line(pid: int) -> str:
    """Return the command line of a process, empty where there is none. Never raises for a pid that is gone."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except OSError:
        if Path("/proc/self").exists():
            return ""
    answer = subprocess.run(["ps", "-o", "command=", "-p", str(pid)], capture_output=True, text=True)
    return answer.stdout.strip()


def read_pid(path: Path) -> int | None:
    """Return the process id in the first line of a pid file, or None."""
    try:
        return int(path.read_text().split("\n")[0])
    except (OSError, ValueError):
        return None


def working_in(folder: Path) -> list[int]:
    """Return the processes whose working directory is a folder. Linux only; elsewhere none are seen."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if (process / "cwd").readlink() == folder:
                found.append(int(process.name))
        except OSError:
            continue  # gone, or another user's
    return found


def end_all(pids: Callable[[], list[int]], number: int, seconds: float = 5.0) -> None:
    """Signal processes and wait for their end; kill those that do not end."""
    for attempt in (number, signal.SIGKILL):
        for pid in pids():
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, attempt)
        end = time.monotonic() + seconds
        while pids() and time.monotonic() < end:
            time.sleep(0.02)


def stop(pid: int, number: int, seconds: float, is_alive: Callable[[], bool]) -> None:
    """Signal a process and wait for its end; kill it if it does not end."""
    for attempt, patience in ((number, seconds), (signal.SIGKILL, 5.0)):
        try:
            os.kill(pid, attempt)
        except ProcessLookupError:
            return
        end = time.monotonic() + patience
        while time.monotonic() < end:
            if not is_alive():
                return
            time.sleep(0.02)


_MAKE_SIGNALS = sum(1 << (number - 1) for number in (signal.SIGHUP, signal.SIGINT, signal.SIGTERM))


def _caught_by(pid: int) -> int | None:
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return None
    masks = [line.split()[1] for line in lines if line.startswith("SigCgt:")]
    return int(masks[0], 16) & _MAKE_SIGNALS if masks else None


_make = os.getppid() if os.environ.get("MAKELEVEL") else None
_caught_at_first = _caught_by(_make) if _make else None


def told_to_stop() -> bool:
    """Tell whether the make that started us is gone or was told to stop.

    make passes a SIGTERM on to us but keeps a SIGHUP or SIGINT and waits for our end. Its handler then resets the
    signal it caught, which the kernel shows. Linux only; elsewhere a terminal signals all of us at once.
    """
    if _make is None:
        return False
    return os.getppid() != _make or (_caught_at_first is not None and _caught_by(_make) != _caught_at_first)
