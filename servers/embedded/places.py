"""Which user runs the servers, and which folders that user can reach.

PostgreSQL refuses to run as root. Root therefore runs both servers as a system account of their own; where that cannot
reach the project or the home (a clone in /root, say), programs and data are kept under /var/lib/brandboard instead.
"""

import contextlib
import grp
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
ACCOUNT = "brandboard"
NOBODY = "nobody"
ELSEWHERE = Path("/var/lib/brandboard")


class EmbeddedError(Exception):
    """Says in one line why the embedded servers are not available."""


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
    """Return the account to run the servers as, or None where we are not root. It may not exist yet."""
    return ACCOUNT if os.geteuid() == 0 else None


def place_of(home: Path) -> Place:
    """Return where the servers of a home keep their data. Once a home exists the answer never changes."""
    user = server_user()
    name = hashlib.sha256(str(home).encode()).hexdigest()[:12]
    data = home
    if user and not (home / "postgres").exists():
        mark = home / f"elsewhere-{name}"  # a copied home has another number: two homes never share a folder
        # The home itself is opened to the account; its parent folders are not changed.
        if mark.exists() or not can_reach(home.parent, user):
            data = ELSEWHERE / name
            if home.is_dir():
                mark.touch()
    sockets = data / "run"
    if len(str(sockets)) + len("/.s.PGSQL.5432.lock") > SOCKET_PATH_LIMIT:
        sockets = Path(tempfile.gettempdir()) / f"brandboard-{name}"
    return Place(home, data, sockets, user)


def can_reach(folder: Path, user: str) -> bool:
    """Tell whether a user gets into a folder, by trying: modes alone do not show ACLs and mounts."""
    nearest = next(path for path in (folder, *folder.parents) if path.exists())
    command = ["/bin/sh", "-c", 'cd "$1"', "sh", str(nearest)]
    try:
        become = as_user(user)
    except KeyError:  # not made yet: it will be in no group with more rights than others
        become = as_user(NOBODY)
    return subprocess.run(command, cwd="/", stderr=subprocess.DEVNULL, **become).returncode == 0


def as_user(user: str | None) -> dict[str, Any]:
    """Return the arguments that make subprocess run a program as a user. Raises KeyError for an unknown user."""
    if user is None:
        return {}
    return {"user": pwd.getpwnam(user).pw_uid, "group": group_of(user), "extra_groups": []}


def group_of(user: str) -> int:
    """Return the account's own group: an account that was made by hand may have another as its first."""
    return grp.getgrnam(user).gr_gid if user == ACCOUNT else pwd.getpwnam(user).pw_gid


def passage(folder: Path, user: str | None) -> Path:
    """Make a folder that only the servers' account can pass through: 0710, without such an account 0700."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if user is not None and folder.stat().st_uid == os.geteuid():
        os.chown(folder, -1, group_of(user))
        folder.chmod(0o710)
    return folder


def open_way(place: Place) -> None:
    """Give the servers' account, and no other, a path to its data. Raises EmbeddedError for another user's home."""
    owner = place.home.stat().st_uid
    if owner != os.geteuid():
        words = f"{place.home} belongs to the user {_name(owner)}: run as that user, or set BRANDBOARD_HOME"
        raise EmbeddedError(words)
    passage(place.home, place.user)
    if place.elsewhere is not None:
        passage(ELSEWHERE, place.user)
        passage(place.elsewhere, place.user)


def own_folder(folder: Path, user: str | None) -> Path:
    """Make a folder that only the servers' user can open (0700)."""
    if not folder.parent.exists():
        passage(folder.parent, user)
    # Where the supervisors of both servers start at once, one of them creates what both need.
    folder.mkdir(mode=0o700, exist_ok=True)
    owner = folder.lstat().st_uid
    if folder.is_symlink() or owner not in (os.geteuid(), _uid(user)):
        raise EmbeddedError(f"{folder} belongs to the user {_name(owner)}")
    if owner != _uid(user):
        _hand_over(folder, owner, user)
    folder.chmod(0o700)
    return folder


def readable_file(path: Path, text: str, user: str | None) -> None:
    """Write a file of ours that the servers' account may read and not change; unless it already has this content."""
    if path.exists() and path.read_text() == text:
        return
    unfinished = path.with_name(f"{path.name}.unfinished")
    unfinished.write_text(text)
    unfinished.chmod(0o600 if user is None else 0o640)
    if user is not None:
        os.chown(unfinished, -1, group_of(user))
    unfinished.rename(path)


def reachable_programs(folder: Path, program: str, place: Place) -> Path:
    """Return a folder of programs that the servers' user can run: the given one, or a copy beside the data."""
    if place.user is None or _runs(folder / program, place.user):
        return folder
    # PostgreSQL finds lib/ and share/ beside bin/; the libraries of a wheel lie beside its package.
    package = next((path for path in folder.parents if path.parent.name == "site-packages"), folder.parent)
    trees = [path for path in (package, package.with_name(f"{package.name}.libs")) if path.is_dir()]
    mark = hashlib.sha256(f"{package}{(folder / program).stat().st_mtime_ns}".encode()).hexdigest()[:12]
    base = passage(place.data / "programs", place.user)
    copy = base / f"{program}-{mark}"
    if not copy.is_dir():
        unfinished = Path(tempfile.mkdtemp(dir=base))
        for tree in trees:
            shutil.copytree(tree, unfinished / tree.name, symlinks=True)
        for path in (unfinished, *unfinished.rglob("*")):
            if not path.is_symlink():
                os.chown(path, -1, group_of(place.user))
                path.chmod(0o750 if path.is_dir() or path.stat().st_mode & 0o100 else 0o640)
        unfinished.rename(copy)
    return copy / folder.relative_to(package.parent)


def _runs(program: Path, user: str) -> bool:
    try:
        command = [str(program), "--version"]
        return subprocess.run(command, cwd="/", capture_output=True, **as_user(user)).returncode == 0
    except OSError:
        return False


def _hand_over(folder: Path, owner: int, user: str | None) -> None:
    """Change the owner of everything in a folder to the servers' account; links are not followed."""
    for path in (folder, *folder.rglob("*")):
        with contextlib.suppress(FileNotFoundError):
            if path.lstat().st_uid == owner:
                os.chown(path, _uid(user), -1 if user is None else group_of(user), follow_symlinks=False)


def _uid(user: str | None) -> int:
    return os.geteuid() if user is None else pwd.getpwnam(user).pw_uid


def _name(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)
