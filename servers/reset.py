"""`make reset`: returns to the state before the first start. Removes only our files in the home."""

import fcntl
import os
import shutil
import sys

from servers.embedded.places import EmbeddedError, place_of
from servers.embedded.supervisor import lock
from servers.home import OF_SERVERS, OWN, home


def main() -> int:
    """Remove the data of this home. Exit status 1 with one line while anything of it runs."""
    folder = home()
    if os.environ.get("DATABASE_URL"):
        print("DATABASE_URL is set: that database is not touched", file=sys.stderr)
    if not folder.is_dir():
        return 0
    try:
        place = place_of(folder)
    except EmbeddedError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    locks = [
        lock(folder / name, fcntl.LOCK_EX | fcntl.LOCK_NB) for name in ("run.lock", "postgres.users", "valkey.users")
    ]
    if None in locks:
        print(f"error: Brandboard runs on {folder}; stop it first", file=sys.stderr)
        return 1
    for mark in folder.glob("elsewhere-*"):
        mark.unlink()
    for base in {folder, place.data}:
        for name in (*OWN, *OF_SERVERS):
            path = base / name
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            else:
                path.unlink(missing_ok=True)
        if base.is_dir() and not any(base.iterdir()):
            base.rmdir()
    shutil.rmtree(place.sockets, ignore_errors=True)
    print(f"removed the data of {folder}", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
