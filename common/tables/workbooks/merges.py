"""Cells that are merged over several rows or columns: the workbook holds the first, and each of them says the same.

The ranges are untrusted input: what they repeat is bounded.
"""

from collections.abc import Iterable
from typing import NamedTuple

from common.refusals import Refused
from common.tables.workbooks.cells import column_letters

MAX_RANGES = 200_000
MAX_REPEATED = 64 * 1024**2  # characters
MAX_IN_A_ROW = 16_384  # ranges; no sheet has more columns
Special = tuple[int, str, str, str]  # index of the cell, kind, as an id, merged


class Range(NamedTuple):
    """Rows and columns from 1, both ends included."""

    top: int
    left: int
    bottom: int
    right: int

    def __str__(self) -> str:
        return f"{column_letters(self.left)}{self.top}:{column_letters(self.right)}{self.bottom}"


class Merges:
    """The merged cells of a sheet, whose rows come from the top to the bottom."""

    def __init__(self, ranges: Iterable[Range]) -> None:
        self._waiting = sorted(ranges, reverse=True)
        if len(self._waiting) > MAX_RANGES:
            raise Refused(f"The sheet has more than {MAX_RANGES:,} merged cells: unmerge them.")
        self._active: list[tuple[Range, str, tuple[str, str]]] = []
        self._width = 0
        self._repeated = 0

    def fill(self, row: int, cells: list[str], specials: dict[int, tuple[str, str, str]]) -> None:
        """Put into a row what is merged over it; `specials` holds kind, id and range by the index of the cell.

        A row that has nothing of its own stays as it is.
        """
        self._active = [each for each in self._active if each[0].bottom >= row]
        self._width = max(self._width, len(cells))
        while self._waiting and self._waiting[-1].top <= row:
            self._begin(self._waiting.pop(), row, cells, specials)
        if len(self._active) > MAX_IN_A_ROW:
            raise Refused("The sheet's merged cells overlap, which no spreadsheet program writes: unmerge them.")
        if not any(cells):
            return
        for merged, text, (kind, as_id) in self._active:
            right = min(merged.right, self._width)
            if right > len(cells):
                cells.extend([""] * (right - len(cells)))
            for column in range(merged.left, right + 1):
                if column == merged.left:
                    cells[column - 1] = text
                    specials[column - 1] = (kind, as_id, str(merged))
                elif not cells[column - 1]:
                    specials[column - 1] = ("covered", text, str(merged))
                self._repeated += len(text)
        if self._repeated > MAX_REPEATED:
            raise Refused("The sheet's merged cells repeat more than 64 MB of text: unmerge them.")

    def _begin(self, merged: Range, row: int, cells: list[str], specials: dict[int, tuple[str, str, str]]) -> None:
        if merged.bottom < row or merged.top != row or merged.left > len(cells):
            return  # its first cell is blank, and so is the whole
        if text := cells[merged.left - 1]:
            self._active.append((merged, text, specials.get(merged.left - 1, ("", "", ""))[:2]))
