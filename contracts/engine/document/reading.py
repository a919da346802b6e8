"""Reading a JSON document part by part: every error with its path, never only the first."""

import re
from collections.abc import Callable, Collection, Iterator
from decimal import Decimal

from common.refusals import Refusals
from contracts.engine.orders.values import number

INTEGER_DIGITS = 12
DECIMALS = 8
LONGEST_TEXT = 1_000
_NO_TEXT = re.compile("[\0\ud800-\udfff]")
LARGEST_WHOLE = 2**31 - 1  # the largest value of an integer column of a draft


class Errors(Refusals):
    """Everything that is wrong with a document, by path, in the order in which it was found.

    Strict reading is for documents about to be saved or published. An already published document is read without
    refusals that were added later, so that it stays readable.
    """

    def __init__(self, *, is_strict: bool = True) -> None:
        super().__init__()
        self.is_strict = is_strict


class Node:
    """One object of the document. Keys are taken one by one; `close` reports those that were not read."""

    def __init__(self, raw: object, path: str, errors: Errors) -> None:
        self.path = path
        self.errors = errors
        self.raw: dict[str, object] = {}
        if isinstance(raw, dict):
            self.raw = {str(key): value for key, value in raw.items()}
        else:
            errors.add(path, "must be an object")
        self._asked: set[str] = set()

    def at(self, key: str) -> str:
        """The path of one of this object's keys."""
        return f"{self.path}.{key}" if self.path else key

    def take(self, key: str) -> object:
        """The raw value of a key; None where it is absent."""
        self._asked.add(key)
        return self.raw.get(key)

    def error(self, key: str, message: str, code: str = "invalid") -> None:
        """Report what is wrong with a key."""
        self.errors.add(self.at(key), message, code)

    def has_error(self, key: str) -> bool:
        """Whether something wrong with a key was reported already."""
        return self.at(key) in self.errors

    def text(self, key: str, *, required: bool = False, longest: int = 255) -> str:
        """A text, trimmed; empty where it is absent."""
        value = self.take(key)
        if value is None or (isinstance(value, str) and not value.strip()):
            if required:
                self.error(key, "is required", "required")
            return ""
        if not isinstance(value, str):
            self.error(key, "must be a text")
            return ""
        problem = text_problem(value, longest)
        if problem:
            self.error(key, problem)
        return value.strip()

    def decimal(self, key: str) -> Decimal | None:
        """A number of at least 0 from a decimal string; None where it is absent."""
        value = self.take(key)
        if value is None:
            return None
        try:
            found = read_decimal(value)
        except ValueError as error:
            self.error(key, str(error))
            return None
        if found < 0:
            self.error(key, "must not be negative")
        return found

    def whole(self, key: str, *, default: int | None = 0, least: int = 0, most: int | None = None) -> int | None:
        """A whole number between the bounds; the default where it is absent."""
        value = self.take(key)
        if value is None:
            return default
        found = whole_number(value)
        if found is None:
            self.error(key, "must be a whole number")
            return default
        if found < least or found > (LARGEST_WHOLE if most is None else most):
            plain = f"must be at least {least}" if found < least else f"must be at most {LARGEST_WHOLE}"
            self.error(key, plain if most is None else f"must be from {least} to {most}")
            return default
        return found

    def flag(self, key: str) -> bool:
        """True or false; false where it is absent."""
        value = self.take(key)
        if value is not None and not isinstance(value, bool):
            self.error(key, "must be true or false")
        return value is True

    def choice(self, key: str, choices: Collection[str], default: str | None = None) -> str:
        """One of the words; the default where it is absent, and required where there is no default."""
        value = self.take(key)
        if value is None and default is not None:
            return default
        if not isinstance(value, str) or value not in choices:
            self.error(key, "is required" if value is None else f"must be one of {', '.join(choices)}")
            return default or next(iter(choices))
        return value

    def rows(self, key: str) -> Iterator[tuple[str, object]]:
        """(path, raw value) of every row of a list; none where it is absent."""
        value = self.take(key)
        if value is None:
            return
        if not isinstance(value, list):
            self.error(key, "must be a list")
            return
        for index, row in enumerate(value):
            yield f"{self.at(key)}[{index}]", row

    def unsupported(self, key: str, what: str, is_default: Callable[[object], bool] = lambda value: False) -> None:
        """Refuse an unsupported section, unless it is absent, empty or equal to the default."""
        value = self.take(key)
        if value is None or value == [] or value == {} or value == "" or is_default(value):
            return
        self.error(key, f"{what} cannot be used yet: leave this out")

    def close(self) -> None:
        """Report every key that was not read."""
        for key in self.raw:
            if key not in self._asked:
                self.error(key, "is not a known field")


def text_problem(value: str, longest: int) -> str | None:
    """Why a text cannot be stored, if so."""
    if len(value) > longest:
        return f"must have at most {longest} characters"
    if _NO_TEXT.search(value):
        return "contains characters that are not text"
    return None


class TooManyDigits(ValueError):
    """A number that is one, and cannot be kept."""


def read_decimal(value: object) -> Decimal:
    """A decimal string (or a JSON integer); ValueError says what to write instead."""
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if isinstance(value, float):
        raise ValueError('must be a decimal string such as "7.5", because a JSON fraction is not exact')
    try:
        found = number(value) if isinstance(value, str) and len(value) <= LONGEST_TEXT else None
    except ValueError:
        found = None
    if found is None:
        raise ValueError('must be a decimal string such as "7.5"')
    exponent = int(found.as_tuple().exponent)
    if found.adjusted() >= INTEGER_DIGITS or -exponent > DECIMALS:
        raise TooManyDigits(f"must have at most {INTEGER_DIGITS} digits before the point and {DECIMALS} after it")
    return found


def whole_number(value: object) -> int | None:
    """A JSON integer or a string of digits; None for anything else."""
    if isinstance(value, str) and value.strip().isascii() and value.strip().isdigit() and len(value) <= INTEGER_DIGITS:
        return int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) else None
