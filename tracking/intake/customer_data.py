"""Reading who a customer is: a row of a customers file, or a request of the API."""

import hashlib
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from common.refusals import Refusals, Refused
from contracts.engine.orders.countries import country_code
from tracking.intake import parsing
from tracking.intake.canonical_values import printable

# Every parameter, with the name under which it is stored and its longest text.
IDENTITY: Final = {
    "Name": ("name", 255),
    "Email": ("email", 254),
    "EmailSha1": ("email_sha1", 40),
    "EmailSha256": ("email_sha256", 64),
    "Country": ("country", 255),
    "Region": ("region", 255),
    "City": ("city", 255),
    "PostCode": ("post_code", 255),
}
EARLIER: Final = {"FirstOrderDate": ("first_order_date", 64), "OrdersBefore": ("orders_before", 64)}
_KNOWN = {**IDENTITY, **EARLIER, "CustomerId": ("customer_id", 255)}
_NAMES = {name.casefold(): name for name in _KNOWN}
_EMAIL = re.compile(r"[^@\s]++@(?=[^@\s]++\Z)[^@\s]+\.[^@\s]+")  # linear: no backtracking
_HEX = re.compile("[0-9a-f]+")
_HASHES = {"EmailSha1": hashlib.sha1, "EmailSha256": hashlib.sha256}


@dataclass(frozen=True, slots=True)
class CustomerData:
    """A well-formed customer: `said` has what was sent, by the names under which it is stored; a blank clears."""

    customer_id: str
    said: Mapping[str, object]


def read_customer(
    params: Mapping[str, object],
    *,
    now: datetime,
    time_zone: str = "UTC",
    takes: Collection[str] = tuple(_KNOWN),
    beside: Collection[str] = (),
    blank_clears: bool = True,
) -> CustomerData:
    """Read a customer, or raise Refused with every bad field. A blank value counts as sent only if `blank_clears`.
    `beside` are the names that the caller reads itself.

    An e-mail address is kept in lower case with its SHA-1 and SHA-256; a country by its code.
    """
    errors = Refusals(one_per_path=True)
    sent: dict[str, str] = {}
    for name, value in params.items():
        known = _NAMES.get(name.strip().casefold()) if name.isascii() else None
        try:
            if known is None or known not in takes:
                raise Refused(f"Is not known here; use {', '.join([*takes, *beside])}.")
            text = parsing.as_text(value)
            read = _customer_id if known == "CustomerId" else parsing.read_text
            if text or blank_clears:
                sent[known] = read(text, _KNOWN[known][1])
        except Refused as refused:
            errors.add(known or printable(name), "; ".join(each.message for each in refused))
    customer_id = sent.pop("CustomerId", "")
    if not customer_id:
        errors.add("CustomerId", "Is required.", "required")
    said: dict[str, object] = {}
    for name, text in sent.items():
        try:
            said[_KNOWN[name][0]] = _value(name, text, now, time_zone)
        except Refused as refused:
            errors.add(name, str(refused))
    _add_hashes(said, errors)
    errors.raise_any()
    return CustomerData(customer_id, said)


def _customer_id(text: str, limit: int) -> str:
    return parsing.read_customer_id(parsing.read_order_id(text, limit), limit)


def _value(name: str, text: str, now: datetime, time_zone: str) -> object:
    match name:
        case "FirstOrderDate":
            if not text:
                return None
            return parsing.read_past_day(text, now=now, time_zone=time_zone)
        case "OrdersBefore":
            return parsing.read_whole(text) if text else 0
    if not text:
        return ""
    match name:
        case "Name":
            return " ".join(text.split())
        case "Email":
            if not _EMAIL.fullmatch(text):
                raise Refused("Is not a valid e-mail address.")
            return text.lower()
        case "EmailSha1" | "EmailSha256":
            text = text.lower()
            if not (_HEX.fullmatch(text) and len(text) == _KNOWN[name][1]):
                kind, digits = name.removeprefix("Email").upper(), _KNOWN[name][1]
                raise Refused(f"Send the {kind} of the address in lower case, as {digits} hexadecimal digits.")
        case "Country":
            code = country_code(text)
            if code is None:
                raise Refused(f"“{text[:40]}” is not a valid country: use two letters, such as GB.")
            return code
    return text


def _add_hashes(said: dict[str, object], errors: Refusals) -> None:
    """Say an address with both of its hashes, and refuse a hash of another address that was sent with it."""
    email = said.get("email")
    if email is None:
        return
    for name, digest in _HASHES.items():
        key = IDENTITY[name][0]
        own = digest(str(email).encode()).hexdigest() if email else ""
        if email and said.get(key, own) not in ("", own):
            errors.add(name, "Is not the hash of the Email that was sent with it: leave one of the two out.")
        elif email or key not in said:
            said[key] = own
