"""Regular expressions of exception lists, by RE2: the time they take grows with text and patterns, never faster.

A pattern is matched against a whole value in the form of `comparison.compared`, without regard to case; `\\w`, `\\d`
and `\\s` mean ASCII (payouts.md §4). RE2 has no look-around and no back-references.
"""

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Any
from unicodedata import normalize

import re2

from common.formats.comparison import plain_marks

MOST_PATTERNS = 1_000  # of one list
LONGEST_PATTERN = 500
# Of all patterns that one order's values are matched against: each letter of a value costs at most some 10 ns for each
# of these, so that the longest value takes a tenth of a second. A thousand like `COAT-[0-9]+` have some 15,000.
MOST_STEPS = 50_000
LACKS = "Look-ahead, look-behind and back-references cannot be used"

_MEMORY = 128 << 10  # bytes for one pattern: one that needs more would also be slow
_MEMORY_TOGETHER = 4 << 20
_TOGETHER = 100
_SHOWN = 60  # characters of a pattern in a message
_LACKING = re.compile(r"\(\?<?[=!]|\\[1-9]|\(\?P=|\\k")


def read_pattern(pattern: str) -> Any:
    """The compiled pattern; ValueError says why it cannot be used, and what RE2 lacks where that is why."""
    if len(pattern) > LONGEST_PATTERN:
        raise ValueError(f"a regular expression has at most {LONGEST_PATTERN} characters")
    try:
        return _compiled(_form(pattern), _MEMORY)
    except (re2.error, UnicodeEncodeError) as error:
        raise ValueError(_reason(pattern, error)) from None


def steps_of(pattern: str) -> int:
    """What a letter may cost with this pattern: the instructions that RE2 makes of it. ValueError as `read_pattern`."""
    return int(read_pattern(pattern).programsize)


class Patterns:
    """Many patterns at once. Nearly every text meets none, so they are first asked together, some at a time."""

    def __init__(self, patterns: Sequence[str]) -> None:
        self._single: list[Any] = [None] * len(patterns)
        self._patterns = patterns
        # An unclosed \Q would swallow the patterns after it, so what quotes is asked alone.
        apart = [number for number, pattern in enumerate(patterns) if "\\Q" in pattern]
        others = [number for number, pattern in enumerate(patterns) if "\\Q" not in pattern]
        self._groups: list[tuple[Any, Sequence[int]]] = [(None, apart)] if apart else []
        for start in range(0, len(others), _TOGETHER):
            self._join(others[start : start + _TOGETHER])

    def matching(self, form: str) -> list[int]:
        """The places of the patterns that the text, in the form in which it is compared, meets as a whole."""
        text = form.encode(errors="surrogatepass")
        return [
            number
            for together, numbers in self._groups
            if together is None or together.fullmatch(text)
            for number in numbers
            if self._alone(number).fullmatch(text)
        ]

    def _join(self, numbers: Sequence[int]) -> None:
        """Match these as one union; smaller unions where that is too large or cannot be combined."""
        if len(numbers) == 1:
            self._groups.append((None, numbers))
            return
        try:
            union = "|".join(f"(?:{_form(self._patterns[number])})" for number in numbers)
            self._groups.append((_compiled(union, _MEMORY_TOGETHER), numbers))
        except (re2.error, UnicodeEncodeError):
            self._join(numbers[: len(numbers) // 2])
            self._join(numbers[len(numbers) // 2 :])

    def _alone(self, number: int) -> Any:
        if self._single[number] is None:
            self._single[number] = read_pattern(self._patterns[number])
        return self._single[number]


@lru_cache(maxsize=16)  # of hostile lists each may take some ten megabytes
def patterns_of(patterns: tuple[str, ...]) -> Patterns:
    """The same patterns, compiled once: every batch of orders passes its lists again."""
    return Patterns(patterns)


def _compiled(pattern: str, memory: int) -> Any:
    options = re2.Options()
    options.max_mem = memory
    options.log_errors = False
    options.case_sensitive = False
    options.never_capture = True
    return re2.compile(pattern.encode(), options)


def _form(pattern: str) -> str:
    """The pattern's own letters in the form of what it is matched against; an ASCII letter may belong to an escape."""
    if pattern.isascii() and pattern.isprintable() and "  " not in pattern:
        return pattern
    letters = (letter if letter.isascii() else letter.casefold() for letter in normalize("NFD", pattern))
    return plain_marks(normalize("NFC", "".join(letters)))


def _reason(pattern: str, error: Exception) -> str:
    said = error.args[0] if error.args else ""
    said = said.decode(errors="replace") if isinstance(said, bytes) else "it contains characters that are not text"
    shown = pattern.encode(errors="replace").decode()
    shown = shown if len(shown) <= _SHOWN else f"{shown[:_SHOWN]}…"
    if _LACKING.search(pattern):
        return f"“{shown}” cannot be used as a regular expression: {said}. {LACKS}"
    return f"“{shown}” is not a valid regular expression: {said}"
