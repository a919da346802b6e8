"""Reading the tags of a customer: one row of a file of customer tags."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from common.refusals import Refusals, Refused
from tracking.intake import parsing
from tracking.intake.canonical_values import printable

_LIMITS = {"CustomerId": 255, "Tags": 4_096, "From": 40}
_NAMES = {name.casefold(): name for name in _LIMITS}
# A name in quotes may have a comma; a quote written twice is that quote.
_TAG = re.compile(r'\s*(?:"((?:[^"]|"")*)"|([^,;]*))\s*(?:[,;]|$)')
EARLIEST, LATEST = datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class TagData:
    """A well-formed row: the tags by name, without repetition, and from when it counts, where that was said."""

    customer_id: str
    tags: tuple[str, ...]
    since: datetime | None


def customer_id_in(params: Mapping[str, object]) -> str:
    """The customer that a row names; blank where it names none that can be read."""
    for name, value in params.items():
        if _NAMES.get(name.strip().casefold()) == "CustomerId":
            try:
                return parsing.read_customer_id(parsing.as_text(value), _LIMITS["CustomerId"])
            except Refused:
                return ""
    return ""


def read_customer_tags(params: Mapping[str, object], *, time_zone: str) -> TagData:
    """Read the tags of a customer, or raise Refused with every bad field. Tags are separated by commas or semicolons;
    a day without a time is its beginning in the time zone.
    """
    errors = Refusals(one_per_path=True)
    sent = dict.fromkeys(_LIMITS, "")
    since = None
    for name, value in params.items():
        try:
            known = _NAMES.get(name.strip().casefold())
            if known is None:
                raise Refused(f"Is not a known column of a file of customer tags; use {', '.join(_LIMITS)}.")
            read = parsing.read_customer_id if known == "CustomerId" else parsing.read_text
            sent[known] = read(parsing.as_text(value), _LIMITS[known])
            if known == "From" and sent[known]:
                since = parsing.read_moment(sent[known], time_zone, takes_skipped=False)
                if not EARLIEST <= since < LATEST:
                    raise Refused("Send a year from 2000 to 2099.")
        except Refused as refused:
            errors.add(printable(name), str(refused))
    if not sent["CustomerId"]:
        errors.add("CustomerId", "Is required.", "required")
    errors.raise_any()
    return TagData(sent["CustomerId"], _tags(sent["Tags"]), since)


def _tags(text: str) -> tuple[str, ...]:
    found = ((quoted.replace('""', '"') if quoted else plain).strip() for quoted, plain in _TAG.findall(text))
    return tuple(dict.fromkeys(name for name in found if name))
