"""`python -m servers.supervision web|worker|files|beat [OPTIONS]`: one kind of process, supervised, for an init system.

Without this supervisor a hanging process is not found. Its output goes to ours.
"""

import signal
import sys
import time
from types import FrameType

from servers.supervision.processes import PROCESSES
from servers.supervision.supervisor import Supervisor


class Stopped(BaseException):
    """We were told to end."""


def main(arguments: list[str]) -> int:
    if not arguments or arguments[0] not in PROCESSES:
        print(f"error: give one of {', '.join(PROCESSES)}, then its own options", file=sys.stderr)
        return 2
    name, *options = arguments
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _stop)
    supervisor = Supervisor()
    try:
        supervisor.start(name, ["-m", *PROCESSES[name], *options])
        while True:
            supervisor.look_after()
            time.sleep(0.2)
    except Stopped:
        return 0
    finally:
        supervisor.stop()


def _stop(number: int, frame: FrameType | None) -> None:
    for other in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(other, signal.SIG_IGN)
    raise Stopped


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
