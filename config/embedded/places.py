"""Which user runs the servers, and which folders that user can reach.

PostgreSQL refuses to run as root. Root therefore hands both servers to `nobody`; where nobody cannot reach the
project or the home (a clone in /root, say), programs and data are kept under /var/lib/brandboard instead.
"""

import contextlib
import hashlib
import os
import pwd
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

SOCKET_PATH_LIMIT = 100  # sun_path holds 108 bytes on Linux and 104 on macOS


class EmbeddedError(Exception):
    """Says in one line why the embedded servers cannot be had."""


@dataclass(frozen=True)
class Place:
    """The folders of one home, and the user whose servers use them (None: the one who starts them)."""

    home: Path
    data: Path
    sockets: Path
    user: str | None

    @property
    def log(self) -> Path:
        return self.home / "log"

    @property
    def elsewhere(self) -> Path | None:
        """The folder outside the home that `make reset` has to remove as well."""
        return None if self.data == self.home else self.data


def server_user() -> str | None:
    """Return the user to hand the servers to, or None where we are not root."""
    if os.geteuid() != 0:
        return None
    try:
        return pwd.getpwnam("nobody").pw_name
    except KeyError:
        reason = "PostgreSQL does not run as root and there is no user nobody: run as an ordinary user"
        raise EmbeddedError(reason) from None


def place_of(home: Path) -> Place:
    """Return where the servers of a home keep their data. Once a home exists the answer stays, whatever is chmodded."""
    user = server_user()
    name = hashlib.sha256(str(home).encode()).hexdigest()[:12]
    outside = Path("/var/lib/brandboard") / name
    data = home
    if user and not (home / "postgres").exists():
        mark = home / f"elsewhere-{name}"  # a copied home has another number: two homes never meet
        if mark.exists() or not can_reach(home, user):
            data = outside
            if home.is_dir():
                mark.touch()
    sockets = data / "run"
    if len(str(sockets)) + len("/.s.PGSQL.5432.lock") > SOCKET_PATH_LIMIT:
        sockets = Path(tempfile.gettempdir()) / f"brandboard-{name}"
    return Place(home, data, sockets, user)


def can_reach(folder: Path, user: str) -> bool:
    """Tell whether a user gets into a folder, by trying: modes alone do not know of ACLs and mounts."""
    nearest = next(path for path in (folder, *folder.parents) if path.exists())
    command = ["/bin/sh", "-c", 'cd "$1"', "sh", str(nearest)]
    return subprocess.run(command, cwd="/", stderr=subprocess.DEVNULL, **as_user(user)).returncode == 0


def as_user(user: str | None) -> dict[str, Any]:
    """Return the arguments that make subprocess run a program as a user."""
    if user is None:
        return {}
    entry = pwd.getpwnam(user)
    return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}


def own_folder(folder: Path, user: str | None) -> Path:
    """Make a folder that only the servers' user can open (0700)."""
    # Where the keepers of both servers begin at once, one of them makes what both need.
    with contextlib.suppress(FileExistsError):
        folder.parent.mkdir(parents=True)
        folder.parent.chmod(0o711)
    folder.mkdir(mode=0o700, exist_ok=True)
    if folder.is_symlink() or folder.stat().st_uid not in (os.geteuid(), _uid(user)):
        raise EmbeddedError(f"{folder} belongs to someone else")
    os.chown(folder, _uid(user), -1)
    folder.chmod(0o700)
    return folder


def reachable_programs(folder: Path, program: str, place: Place) -> Path:
    """Return a folder of programs that the servers' user can run: the given one, or a copy beside the data."""
    if place.user is None or _runs(folder / program, place.user):
        return folder
    # PostgreSQL finds lib/ and share/ beside bin/; the libraries of a wheel lie beside its package.
    package = next((path for path in folder.parents if path.parent.name == "site-packages"), folder.parent)
    trees = [path for path in (package, package.with_name(f"{package.name}.libs")) if path.is_dir()]
    mark = hashlib.sha256(f"{package}{(folder / program).stat().st_mtime_ns}".encode()).hexdigest()[:12]
    base = place.data / "programs"
    copy = base / f"{program}-{mark}"
    if not copy.is_dir():
        base.mkdir(parents=True, exist_ok=True)
        for path in (place.data, base):
            path.chmod(0o711)
        unfinished = Path(tempfile.mkdtemp(dir=base))
        for tree in trees:
            shutil.copytree(tree, unfinished / tree.name, symlinks=True)
        for path in (unfinished, *unfinished.rglob("*")):
            if not path.is_symlink():
                path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)
        unfinished.rename(copy)
    return copy / folder.relative_to(package.parent)


def _runs(program: Path, user: str) -> bool:
    try:
        command = [str(program), "--version"]
        return subprocess.run(command, cwd="/", capture_output=True, **as_user(user)).returncode == 0
    except OSError:
        return False


def _uid(user: str | None) -> int:
    return os.geteuid() if user is None else pwd.getpwnam(user).pw_uid
