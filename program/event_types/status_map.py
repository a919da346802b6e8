"""Which codes mean which customer status category: reading and validating what was typed (payouts.md §4)."""

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from common.formats.comparison import compared, trimmed
from common.refusals import Refusal, Refused
from program.names import tidy_name

CATEGORIES = ("New", "Existing", "Re-Engaged")
# Names of the three in reports and on other platforms; "Other" is what reports call the unmapped rest.
_KNOWN = {
    "new": "New",
    "existing": "Existing",
    "return": "Existing",
    "returning": "Existing",
    "re-engaged": "Re-Engaged",
    "reengaged": "Re-Engaged",
}
_RESERVED = {"other"}
_CODE_KEY = 80
MOST_CODES, MOST_CATEGORIES = 20_000, 50  # of one event type
MOST_FAULTS = 100  # found at once
TOO_LONG = "One of the codes is far longer than 40 characters: is there a comma or a line missing between codes?"


@dataclass(frozen=True)
class StatusCode:
    category: str
    code: str
    key: str


@dataclass(frozen=True)
class Fault:
    """What is wrong with a mapping, and the categories that it concerns, as they were typed."""

    message: str
    categories: tuple[str, ...]
    key: str = ""  # of the code that is wrong


def code_key(code: str) -> str:
    """The code as it is compared."""
    return compared(code)


def split_codes(typed: str) -> list[str]:
    """The codes in a typed list: separated by commas or lines, with double quotes around a code that has a comma.

    Raises Refused where one of them is longer than a csv reader takes.
    """
    try:
        rows = list(csv.reader(typed.splitlines(), skipinitialspace=True))
    except csv.Error:
        raise Refused(Refusal("codes", TOO_LONG)) from None
    return [code.strip() for row in rows for code in row if code.strip()]


def join_codes(codes: Iterable[str]) -> str:
    """The list that `split_codes` reads back as these codes."""
    return ", ".join('"' + code.replace('"', '""') + '"' if "," in code or '"' in code else code for code in codes)


def read_mapping(mapping: Mapping[str, Iterable[str]]) -> list[StatusCode]:
    """The mapping as rows, trimmed, a code once as it is compared; a category known by another name gets its usual one.

    Raises Refused with every error at once: a code in two categories (naming both), an empty or reserved
    category, anything longer than 40 characters.
    """
    rows, faults = checked_mapping(mapping)
    if faults:
        raise Refused(*(Refusal("codes", message) for message in dict.fromkeys(fault.message for fault in faults)))
    return rows


def checked_mapping(mapping: Mapping[str, Iterable[str]]) -> tuple[list[StatusCode], list[Fault]]:
    """The rows of a mapping as `read_mapping` returns them, and what is wrong with it; of many faults, the first."""
    listed = {typed: list(codes) for typed, codes in mapping.items()}
    counted = sum(map(len, listed.values()))
    if len(mapping) > MOST_CATEGORIES or counted > MOST_CODES:
        words = f"A mapping holds at most {MOST_CATEGORIES} categories and {MOST_CODES:,} codes; this one has "
        return [], [Fault(f"{words}{len(mapping):,} and {counted:,}.", tuple(mapping)[:1])]
    rows: dict[str, StatusCode] = {}
    listed_under: dict[str, str] = {}
    spelled: dict[str, str] = {}
    faults: list[Fault] = []
    for typed, codes in listed.items():
        category, wrong = _category(typed, spelled)
        if wrong:
            faults.append(Fault(wrong, (typed,)))
        for code in map(trimmed, codes):
            key = code_key(code)
            if not key:
                continue
            if wrong := _wrong_code(code, key):
                faults.append(Fault(wrong, (typed,), key))
            elif (first := rows.setdefault(key, StatusCode(category, code, key))).category != category:
                faults.append(Fault(_twice(code, category, first), (listed_under[key], typed), key))
            listed_under.setdefault(key, typed)
            if len(faults) >= MOST_FAULTS:
                return list(rows.values()), faults
    return list(rows.values()), faults


def _wrong_code(code: str, key: str) -> str:
    if len(code) > 40 or len(key) > _CODE_KEY:
        return f"The code “{code[:40]}…” is longer than 40 characters."
    return "A code contains a NUL character; remove it." if "\x00" in code else ""


def _twice(code: str, category: str, first: StatusCode) -> str:
    if code.casefold() == first.code.casefold():
        return f"The code “{code}” is listed under {first.category} and under {category}; leave it under one of them."
    return (
        f"The code “{code}” under {category} is compared as “{first.code}” under {first.category}; "
        "leave it under one of them."
    )


def parse_status_map(text: str) -> tuple[str, dict[str, list[str]]]:
    """Read `SALE:New=new;Existing=repeat,known` into the event type's code and its mapping.

    Raises Refused where the text is not of that form.
    """
    event_type_code, colon, rest = text.partition(":")
    mapping: dict[str, list[str]] = {}
    for part in filter(str.strip, rest.split(";")):
        category, equals, codes = part.partition("=")
        if not equals or not category.strip():
            raise Refused(f"“{part.strip()}” is not part of a mapping; write Category=code,code.")
        mapping.setdefault(category.strip(), []).extend(split_codes(codes))
    if not colon or not event_type_code.strip() or not mapping:
        raise Refused(f"“{text}” is not a mapping; write it as SALE:New=new;Existing=repeat,known.")
    return event_type_code.strip(), mapping


def _category(typed: str, spelled: dict[str, str]) -> tuple[str, str]:
    """The category by its usual name, and what is wrong with it."""
    name = tidy_name(typed)
    category = _KNOWN.get(compared(name), name)
    wrong = ""
    if not category:
        wrong = "A category needs a name."
    elif compared(category) in _RESERVED:
        wrong = f"“{category}” is what reports call every unmapped code; choose another name."
    elif len(category) > 40:
        wrong = f"The category “{category[:40]}…” is longer than 40 characters."
    elif "\x00" in category:
        wrong = "A category contains a NUL character; remove it."
    return spelled.setdefault(compared(category), category), wrong
