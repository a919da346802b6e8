"""A home is closed to every other user of the machine: by its modes, by its account, by whom the database lets in."""

import grp
import os
import pwd
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from servers.embedded.places import ACCOUNT, as_user
from servers.embedded.supervisor import servers_of
from servers.home import PROJECT
from tests.servers.conftest import Hold

STRANGERS = {"nobody": 65534, "a user without a name": 61234}
# Becomes another user, who may not be able to run this Python at all.
BECOME = """
import fcntl, os, psycopg, socket, sys
user, group = int(sys.argv[1]), int(sys.argv[2])
os.setgroups([]), os.setgid(group), os.setuid(user)
"""
# What that user of the machine tries; prints what it got.
TRIES = """
home, sockets = sys.argv[3:]
def trying(what, attempt):
    try:
        attempt()
    except OSError as error:
        return
    print(what)
def enter(path):
    with socket.socket(socket.AF_UNIX) as client:
        client.connect(path)
trying("list", lambda: os.listdir(home))
trying("PostgreSQL", lambda: enter(f"{sockets}/.s.PGSQL.5432"))
trying("Valkey", lambda: enter(f"{sockets}/valkey.sock"))
for name in ("log/postgres.log", "log/valkey.log", "secret_key", "postgres.hba", "postgres/PG_VERSION"):
    trying(f"read {name}", lambda: open(f"{home}/{name}").read())
for name in ("postgres.users", "postgres.supervisor", "postgres.start", "valkey.users", "run.lock"):
    def hold():
        with open(f"{home}/{name}") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    trying(f"lock {name}", hold)
trying("fill", lambda: open(f"{home}/filler", "w").close())
"""


def mode(path: Path) -> int:
    return stat.S_IMODE(path.lstat().st_mode)


def open_to_others(home: Path) -> list[str]:
    """What in the home has a bit for everybody, or for a group that is not the account's."""
    found = []
    for path in (home, *home.rglob("*")):
        status = path.lstat()
        if stat.S_ISLNK(status.st_mode) or (stat.S_ISSOCK(status.st_mode) and mode(path.parent) == 0o700):
            continue
        is_accounts = os.geteuid() == 0 and status.st_gid == grp.getgrnam(ACCOUNT).gr_gid
        if mode(path) & (0o007 if is_accounts else 0o077):
            found.append(f"{path} {mode(path):o}")
    return found


def as_another(user: int, group: int, script: str, *arguments: object) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-c", BECOME + script, *map(str, (user, group, *arguments))]
    return subprocess.run(command, cwd=PROJECT, capture_output=True, text=True)


def tries_of(user: int, home: Path) -> list[str]:
    answer = as_another(user, user, TRIES, home, servers_of(home)["postgres"].place.sockets)
    assert answer.returncode == 0, answer.stderr
    return answer.stdout.splitlines()


def test_a_home_that_root_started_has_these_modes(root: None, hold: Hold, home: Path) -> None:
    hold()
    account, group = pwd.getpwnam(ACCOUNT).pw_uid, grp.getgrnam(ACCOUNT).gr_gid
    listing = {path.name: (mode(path), path.lstat().st_uid, path.lstat().st_gid) for path in home.iterdir()}
    assert (mode(home), home.stat().st_uid, home.stat().st_gid) == (0o710, 0, group)
    for name in ("postgres", "valkey", "run"):
        assert listing[name] == (0o700, account, group), name
    for name in ("postgres.hba", "postgres.ident"):
        assert listing[name] == (0o640, 0, group), name
    assert listing["log"][:2] == (0o700, 0)
    for name in ("postgres.users", "postgres.supervisor", "postgres.start", "postgres.ready", "valkey.users"):
        assert listing[name][:2] == (0o600, 0), name
    assert open_to_others(home) == []


@pytest.mark.parametrize("user", STRANGERS.values(), ids=STRANGERS)
def test_another_user_of_the_machine_gets_at_nothing(root: None, hold: Hold, home: Path, user: int) -> None:
    hold()
    assert tries_of(user, home) == []


def test_as_root_the_same_tries_succeed(root: None, hold: Hold, home: Path) -> None:
    hold()
    assert {"list", "PostgreSQL", "Valkey", "read log/postgres.log", "fill"} <= set(tries_of(0, home))
    (home / "filler").unlink()


@pytest.mark.parametrize("role", ["postgres", "brandboard"])
def test_the_database_lets_in_nobody_but_who_started_it(root: None, hold: Hold, home: Path, role: str) -> None:
    hold()
    address = f"host={servers_of(home)['postgres'].place.sockets} user={role} dbname=postgres connect_timeout=10"
    account = as_user(ACCOUNT)
    for user, group, words in (
        (account["user"], account["group"], "Peer authentication failed for user"),
        (65534, 65534, "ermission denied"),
    ):
        answer = as_another(user, group, "psycopg.connect(sys.argv[3])", address)
        assert answer.returncode == 1
        assert words in answer.stderr
    with psycopg.connect(address) as connection:
        assert connection.execute("SELECT current_user").fetchone() == (role,)


def test_the_role_of_the_product_owns_its_database_and_nothing_else(hold: Hold, home: Path) -> None:
    hold()
    with psycopg.connect(servers_of(home)["postgres"].url, autocommit=True) as connection:
        rights = "SELECT rolsuper, rolcreatedb, rolcreaterole, rolreplication, rolbypassrls FROM pg_roles"
        assert connection.execute(f"{rights} WHERE rolname = current_user").fetchone() == (False,) * 5
        owned = connection.execute("SELECT datname FROM pg_database WHERE datdba = current_user::regrole").fetchall()
        assert owned == [("brandboard",)]
        for refused in ("SELECT * FROM pg_authid", "SELECT pg_read_file('PG_VERSION')", "CREATE DATABASE other"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(refused)
        installed = connection.execute("SELECT extname FROM pg_extension WHERE extowner <> current_user::regrole")
        assert {"btree_gist", "pg_trgm"} <= {name for (name,) in installed}


def test_a_folder_that_holds_other_things_is_no_home_and_stays_open(tmp_path: Path) -> None:
    shared = tmp_path / "shared"
    shared.mkdir()
    (shared / "somebody's").touch()
    shared.chmod(0o755)
    environment = {**os.environ, "BRANDBOARD_HOME": str(shared)}
    command = [sys.executable, "-m", "servers.embedded"]
    for name in ("DATABASE_URL", "REDIS_URL"):
        environment.pop(name, None)
    answer = subprocess.run(command, cwd=PROJECT, env=environment, capture_output=True, text=True)
    words = f"error: {shared} holds other files: name a separate folder in BRANDBOARD_HOME\n"
    assert (answer.returncode, answer.stderr) == (1, words)
    assert mode(shared) == 0o755


@pytest.mark.parametrize("module", ["config.wsgi", "config.celery", "servers.run", "servers.web", "servers.embedded"])
def test_whatever_starts_writes_files_for_its_own_user_alone(module: str, environment: dict[str, str]) -> None:
    script = f"import {module}, os; print(oct(os.umask(0)))"
    answer = subprocess.run(
        [sys.executable, "-c", script], cwd=PROJECT, env=environment, capture_output=True, text=True
    )
    assert answer.stdout == "0o77\n", answer.stderr


def in_another_etc(etc: Path, *before: str, run: list[str]) -> "subprocess.CompletedProcess[str]":
    """Run a command where /etc is a copy, which it may write."""
    steps = " && ".join([f"mount --bind {etc} /etc", *before, 'exec "$@"'])
    command = ["unshare", "--mount", "sh", "-c", steps, "sh", *run]
    return subprocess.run(command, cwd=PROJECT, capture_output=True, text=True)


@pytest.fixture
def etc(root: None, tmp_path: Path) -> Path:
    """A copy of what /etc says of users, without the account."""
    folder = tmp_path / "etc"
    folder.mkdir()
    for name in ("passwd", "group", "shadow", "gshadow", "login.defs", "nsswitch.conf"):
        if Path("/etc", name).exists():
            lines = Path("/etc", name).read_text().splitlines(keepends=True)
            (folder / name).write_text("".join(line for line in lines if not line.startswith(f"{ACCOUNT}:")))
    return folder


HAVE = [
    sys.executable,
    "-c",
    "from servers.embedded.system_account import have_account; have_account(); have_account()",
]


def test_root_makes_the_account_once_and_says_so_in_one_line(etc: Path) -> None:
    answer = in_another_etc(etc, run=HAVE)
    assert answer.stderr == f"created the system account {ACCOUNT}, which PostgreSQL and Valkey run as\n"
    assert in_another_etc(etc, run=HAVE).stderr == ""
    (line,) = [line for line in (etc / "passwd").read_text().splitlines() if line.startswith(ACCOUNT)]
    assert int(line.split(":")[2]) < 1000
    assert line.endswith(("nologin", "false"))


def test_without_useradd_one_line_says_what_to_do(etc: Path, tmp_path: Path) -> None:
    hidden = f"mount --bind /dev/null {shutil.which('useradd', path='/usr/sbin:/sbin')}"
    run = ["env", "-u", "DATABASE_URL", f"BRANDBOARD_HOME={tmp_path}/home", sys.executable, "-m", "servers.embedded"]
    answer = in_another_etc(etc, hidden, run=run)
    assert answer.returncode == 1
    (line,) = answer.stderr.splitlines()
    assert line.startswith("error: PostgreSQL does not run as root, and useradd was not found")
    assert "create a user and a group of that name" in line
