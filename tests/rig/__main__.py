"""The kill rig: orders come in by API while workers, servers and the queue die; then the ledger is verified.

`python -m tests.rig --orders 20000 --kills 30` runs the product in a home of its own and prints what happened as one
line of JSON. Exit status 1 with the reason where an order was lost, doubled, wrongly paid or late.
"""

import argparse
import json
import os
import random
import shutil
import sys
import tempfile
import time
from dataclasses import asdict
from pathlib import Path


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--orders", type=int, default=20_000)
    parser.add_argument("--kills", type=int, default=30, help="of workers; each server is killed once besides")
    parser.add_argument("--seed", type=int, default=None, help="of the moments; printed with the result")
    parser.add_argument("--pace", type=float, default=1.5, help="seconds between two faults, on average")
    options = parser.parse_args()
    seed = options.seed if options.seed is not None else random.SystemRandom().randrange(1_000_000)

    home = Path(tempfile.mkdtemp(prefix="brandboard-rig-"))
    home.chmod(0o711)
    for name in ("DATABASE_URL", "REDIS_URL", "BRANDBOARD_TEST_HOME", "PYTEST_XDIST_WORKER"):
        os.environ.pop(name, None)
    os.environ |= {
        "BRANDBOARD_HOME": str(home),
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "API_REQUESTS_PER_MINUTE": "1000000",  # one token sends as fast as it is answered
    }

    from tests.rig.stage import Stage  # noqa: PLC0415 (settings read the home when they are imported)

    stage = Stage(home)
    try:
        stage.set(options.orders)
        from tests.rig.play import play  # noqa: PLC0415 (models need Django to be set up)

        started = time.monotonic()
        outcome = play(stage, orders=options.orders, kills=options.kills, pace=options.pace, draw=random.Random(seed))
        print(
            json.dumps({"Seed": seed, **asdict(outcome), "seconds": round(time.monotonic() - started, 1)}), flush=True
        )
        return 0
    except AssertionError as reason:
        print(f"seed {seed}: {reason}", file=sys.stderr)
        print(stage.last_output(), file=sys.stderr)
        return 1
    finally:
        stage.strike()
        shutil.rmtree(home, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
