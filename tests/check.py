"""`make check`: everything that can be said about the code without running it, all of it before the verdict."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from servers.home import PROJECT

BIN = Path(sys.executable).parent
PYTHON = [sys.executable, "-W", "ignore::RuntimeWarning"]
TEMPLATES = [str(path.relative_to(PROJECT)) for path in sorted((PROJECT / "templates").rglob("*.html"))]
CHECKS = {
    "ruff": [str(BIN / "ruff"), "check", "--quiet"],
    "ruff format": [str(BIN / "ruff"), "format", "--check", "--quiet"],
    "mypy": [sys.executable, "-m", "mypy"],
    "import-linter": [
        sys.executable,
        "-c",
        "from importlinter.cli import lint_imports as lint; raise SystemExit(lint())",
    ],
    "djade": [str(BIN / "djade"), "--check", "--target-version", "6.1", *TEMPLATES],
    "makemigrations": [*PYTHON, "manage.py", "makemigrations", "--check", "--dry-run"],
}


def main() -> int:
    """Run every check; print what the failed ones say. Exit status 1 where one failed."""
    failed = []
    with ThreadPoolExecutor(2) as pool:
        for name, answer in zip(CHECKS, pool.map(_run, CHECKS.values()), strict=True):
            print(f"{name}: {'failed' if answer.returncode else 'ok'}", flush=True)
            if answer.returncode:
                failed.append(name)
                print(answer.stdout + answer.stderr, flush=True)
    return 1 if failed else 0


def _run(command: list[str]) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(command, cwd=PROJECT, stdin=subprocess.DEVNULL, capture_output=True, text=True)


if __name__ == "__main__":
    sys.exit(main())
