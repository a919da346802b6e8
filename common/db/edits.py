"""Edits by two people at once: a form sends back what it was opened with, and the second editor sees the first's
change.
"""

import hashlib
import json
from collections.abc import Callable, Mapping
from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.db import models

from common.refusals import Refusal, Refused

Values = Mapping[str, Any]


class Stale(Refused):
    """The list or row has changed since the page was opened; nothing was changed."""

    def __init__(self, message: str = "Someone else changed this meanwhile. Nothing was changed.") -> None:
        super().__init__(Refusal("", message, "stale"))


class Gone(Stale):
    """The row was deleted after the page was opened; nothing was changed."""

    def __init__(self) -> None:
        super().__init__("Someone else deleted this meanwhile. Nothing was changed.")


def fingerprint(values: Values) -> str:
    """A short digest of the values of a row that a form was opened with."""
    text = json.dumps(values, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def lock_in_order(rows: "models.QuerySet[Any]") -> list[int]:
    """Lock rows until the transaction ends, by number of the row, lowest first; returns the numbers. Two who lock
    several rows of one table wait for each other, and never deadlock.
    """
    return list(rows.order_by("pk").select_for_update(of=("self",)).values_list("pk", flat=True))


def lock_unchanged[Row: models.Model](row: Row, values_of: Callable[[Row], Values], seen: str | None) -> None:
    """Lock the row until the transaction ends and read it again.

    Raises Gone when it was deleted, and Stale unless its values still have the fingerprint `seen`; without one it may
    have changed in any way. The row then holds the present values in either case.
    """
    own = [field.name for field in row._meta.concrete_fields if not field.is_relation]  # its parent never changes
    locked = type(row)._default_manager.select_for_update(no_key=True, of=("self",))
    try:
        row.refresh_from_db(fields=own, from_queryset=locked)
    except ObjectDoesNotExist:
        raise Gone from None
    refuse_changed(values_of(row), seen)


def refuse_changed(values: Values, seen: str | None) -> None:
    """Raise Stale unless these present values have the fingerprint `seen`, where one is given."""
    if seen and fingerprint(values) != seen:
        raise Stale
