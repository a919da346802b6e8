"""Heartbeats: every few seconds a process writes its number to a pipe that its supervisor reads. The supervisor's end
of the pipe closes with the supervisor, so a process also notices here that it is orphaned.
"""

import contextlib
import os
import signal
import sys
import threading
import time
from collections.abc import Callable

from common.observability import log_files
from servers.embedded.child_processes import dies_with_parent

VARIABLE = "BRANDBOARD_ALIVE"  # the number of the pipe's end that processes write to
EVERY = 2.0  # seconds between two beats
SECONDS_TO_END = 15.0  # for an orphaned process; then it is killed


def beat() -> None:
    """Report that this process is alive, and reopen a rotated log file. Without a supervisor, do nothing."""
    log_files.follow()
    pipe = os.environ.get(VARIABLE)
    if not pipe:
        return
    try:
        os.write(int(pipe), b"%d\n" % os.getpid())
    except BrokenPipeError:
        _end_alone()
    except OSError:
        pass  # full: the supervisor is slow, and will read what is there


def beat_from_thread(is_well: Callable[[], bool] = lambda: True) -> None:
    """Beat from a thread while `is_well` holds: for processes without a loop of their own."""

    def beat_for_ever() -> None:
        while True:
            if is_well():
                beat()
            time.sleep(EVERY)

    threading.Thread(target=beat_for_ever, name="liveness", daemon=True).start()


def end_forks_with_us() -> None:
    """Make every process that is forked from this one end with it, and report to the supervisor from the start.

    Linux only; elsewhere `beat` finds that the supervisor is gone.
    """
    ask_the_kernel: Callable[[], None] | None = None

    def before_fork() -> None:
        nonlocal ask_the_kernel
        ask_the_kernel = dies_with_parent(signal.SIGKILL)  # whose parent is the process that forks now

    def after_fork() -> None:
        if ask_the_kernel is not None:
            ask_the_kernel()
        beat()

    os.register_at_fork(before=before_fork, after_in_child=after_fork)


_is_ending = False


def _end_alone() -> None:
    global _is_ending
    if _is_ending:
        return
    _is_ending = True
    with contextlib.suppress(OSError, ValueError):
        print("the supervisor is gone: this process ends", file=sys.stderr, flush=True)
    timer = threading.Timer(SECONDS_TO_END, os.kill, (os.getpid(), signal.SIGKILL))
    timer.daemon = True
    timer.start()
    os.kill(os.getpid(), signal.SIGTERM)
