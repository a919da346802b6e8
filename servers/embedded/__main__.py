"""`python -m servers.embedded` runs both servers until stopped; with a server's name it is that server's supervisor."""

import signal
import sys
import time

from servers import embedded
from servers.embedded.supervisor import keep, servers_of


def main(arguments: list[str]) -> int:
    try:
        if arguments:
            keep(servers_of(embedded.open_home())[arguments[0]])
            return 0
        embedded.attach()
    except (embedded.EmbeddedError, OSError) as error:
        print(f"error: {error}", file=sys.stderr, flush=True)
        return 1
    for name, variable in embedded.VARIABLES.items():
        print(f"{variable}={embedded.url(name)}", flush=True)
    # A handler, not the default: the last user waits for the end of the servers.
    told: list[int] = []
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda number, frame: told.append(number))
    while not told:
        embedded.supervise_until_ended()
        time.sleep(0.2)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
