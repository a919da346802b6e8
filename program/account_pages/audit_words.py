"""The audit log in words: nouns, events, fields and values as a person reads them."""

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from accounts.audit.tables import audited_tables
from accounts.models import AuditEntry, Membership
from program.templatetags.brandboard import moment

ERASED = "(erased)"
VERBS = {"ADDED": "added", "CHANGED": "changed", "REMOVED": "removed"}
# Fields that the sentence already covers, or that only programs read.
_UNSAID = {"code_key", "name_key", "sid"}
_FIELDS = {
    "media_partner_id": "partner id",
    "payout_rate": "rate",
    "is_active": "active",
    "is_staff": "may open Django admin",
    "is_superuser": "may do everything in Django admin",
    "sku": "SKU",
    "ip_addresses": "IP addresses",
    "only_good": "only the good rows",
    "only_good_rows": "only the good rows",
    "requires_second_factor": "everybody needs a second factor",
    "revoked_at": "revoked",
}


# As PostgreSQL writes a moment, in a row and in a range.
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d(:?\d\d)?)$")
_RANGE = re.compile(r'[\[(]"?([^",]*)"?,"?([^",)\]]*)"?[\])]')


# Between the words of a name such as PayoutLevel.
_CAPITALS = re.compile("(?<=[a-z])(?=[A-Z])")


class Change(NamedTuple):
    field: str
    before: str
    after: str


def nouns() -> list[tuple[str, str]]:
    """Each audited table with the words for its rows, as a choice of the filter."""
    return [(each.table, each.many[0].upper() + each.many[1:]) for each in audited_tables().values()]


def sentence(entry: AuditEntry) -> str:
    """What happened, to be read after the name of the person who did it."""
    label = ERASED if entry.label is None else entry.label
    if entry.event not in VERBS:
        return label
    table = audited_tables().get(entry.noun)
    one, many = (table.one, table.many) if table else (entry.noun, entry.noun)
    what = one if entry.count == 1 else f"{entry.count:,} {many}"
    return f"{VERBS[entry.event]} {what}{f' {label}' if entry.count == 1 else f': {label}'}".rstrip(": ")


def changes(entry: AuditEntry, zone: ZoneInfo) -> Iterator[Change]:
    """The fields that changed; of what was added or removed, those that had a value. Moments are in the zone."""
    table = audited_tables().get(entry.noun)
    for key, values in sorted(entry.changes.items()):
        before, after = (ERASED, ERASED) if values is None else values or (None, None)
        if table and key in table.opened and values:
            yield from _opened(key, before, after, zone)
            continue
        is_other_row = key.endswith("_id") and isinstance(after if after is not None else before, int)
        if key in _UNSAID or (is_other_row and entry.event != "CHANGED"):
            continue
        name = _FIELDS.get(key, key.removesuffix("_id").replace("_", " "))
        words = _period if key == "period" else _value
        yield Change(name, "", "") if values == [] else Change(name, words(before, zone), words(after, zone))


def _opened(key: str, before: Any, after: Any, zone: ZoneInfo) -> Iterator[Change]:
    """The fields of a JSON column that differ: `sections, locking day offset`."""
    told = [dict(_fields(value or {})) for value in (before, after)]
    for path in sorted(told[0].keys() | told[1].keys()):
        was, now = (fields.get(path) for fields in told)
        if was != now:
            yield Change(f"{key.replace('_', ' ')}, {path}", _value(was, zone), _value(now, zone))


def _fields(value: Mapping[str, Any], within: str = "") -> Iterator[tuple[str, Any]]:
    """Every single field of an object, however deep, by the words of its keys: `PayoutLevel` is payout level."""
    for key, each in value.items():
        words = f"{within} {_CAPITALS.sub(' ', key).replace('_', ' ').lower()}".strip()
        if isinstance(each, dict):
            yield from _fields(each, words)
        else:
            yield words, each


def _period(value: Any, zone: ZoneInfo) -> str:
    """A range as PostgreSQL writes it: its first moment, and the first moment after it."""
    if value == "empty":
        return "no time"
    if not (found := _RANGE.fullmatch(str(value))):
        return _value(value, zone)
    begins, ends = (_value(end, zone) if end else "" for end in found.groups())
    if not begins:
        return f"until {ends}" if ends else "at any time"
    return f"from {begins} until {ends}" if ends else f"from {begins} on"


def _value(value: Any, zone: ZoneInfo) -> str:
    if value is None or value == "" or value == []:
        return "nothing"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        return f"{Decimal(str(value)).normalize():f}"
    if isinstance(value, list):
        return ", ".join(_value(each, zone) for each in value)
    if isinstance(value, dict):
        return " ".join(_value(each, zone) for each in value.values())
    if isinstance(value, str) and _MOMENT.match(value):
        return moment(datetime.fromisoformat(value), zone)
    return str(Membership.Role(value).label) if value in Membership.Role.values else str(value)
