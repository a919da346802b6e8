"""docs/benchmarks.md: each benchmark writes its own section, between marks, and leaves the others as they are."""

import os
import platform
import time
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path

ORDER = ("intake", "api", "clicks", "pricing", "reports", "customers", "pages", "terms", "start", "decisions")
TITLE = """# Benchmarks

What the product does in a second, each beside its floor: the least work that gives the same result,
measured in the same run on the same machine, with the same durable database. `make bench` runs all of it at small
sizes; `docs/operations.md` says what the figures mean for a growing program.
"""


def write_section(file: Path, name: str, text: str) -> None:
    """Put a benchmark's section into the page, in place of the one that it wrote before; a first one at the end."""
    page = file.read_text(encoding="utf-8") if file.exists() else TITLE
    section = f"{_open(name)}\n{text.strip()}\n{_close(name)}"
    before = _section(page, name)
    page = page.replace(before, section) if before else f"{page.rstrip()}\n\n{section}\n"
    file.write_text(page, encoding="utf-8")


def _section(page: str, name: str) -> str:
    start, end = page.find(_open(name)), page.find(_close(name))
    return page[start : end + len(_close(name))] if 0 <= start < end else ""


def _open(name: str) -> str:
    return f"<!-- {name} -->"


def _close(name: str) -> str:
    return f"<!-- end of {name} -->"


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A markdown table."""
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def rounded(rate: float) -> str:
    """A rate with two or three digits that mean something."""
    return f"{round(rate, 3 - len(str(int(rate)))):,.0f}" if rate >= 10 else f"{rate:.1f}"


def verdict(met: bool) -> str:
    return "met" if met else "**not met**"


class Moment:
    """When and where a run was measured; made before it begins, so that the load is that of others."""

    def __init__(self) -> None:
        self.load = os.getloadavg()[0]
        self.speed = speed()
        self.stolen, self.wanted = stolen_of_wanted()

    def __str__(self) -> str:
        return self._words

    @cached_property
    def _words(self) -> str:
        """Measured when it is first said: the run is over then."""
        stolen, wanted = (now - then for now, then in zip(stolen_of_wanted(), (self.stolen, self.wanted), strict=True))
        return (
            f"Measured {datetime.now(UTC):%Y-%m-%d %H:%M} UTC with Python {platform.python_version()} on {machine()}; "
            f"other work made\na load of {self.load:.1f} in the minute before. A loop that only adds went "
            f"{self.speed:.0f} million times a second before the run,\n{speed():.0f} after it; of the processor time "
            f"that was wanted meanwhile, the host of this machine gave {stolen / max(wanted, 1):.0%} to others."
        )


def stolen_of_wanted() -> tuple[int, int]:
    """Since the machine began: ticks that the host kept from it, and those that it used or wanted to."""
    stat = Path("/proc/stat")
    if not stat.exists():
        return 0, 0
    user, nice, system, _, _, hard, soft, stolen, *_ = map(int, stat.read_text().splitlines()[0].split()[1:])
    return stolen, user + nice + system + hard + soft + stolen


def speed() -> float:
    """Millions of additions that Python makes in a second just now: a shared machine is not always alike."""
    total, started = 0, time.perf_counter()
    for number in range(5_000_000):
        total += number
    return 5 / (time.perf_counter() - started)


def machine() -> str:
    model = "an unknown processor"
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        names = [line.partition(":")[2].strip() for line in cpuinfo.read_text().splitlines() if "model name" in line]
        model = names[0] if names else platform.machine()
    return f"{os.cpu_count()} cores of {model}"
