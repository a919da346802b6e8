"""Each import contract of pyproject.toml is broken once, in a copy of the packages, and import-linter names it."""

import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from servers.home import PROJECT

LINTER = tomllib.loads((PROJECT / "pyproject.toml").read_text())["tool"]["importlinter"]
# Contract → the module that breaks it and what it imports then.
BREAKS = {
    "Packages import one way": ("common/currencies.py", "accounts.api_tokens"),
    "Inside accounts: addresses, administration and commands, the rest, models": (
        "accounts/models/account.py", "accounts.audit.log",
    ),
    "Inside program: addresses, administration and commands, the rest, models": (
        "program/models/partner.py", "program.partners.services",
    ),
    "Inside contracts: addresses, administration and commands, the rest, models": (
        "contracts/models/terms.py", "contracts.engine.document.terms",
    ),
    "Inside tracking: addresses, administration and commands, the rest, models": (
        "tracking/pricing/claims.py", "tracking.urls",
    ),
    "Inside reports: addresses, administration and commands, the rest, models": (
        "reports/queries/filters.py", "reports.admin",
    ),
    "What starts the product loads without Django and third-party packages": ("servers/home.py", "django.conf"),
    "The engine and the intake are pure": ("contracts/engine/orders/money.py", "django.utils.timezone"),
}  # fmt: skip


@pytest.fixture(scope="module")
def packages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The packages beside a pyproject.toml, each file to be changed without harm."""
    folder = tmp_path_factory.mktemp("packages")
    for package in LINTER["root_packages"]:
        shutil.copytree(PROJECT / package, folder / package, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(PROJECT / "pyproject.toml", folder)
    return folder


def broken(packages: Path) -> list[str]:
    """The names of the contracts that do not hold there."""
    lint = "from importlinter.cli import lint_imports as lint; raise SystemExit(lint())"
    answer = subprocess.run([sys.executable, "-c", lint], cwd=packages, capture_output=True, text=True)
    return re.findall(r"(?m)^(.+) BROKEN", answer.stdout)


def test_every_contract_is_broken_here():
    assert [contract["name"] for contract in LINTER["contracts"]] == list(BREAKS)


@pytest.mark.parametrize("contract", BREAKS)
def test_a_forbidden_import_breaks_its_contract_alone(contract, packages):
    path, imported = BREAKS[contract]
    file = packages / path
    as_it_was = file.read_text()
    file.write_text(f"{as_it_was}\nimport {imported}\n")
    try:
        assert broken(packages) == [contract]
    finally:
        file.write_text(as_it_was)
