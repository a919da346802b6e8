"""Refused: the one exception for what is asked for and not done, read by forms, the API, files and commands alike.

The standard library alone, so that the engine and the intake can raise it, too.
"""

from collections.abc import Iterable, Iterator
from typing import NamedTuple


class Refusal(NamedTuple):
    """One thing that is wrong: where, in words that say what to do, and by a code that programs can compare.

    The path names a field as its sender writes it (`ItemSku2`, `Locking.DayOffset`) and is empty where the whole is
    meant. The codes: invalid, required, unknown, taken, last, wrong, wait, unreadable, stale,
    unconfirmed, and those of Django's own validation.
    """

    path: str
    message: str
    code: str = "invalid"
    row: int = 0  # of a file, as its reader counts; 0 where there is none

    def __str__(self) -> str:
        place = ", ".join(filter(None, [f"Row {self.row}" if self.row else "", self.path]))
        return f"{place}: {self.message}" if place else self.message


class Refused(Exception):
    """Raised once with everything that is wrong; a text stands for a refusal of the whole. Nothing was changed."""

    def __init__(self, *refusals: Refusal | str) -> None:
        self.refusals = tuple(Refusal("", each) if isinstance(each, str) else each for each in refusals)
        super().__init__(*self.refusals)

    def __iter__(self) -> Iterator[Refusal]:
        return iter(self.refusals)

    def __str__(self) -> str:
        return "; ".join(map(str, self.refusals))

    def has(self, code: str) -> bool:
        """Tell whether one of the refusals has this code."""
        return any(each.code == code for each in self.refusals)


class Refusals:
    """Collects what is wrong while reading continues, so that the sender can correct everything at once.

    With `one_per_path` a path is named by the first refusal of it alone: what follows from that one is not reported.
    """

    def __init__(self, refusals: Iterable[Refusal] = (), *, one_per_path: bool = False) -> None:
        self._refusals: list[Refusal] = []
        self._paths: set[str] = set()
        self._one_per_path = one_per_path
        self.extend(refusals)

    def add(self, path: str, message: str, code: str = "invalid") -> None:
        self.extend([Refusal(path, message, code)])

    def extend(self, refusals: Iterable[Refusal]) -> None:
        for each in refusals:
            if not (self._one_per_path and each.path in self._paths):
                self._refusals.append(each)
                self._paths.add(each.path)

    def __contains__(self, path: object) -> bool:
        return path in self._paths

    def __iter__(self) -> Iterator[Refusal]:
        return iter(self._refusals)

    def __len__(self) -> int:
        return len(self._refusals)

    def raise_any(self) -> None:
        if self._refusals:
            raise Refused(*self._refusals)
