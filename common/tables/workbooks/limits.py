"""What the process that reads a workbook may use, and which cells a sheet may have."""

import resource

from common.refusals import Refused
from common.tables.header import MAX_COLUMNS

MEMORY = 512 * 1024**2
CPU_TO_CHECK = 2  # seconds, its own start included
CPU_TO_READ = 300
MAX_ROWS = 1_048_576
DAMAGED = "The workbook is damaged, or not what its name says: open it and save it again."
PROTECTED = "The workbook is protected by a password: save it without one."
ENCRYPTED = "EncryptedPackage".encode("utf-16-le")  # the stream in which Excel keeps a workbook with a password


def limit_process() -> None:
    """Bind this process to its memory, and to the time in which a file is checked."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_TO_CHECK, CPU_TO_READ))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def allow_time(seconds: int = CPU_TO_READ) -> None:
    """Let the process use so many seconds more, of the 300 that it has."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    limit = int(used.ru_utime + used.ru_stime) + 1 + seconds
    resource.setrlimit(resource.RLIMIT_CPU, (min(limit, CPU_TO_READ), CPU_TO_READ))


def check_place(row: int, column: int) -> None:
    """Refuse a cell that holds something far outside of any table."""
    if row > MAX_ROWS:
        raise Refused(f"The sheet has a cell in row {row:,}; no sheet has more than {MAX_ROWS:,} rows.")
    if column > MAX_COLUMNS:
        raise Refused(
            f"Row {row:,} has a cell in column {column:,}; at most {MAX_COLUMNS:,} columns are read: "
            "delete what lies outside the table."
        )
