"""The system account that PostgreSQL and Valkey run as where root starts them: PostgreSQL refuses to run as root.

It is of its own, and not `nobody`: other programs that run as that user could read the data and end the servers.
"""

import grp
import os
import pwd
import shutil
import subprocess
import sys
import time

from servers.embedded.places import ACCOUNT, EmbeddedError

LOCKED_FOR = 5.0  # seconds in which another program may hold the lock on /etc/passwd
PATH = f"{os.environ.get('PATH', os.defpath)}:/usr/sbin:/sbin"  # the PATH of a user who became root may lack these


def have_account() -> None:
    """Create the account where root starts the servers and it is missing, and log one line. Raises EmbeddedError with
    what to do where it cannot be created.
    """
    if os.geteuid() != 0 or _is_there():
        return
    useradd = shutil.which("useradd", path=PATH)
    if useradd is None:
        raise EmbeddedError(
            f"PostgreSQL does not run as root, and useradd was not found to create the system account {ACCOUNT}: "
            f"create a user and a group of that name without a log-in, or start as an ordinary user"
        )
    command = [
        useradd, "--system", "--no-create-home", "--home-dir", "/nonexistent", "--shell",
        shutil.which("nologin", path=PATH) or "/bin/false", "--comment", "PostgreSQL and Valkey of Brandboard",
        *(["--gid", ACCOUNT] if _has_group() else ["--user-group"]), ACCOUNT,
    ]  # fmt: skip
    end = time.monotonic() + LOCKED_FOR
    while True:
        answer = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True)
        if _is_there():  # made by us, or by another command in the same moment
            if answer.returncode == 0:
                print(f"created the system account {ACCOUNT}, which PostgreSQL and Valkey run as", file=sys.stderr)
            return
        if time.monotonic() > end:
            why = (answer.stderr.strip() or "no message").splitlines()[-1]
            raise EmbeddedError(f"cannot create the system account {ACCOUNT} ({why}): create it, or start as a user")
        time.sleep(0.2)


def _is_there() -> bool:
    try:
        pwd.getpwnam(ACCOUNT)
    except KeyError:
        return False
    if not _has_group():
        raise EmbeddedError(f"the account {ACCOUNT} has no group of its own: create a group {ACCOUNT}")
    return True


def _has_group() -> bool:
    try:
        grp.getgrnam(ACCOUNT)
    except KeyError:
        return False
    return True
