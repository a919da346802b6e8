"""docs/operations.md, compared with the product: the settings that it lists are those that the product reads."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import get_commands

from common.observability import counters
from reports.metrics.gauges import WORDS
from servers.home import PROJECT
from servers.web import limits

PAGE = (PROJECT / "docs" / "operations.md").read_text()


def documented() -> dict[str, str]:
    """The environment that the page states."""
    (block,) = re.findall(r"```ini\n(SECRET_KEY=.*?)```", PAGE, re.DOTALL)
    words = shlex.split(block)  # which quotes as systemd does
    return dict(word.split("=", 1) for word in words)


def check(environment: dict[str, str], home: Path) -> "subprocess.CompletedProcess[str]":
    kept = {"PATH": os.environ["PATH"]}
    command = [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "DEBUG"]
    return subprocess.run(
        command, cwd=PROJECT, env={**kept, **environment, "BRANDBOARD_HOME": str(home)}, capture_output=True, text=True
    )


def test_with_the_documented_environment_the_deployment_check_is_silent(tmp_path):
    answer = check(documented(), tmp_path)
    assert (answer.returncode, answer.stdout, answer.stderr) == (
        0, "System check identified no issues (0 silenced).\n", ""
    )  # fmt: skip


def test_a_shell_reads_the_environment_as_systemd_does(tmp_path):
    (block,) = re.findall(r"```ini\n(SECRET_KEY=.*?)```", PAGE, re.DOTALL)
    (tmp_path / "brandboard.env").write_text(block)
    command = ["sh", "-c", "set -a; . ./brandboard.env; exec env -0"]
    answer = subprocess.run(command, cwd=tmp_path, env={}, capture_output=True, text=True, check=True)
    read = dict(line.split("=", 1) for line in answer.stdout.split("\0") if line)
    assert documented().items() <= read.items()


@pytest.mark.parametrize(
    ("without", "warning"),
    [
        ("HTTPS", "security.W"),
        ("HSTS_SUBDOMAINS", "security.W"),
        ("HSTS_PRELOAD", "security.W"),
        ("BRANDBOARD_POSTGRES_BIN", "brandboard.W001"),
        ("BASE_URL", "brandboard.W002"),
    ],
)
def test_every_switch_of_it_is_needed(tmp_path, without, warning):
    environment = documented()
    del environment[without]
    answer = check(environment, tmp_path)
    assert answer.returncode == 1
    assert warning in answer.stderr


def test_a_database_without_tls_needs_no_other_programs(tmp_path):
    environment = documented()
    del environment["BRANDBOARD_POSTGRES_BIN"]
    environment["DATABASE_URL"] = environment["DATABASE_URL"].partition("?")[0]
    assert check(environment, tmp_path).returncode == 0


def test_every_variable_of_it_is_read_by_the_product_and_stands_in_a_table():
    code = "".join(path.read_text() for package in ("config", "servers") for path in (PROJECT / package).rglob("*.py"))
    for name in documented():
        assert re.search(rf'["\']{name}["\']', code), name
        assert re.search(rf"^\|.*`{name}`.*\|", PAGE, re.MULTILINE), name


def test_every_command_that_the_page_names_is_there():
    named = set(re.findall(r"manage\.py ([a-z_]+)", PAGE))
    assert {"backup", "restore", "ledger_hash", "verify", "prepare", "check"} <= named
    assert named <= set(get_commands())


def test_every_figure_that_the_page_names_is_told():
    told = {"brandboard_up", "brandboard_messages", *WORDS}
    told |= {name if metric.is_timed else f"{name}_total" for name, metric in counters.METRICS.items()}
    named = set(re.findall(r"\bbrandboard_[a-z_]+", PAGE))
    assert named - told == set()
    assert told - named == set()


def test_the_units_start_what_make_run_starts():
    from servers.supervision.processes import PROCESSES  # noqa: PLC0415

    lines = [shlex.split(line) for line in re.findall(r"^ExecStart=\S+python -m (.*)$", PAGE, re.MULTILINE)]
    assert [words[:2] for words in lines] == [["servers.supervision", name] for name in PROCESSES]


def test_the_limits_of_the_page_are_those_of_the_web_server():
    told = " ".join(PAGE.split("### The web server")[1].split("### The proxy")[0].split())
    for words in (
        f"{limits.HEADER_BYTES // 1024} kB, {limits.HEADER_SECONDS} s",
        f"{limits.PATH_LETTERS:,} characters",
        f"{limits.BODY_SECONDS} s, and a second more for each {limits.BODY_RATE // 1024} kB",
        f"{limits.STRANGER_BYTES // 1024} kB | 413",
        f"{limits.BODY_BYTES // limits.MEGABYTE} MB; {limits.FILE_BYTES // limits.MEGABYTE} MB on the two pages",
        f"{limits.LARGE_AT_ONCE} a process, {limits.FILES_AT_ONCE} of them",
        f"{limits.WRITE_SECONDS} s | closed",
        f"{limits.CONNECTIONS:,} a process",
        f"{limits.BACKLOG:,} at most",
        f"{limits.WAITING} a process | 503",
    ):
        assert words in told
    (location,) = re.findall(r"location ~ \^(\S+)\$ ", PAGE)
    assert location == limits.TAKE_FILES.pattern.replace("?:", "")
