"""What is wrong with something that was sent: every bad field at once, in words that say what to do."""

from collections.abc import Iterable
from typing import NamedTuple


class FieldError(NamedTuple):
    """One bad field: its parameter name as the sender wrote it, and what to do about it."""

    field: str
    message: str


class FieldErrors(ValueError):
    """Raised once per thing read, with all its bad fields; each field is named once, by its first error."""

    def __init__(self, errors: Iterable[tuple[str, str]]) -> None:
        self.errors = [FieldError(field, message) for field, message in errors]
        super().__init__("; ".join(f"{error.field}: {error.message}" for error in self.errors))


class Bad(ValueError):
    """A single value that cannot be read; the message says what to send instead."""


class ErrorList:
    """Collects errors while reading continues, so that the sender can correct everything at once."""

    def __init__(self) -> None:
        self._errors: dict[str, str] = {}

    def add(self, field: str, message: str) -> None:
        self._errors.setdefault(field, message)

    def __contains__(self, field: str) -> bool:
        return field in self._errors

    def __bool__(self) -> bool:
        return bool(self._errors)

    def raise_any(self) -> None:
        if self._errors:
            raise FieldErrors(self._errors.items())
