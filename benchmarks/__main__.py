"""All benchmarks, one after the other: at small sizes, or with `--full` at those of docs/benchmarks.md.

Names of benchmarks run only those; `--write FILE` has each write its section of the page of results.
"""

import argparse
import subprocess
import sys

from benchmarks.setting.home import say
from benchmarks.setting.page import ORDER

FULL = {
    "intake": ["--rows", "480000"],
    "api": ["--seconds", "15", "--rounds", "4"],
    "clicks": ["--seconds", "15", "--rounds", "4", "--stored", "10000000"],
    "pricing": ["--conversions", "40000"],
    "reports": ["--actions", "100000", "1000000", "10000000"],
    "customers": ["--customers", "1000000", "--orders", "5000000"],
    "pages": ["--full"],
    "start": ["--runs", "5"],
}
SMALL = {"decisions": ["--sizes", "10", "100", "1000"]}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"which of: {', '.join(ORDER)}")
    parser.add_argument("--full", action="store_true", help="the sizes of docs/benchmarks.md: about an hour")
    parser.add_argument("--write", metavar="FILE", help="write the sections of the page of results")
    options = parser.parse_args()
    failed = 0
    for name in options.names or ORDER:
        say(f"\n{name}")
        sizes = (FULL if options.full else SMALL).get(name, [])
        write = ["--write", options.write] if options.write else []
        failed |= subprocess.run([sys.executable, "-m", f"benchmarks.{name}", *sizes, *write]).returncode
    return failed


if __name__ == "__main__":
    sys.exit(main())
