"""The web processes of `make run`: the product is loaded once, and granian forks its workers from the loaded process.
With --held nothing is served before a line arrives on standard input, so that loading runs while the servers start and
are checked.
"""

import argparse
import gc
import multiprocessing
import os
import signal
import socket
import sys

from servers.supervision import liveness
from servers.web.listener import have_enough_files, listen
from servers.web.loading import load, read_manifest

PRODUCT = "config.wsgi:application"
ENDING = (signal.SIGTERM, signal.SIGINT)


def main(arguments: list[str]) -> int:
    """Serve until told to stop; exit status 1 where the parent process is gone."""
    parser = argparse.ArgumentParser(prog="python -m servers.web", description="Serve the product over HTTP.")
    parser.add_argument("application", nargs="?", default=PRODUCT, help="a WSGI application (%(default)s)")
    parser.add_argument("--host", default="127.0.0.1", help="the address to listen on (%(default)s)")
    parser.add_argument("--port", type=int, default=8000, help="(%(default)s)")
    parser.add_argument("--workers", type=int, default=1, help="processes (%(default)s)")
    parser.add_argument("--listener", type=int, help="the number of an open file that listens already")
    parser.add_argument("--held", action="store_true", help="only load until a line comes on standard input")
    options = parser.parse_args(arguments)

    liveness.beat_from_thread()
    if sys.platform == "linux":
        multiprocessing.set_start_method("fork")  # from Python 3.14 on it must be set explicitly
    if multiprocessing.get_start_method() == "fork":
        if options.application == PRODUCT:
            gc.disable()  # a twentieth of the loading time is spent collecting objects that stay for ever
            load()
            gc.freeze()  # the workers share these memory pages until one writes to them
            gc.enable()
        os.register_at_fork(before=_hold_signals, after_in_parent=_release_signals, after_in_child=_end_when_told)
        liveness.end_forks_with_us()
    from servers.web.server import WebServer  # noqa: PLC0415 (granian: its share of the loading)

    have_enough_files()
    if options.held:
        if not sys.stdin.readline():
            return 1
        read_manifest()
    if options.listener is None:
        listener = listen(options.host, options.port)
    else:
        listener = socket.socket(fileno=options.listener)
    WebServer(options.application, listener, options.workers).run()
    return 0


def _hold_signals() -> None:
    signal.pthread_sigmask(signal.SIG_BLOCK, ENDING)


def _release_signals() -> None:
    signal.pthread_sigmask(signal.SIG_UNBLOCK, ENDING)


def _end_when_told() -> None:
    # A new worker still has the handlers of its parent, which do nothing there: it would ignore a signal to end.
    for number in ENDING:
        signal.signal(number, signal.SIG_DFL)
    _release_signals()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
