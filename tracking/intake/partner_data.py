"""Reading a partner: one row of a partners file."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from common.refusals import Refusals, Refused
from tracking.intake import parsing
from tracking.intake.canonical_values import printable

_LIMITS = {"PartnerId": 64, "Name": 120, "Country": 64, "Groups": 1024, "Email": 254, "Channel": 40}
_NAMES = {name.casefold(): name for name in _LIMITS}
_EMAIL = re.compile(r"[^@\s]++@(?=[^@\s]++\Z)[^@\s]+\.[^@\s]+")  # linear: no backtracking
GROUP_NAME = 80


@dataclass(frozen=True, slots=True)
class PartnerData:
    """A well-formed partner; the country is as it was sent, groups are names without repetition, in order."""

    partner_id: str
    name: str
    country: str
    groups: tuple[str, ...]
    email: str
    channel: str = ""


def read_partner(params: Mapping[str, object]) -> PartnerData:
    """Read a partner, or raise Refused with every bad field. Groups are separated by commas or semicolons."""
    errors = Refusals(one_per_path=True)
    sent = dict.fromkeys(_LIMITS, "")
    for name, value in params.items():
        try:
            known = _NAMES.get(name.strip().casefold())
            if known is None:
                raise Refused(f"Is not a known column of a partners file; use {', '.join(_LIMITS)}.")
            read = parsing.read_id if known == "PartnerId" else parsing.read_text
            sent[known] = read(parsing.as_text(value), _LIMITS[known])
        except Refused as refused:
            errors.add(printable(name), str(refused))
    for required in ("PartnerId", "Name"):
        if not sent[required]:
            errors.add(required, "Is required.", "required")
    if sent["Email"] and not _EMAIL.fullmatch(sent["Email"]):
        errors.add("Email", "Is not a valid e-mail address.")
    groups = tuple(dict.fromkeys(group.strip() for group in re.split("[,;]", sent["Groups"]) if group.strip()))
    if any(len(group) > GROUP_NAME for group in groups):
        errors.add("Groups", f"Has a group's name of more than {GROUP_NAME} characters.")
    errors.raise_any()
    return PartnerData(sent["PartnerId"], sent["Name"], sent["Country"], groups, sent["Email"], sent["Channel"])
