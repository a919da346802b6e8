"""The Chromium of the browser tests. `python -m tests.chromium` finds one or installs one, or says why it cannot."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")


def chromium_path() -> str | None:
    """Return a Chromium that runs here, or None. CHROMIUM names one; else the PATH, else Playwright's own."""
    candidates = [os.environ.get("CHROMIUM"), *(shutil.which(name) for name in NAMES), _playwrights()]
    return next((path for path in candidates if path and _runs(path)), None)


def _playwrights() -> str | None:
    from playwright.sync_api import sync_playwright  # noqa: PLC0415

    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if Path(path).exists() else None


def _runs(path: str) -> bool:
    # A name on the PATH may be a stub that asks for a package manager, or lack libraries.
    try:
        return subprocess.run([path, "--version"], capture_output=True, timeout=60).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def main() -> int:
    """Have a Chromium. Exit status 1 with one line where that fails: the browser tests are never skipped in silence."""
    if chromium_path():
        return 0
    if os.geteuid() == 0 and shutil.which("apt-get"):
        print("installing Debian's chromium", file=sys.stderr)
        quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        for command in (["update", "-q"], ["install", "-q", "-y", "--no-install-recommends", "chromium"]):
            subprocess.run(["apt-get", *command], env=quiet, stdin=subprocess.DEVNULL, capture_output=True)
    if not chromium_path():
        print("fetching Playwright's chromium", file=sys.stderr)
        command = [sys.executable, "-m", "playwright", "install", "chromium"]
        subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True)
    if chromium_path():
        return 0
    print("error: no Chromium for the browser tests: install one, or name it with CHROMIUM=/path", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
