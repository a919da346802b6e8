"""Where everything local lives: one folder per installation, named by BRANDBOARD_HOME."""

import contextlib
import os
import secrets
import tempfile
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent


def home() -> Path:
    """Return the folder of this installation; `.local/` in the project unless BRANDBOARD_HOME says otherwise."""
    return Path(os.environ.get("BRANDBOARD_HOME") or PROJECT / ".local").absolute()


def make_home() -> Path:
    """Make the folder, closed to others. Root leaves the way through open: the database runs as another user."""
    folder = home()
    if not folder.is_dir():
        folder.mkdir(parents=True)
        folder.chmod(0o711 if os.geteuid() == 0 else 0o700)
    return folder


def secret_key() -> str:
    """Return the key of this installation, made on first use and then kept."""
    path = make_home() / "secret_key"
    if not path.exists():
        with tempfile.NamedTemporaryFile("w", dir=path.parent) as file:  # 0600
            file.write(secrets.token_urlsafe(48))
            file.flush()
            # A link appears whole or not at all, and never replaces the key that another process has just made.
            with contextlib.suppress(FileExistsError):
                os.link(file.name, path)
    return path.read_text()
