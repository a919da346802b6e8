"""`make setup`: .venv from hashed requirements. Standard library alone: it runs before anything else is installed."""

import fcntl
import hashlib
import importlib.util
import os
import subprocess
import sys
import venv
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
VENV = PROJECT / ".venv"
PYTHON = str(VENV / "bin" / "python")


def main(names: list[str]) -> int:
    """Install the named requirement files if they changed since the last time. Downloads nothing when current."""
    os.umask(0o022)  # the programs hold no secrets, and the account of the servers has to read them
    with (PROJECT / "requirements.txt").open() as one_at_a_time:
        fcntl.flock(one_at_a_time, fcntl.LOCK_EX)
        if not _works():
            if importlib.util.find_spec("ensurepip") is None:
                version = f"{sys.version_info.major}.{sys.version_info.minor}"
                return _fail(f"this Python has no ensurepip: install it (Debian: apt-get install python{version}-venv)")
            print(f"making .venv with Python {sys.version.split()[0]}", file=sys.stderr)
            venv.create(VENV, clear=True, with_pip=True)
        for name in names:
            requirements = PROJECT / name
            stamp = VENV / f"{name}.installed"
            mark = hashlib.sha256(requirements.read_bytes()).hexdigest()
            if stamp.exists() and stamp.read_text() == mark:
                continue
            print(f"installing {name}", file=sys.stderr)
            command = [PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input",
                       "--require-hashes", "--no-deps", "-r", str(requirements)]  # fmt: skip
            answer = subprocess.run(command, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
            if answer.returncode:
                lines = [line for line in answer.stderr.splitlines() if line.strip()]
                return _fail(f"could not install {name}: {lines[-1] if lines else 'pip gave no reason'}")
            stamp.write_text(mark)
    return 0


def _works() -> bool:
    """Tell whether .venv exists and its Python still runs, with pip."""
    if Path(sys.prefix) == VENV:
        return importlib.util.find_spec("pip") is not None
    try:
        command = [PYTHON, "-c", "import sys, importlib.util as u; sys.exit(not u.find_spec('pip'))"]
        return subprocess.run(command, stderr=subprocess.DEVNULL).returncode == 0
    except OSError:
        return False


def _fail(reason: str) -> int:
    print(f"error: {reason}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:] or ["requirements.txt"]))
