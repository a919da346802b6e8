"""Number formats of workbooks: what a number says in its cell, where the format changes what it means.

A percentage is one by a real percent code, which multiplies (0.15 is shown as 15%), or by a percent sign in the text
beside the digits, which does not (15 is shown as 15%). An id has the zeros and decimals of its format, and the text
beside them; thousands separators, currency signs and colours are not part of it. Formats are untrusted input: they are
read once, from left to right.
"""

import re
import unicodedata
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

DIGITS = 15  # that a spreadsheet keeps
_LONGEST = 1_000  # characters of a format that are read; Excel allows 255
_CONDITION = re.compile(r"(<=|>=|<>|<|>|=)(-?[0-9]{1,15}(?:\.[0-9]{1,15})?)")
_PERCENT_SIGNS = frozenset("%％﹪")
_MILLE_SIGNS = frozenset("‰‱")
_CURRENCIES = frozenset({"eur", "usd", "gbp", "chf", "jpy", "sek", "nok", "dkk", "pln", "czk", "kr", "kr.", "zł", "kč"})
_PLACES = "0#?"
_GENERAL = frozenset({"", "General"})


class Shown(NamedTuple):
    """What a number says in its cell.

    `text` is its value, with its sign where it is a percentage; `kind` is `number`, `percent`, `mille` (per mille),
    or, where no id can be read from it, `long` (more than 15 digits) or `hidden` (the format hides some of them);
    `as_id` is the id that it shows.
    """

    text: str
    kind: str
    as_id: str = ""


class Section(NamedTuple):
    """A part of a format, between semicolons. `whole` and `decimals` hold places and the text between them."""

    condition: tuple[str, Decimal] | None
    percents: int
    beside: str  # all of its text
    lead: str
    whole: tuple[str, ...]
    decimals: tuple[str, ...]
    tail: str
    is_general: bool
    is_loose: bool  # an exponent, a fraction, or shown in thousands: what it shows is not its digits


def plain(number: Decimal) -> str:
    """The number in plain decimal notation, without zeros at its end."""
    text = str(number)
    if "E" in text:
        text = f"{number:f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def show(number: Decimal, code: str) -> Shown:
    """Return what a cell of this format shows for a finite number."""
    if code in _GENERAL:  # as most are: ten times faster
        text = plain(number)
        return Shown(text, "long") if _is_long(text) else Shown(text, "number", text)
    sections = _sections(code)
    section, says_its_sign = _section_of(sections, number)
    text = plain(number)
    if section is None:
        return Shown(text, "hidden")
    if section.percents:
        return Shown(f"{plain(number * 100**section.percents)}%", "percent")
    if _PERCENT_SIGNS & set(section.beside):
        return Shown(f"{text}%", "percent")
    if _MILLE_SIGNS & set(section.beside):
        return Shown(f"{text}‰", "mille")
    if _is_long(text):
        return Shown(text, "long")
    shown = _as_id(abs(number), section)
    if shown is None:
        return Shown(text, "hidden")
    return Shown(text, "number", f"-{shown}" if number < 0 and says_its_sign else shown)


def _is_long(text: str) -> bool:
    return len(text) > DIGITS and len(text.lstrip("-0.").replace(".", "")) > DIGITS


def _as_id(number: Decimal, section: Section) -> str | None:
    """The digits that the section shows, with the text beside them; None where it does not show all of them."""
    text = plain(number)
    if section.is_loose:
        return text if "." not in text else None
    if section.is_general:
        return f"{section.lead}{text}{section.tail}".strip()
    whole, _, fraction = text.partition(".")
    places = [each for each in section.decimals if each in _PLACES]
    if len(fraction) > len(places) or not (places or any(each in _PLACES for each in section.whole)):
        return None
    fraction = fraction.ljust(len(places), "0")
    while fraction and places[len(fraction) - 1] != "0" and fraction.endswith("0"):
        fraction = fraction[:-1]
    shown = section.lead + _fill(section.whole, whole)
    return (f"{shown}.{fraction}{section.tail}" if fraction else f"{shown}{section.tail}").strip()


def _fill(places: tuple[str, ...], digits: str) -> str:
    """Put digits into places from the right; the first place takes what is left over."""
    digits = "" if digits == "0" else digits
    filled: list[str] = []
    first = next((index for index, each in enumerate(places) if each in _PLACES), len(places))
    has_separators = "#" in places
    for index in range(len(places) - 1, -1, -1):
        place = places[index]
        if place not in _PLACES:
            if not (has_separators and not place.strip(" \u00a0\u202f'’.")):
                filled.append(place)
        elif index == first:
            filled.append(digits or ("0" if place == "0" else ""))
            digits = ""
        elif digits:
            filled.append(digits[-1])
            digits = digits[:-1]
        elif place == "0":
            filled.append("0")
    return "".join(reversed(filled))


def _section_of(sections: tuple[Section, ...], number: Decimal) -> tuple[Section | None, bool]:
    """The section that shows the number, and whether a minus sign is shown beside it."""
    numeric = sections[:3]
    if any(section.condition for section in numeric):
        for section in numeric:
            if section.condition is None or _holds(section.condition, number):
                return section, True
        return None, True
    if number < 0 and len(numeric) > 1:
        return numeric[1], False
    return numeric[2 if number == 0 and len(numeric) > 2 else 0], True


def _holds(condition: tuple[str, Decimal], number: Decimal) -> bool:
    sign, bound = condition
    return (
        ("=" in sign and number == bound)
        or ("<" in sign and number < bound)
        or (">" in sign and number > bound)
    )  # fmt: skip


@lru_cache(maxsize=1_000)
def _sections(code: str) -> tuple[Section, ...]:
    sections, at = [], 0
    code = code[:_LONGEST]
    while True:
        section, at = _section(code, at)
        sections.append(section)
        if at > len(code) or len(sections) == 4:
            return tuple(sections)


class _Reader:
    """Collects one section from left to right."""

    def __init__(self) -> None:
        self.condition: tuple[str, Decimal] | None = None
        self.percents = 0
        self.lead: list[str] = []
        self.whole: list[str] = []
        self.decimals: list[str] = []
        self.tail: list[str] = []
        self.beside: list[str] = []
        self.is_general = self.is_loose = self.has_point = self.has_date = False
        self.commas = 0

    def place(self, character: str) -> None:
        if self.tail:  # text between two places belongs to the digits
            (self.decimals if self.has_point else self.whole).extend(self.tail)
            self.tail = []
        (self.decimals if self.has_point else self.whole).append(character)
        self.commas = 0

    def text(self, text: str) -> None:
        self.beside.append(text)
        kept = "".join(each for each in text if unicodedata.category(each) != "Sc")
        kept = "" if kept.strip().casefold() in _CURRENCIES else kept
        if kept:
            (self.tail if self.whole or self.decimals or self.is_general else self.lead).append(kept)

    def bracket(self, inside: str) -> None:
        if match := _CONDITION.fullmatch(inside.replace(" ", "")):
            self.condition = match[1], Decimal(match[2])
        elif inside and not inside.startswith("$") and not inside.casefold().strip("hms"):
            self.is_loose = True  # elapsed time
        elif inside.startswith("$"):
            self.beside.append(inside[1:].partition("-")[0])

    def section(self) -> Section:
        return Section(
            self.condition, self.percents, "".join(self.beside), "".join(self.lead), tuple(self.whole),
            tuple(self.decimals), "".join(self.tail), self.is_general, self.is_loose or self.commas > 0,
        )  # fmt: skip


def _section(code: str, at: int) -> tuple[Section, int]:
    """Read a section from `at`; the second answer is where the next begins, beyond the end where there is none."""
    reader = _Reader()
    size = len(code)
    while at < size:
        character = code[at]
        at += 1
        if character == ";":
            return reader.section(), at
        if character == '"':
            end = code.find('"', at)
            end = size if end < 0 else end
            reader.text(code[at:end])
            at = end + 1
        elif character == "[":
            end = code.find("]", at)
            end = size if end < 0 else end
            reader.bracket(code[at:end])
            at = end + 1
        elif character in "\\!":
            reader.text(code[at : at + 1])
            at += 1
        elif character in "_*":  # a space as wide as the next character, or that character repeated to fill the cell
            at += 1
        elif character in _PLACES:
            reader.place(character)
        elif character == ".":
            reader.has_point = True
        elif character == ",":
            reader.commas += bool(reader.whole)
        elif character == "%":
            reader.percents += 1
        elif character == "@" or code[at - 1 : at + 6].casefold() == "general":
            reader.is_general = True
            at += 0 if character == "@" else 6
        elif character in "Ee" and code[at : at + 1] in ("+", "-"):
            reader.is_loose = True
            at += 1
        elif character == "/" and reader.whole:
            reader.is_loose = True
        else:
            reader.text(character)
    section = reader.section()
    if not code:
        section = section._replace(is_general=True)
    return section, size + 1
