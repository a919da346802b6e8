"""The home: one folder per installation, named by BRANDBOARD_HOME, closed to other users."""

import contextlib
import os
import secrets
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
# What the servers' account owns in a home that root started, or passes through.
OF_SERVERS = ("postgres", "postgres.unfinished", "postgres.hba", "postgres.ident", "valkey", "programs", "run")
OWN = (
    "log", "static", "spool", "beat", "beat.db", "beat-shm", "beat-wal", "secret_key", "run.lock",
    "password.0", "password.1",
    *(f"{server}.{kind}" for server in ("postgres", "valkey") for kind in ("users", "supervisor", "start", "ready")),
)  # fmt: skip
FOREIGN = {".", "..", "lost+found"}


class HomeError(OSError):
    """Says in one line why a folder cannot be the home."""


def home() -> Path:
    """Return the folder of this installation; `.local/` in the project unless BRANDBOARD_HOME says otherwise."""
    return Path(os.environ.get("BRANDBOARD_HOME") or PROJECT / ".local").absolute()


def make_home() -> Path:
    """Make the folder and close it and what is ours in it: folders 0700, files 0600, whatever they were before.

    Where root runs the embedded servers the folder itself is 0710, see `servers.embedded.places`. One that belongs to
    another user is left as it is. Raises HomeError for a folder that holds other files than ours, which closing would
    make inaccessible.
    """
    folder = home()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    found = folder.stat()
    if found.st_uid != os.geteuid():
        return folder
    if found.st_mode & stat.S_ISVTX or not _is_ours(folder):
        raise HomeError(f"{folder} holds other files: name a separate folder in BRANDBOARD_HOME")
    allowed = 0o710 if os.geteuid() == 0 else 0o700
    _close(folder, stat.S_IMODE(found.st_mode) & allowed | 0o700)
    for path in _own(folder):
        # A folder is closed after its contents, so everything in a closed folder was closed too, or written since.
        if path.is_dir() and not path.is_symlink() and stat.S_IMODE(path.stat().st_mode) != 0o700:
            for each in path.rglob("*"):
                _close(each, None)
        _close(path, None)
    return folder


def secret_key() -> str:
    """Return the key of this installation, made on first use and then kept."""
    path = make_home() / "secret_key"
    if not path.exists():
        with tempfile.NamedTemporaryFile("w", dir=path.parent) as file:  # 0600
            file.write(secrets.token_urlsafe(48))
            file.flush()
            # A link appears complete or not at all, and never replaces the key that another process has just made.
            with contextlib.suppress(FileExistsError):
                os.link(file.name, path)
    return path.read_text()


def _is_ours(folder: Path) -> bool:
    names = {path.name for path in folder.iterdir()} - FOREIGN
    return not names or any(name in (*OWN, *OF_SERVERS) or name.startswith("elsewhere-") for name in names)


def _own(folder: Path) -> Iterator[Path]:
    for name in OWN:
        if os.path.lexists(folder / name):
            yield folder / name
    yield from folder.glob("elsewhere-*")


def _close(path: Path, mode: int | None) -> None:
    """Set the mode of a file or folder of ours; without one 0700 for a folder and 0600 for a file."""
    with contextlib.suppress(FileNotFoundError):  # another process has just removed it
        found = path.lstat()
        if mode is None:
            mode = 0o700 if stat.S_ISDIR(found.st_mode) else 0o600
        is_plain = stat.S_ISDIR(found.st_mode) or stat.S_ISREG(found.st_mode)
        if is_plain and found.st_uid == os.geteuid() and stat.S_IMODE(found.st_mode) != mode:
            path.chmod(mode)
