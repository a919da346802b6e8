"""Rules and values as people type them: `[Customer Status is New] AND [Order Total >= 200]`, `ACME, "a, b"`.

A comma separates values, which are alternatives. Double quotes, plain or typographic, keep everything inside plain; a
closing quote written twice is that quote. A quote counts only where a value begins, so `12" vinyl` needs none. What is
written here reads back the same. Spellings of operators come from the table in `fields.py`.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any

from common.formats.comparison import ZERO_WIDTH, trimmed
from common.formats.nearest import did_you_mean, nearest
from common.refusals import Refusal, Refused
from contracts.engine.rules.fields import (
    LABELS,
    OPERATORS,
    VARIABLES,
    Operator,
    Type,
    Variable,
    operator,
    operators,
    variable,
)

RawRule = dict[str, Any]

_SPACE = re.compile(rf"[\s{ZERO_WIDTH}]*")
_AND = re.compile(r"\sand\s", re.IGNORECASE)
_JOINT = re.compile(r"and(?=[\s\[])", re.IGNORECASE)
_SEPARATOR = re.compile(rf"[\s{ZERO_WIDTH}]*,")
_BETWEEN_SEPARATOR = re.compile(r"\s*and\s+", re.IGNORECASE)
# What closes a quote, by what opened it: “English”, „German“, «French», »Danish«, ”Swedish”.
_CLOSING = {'"': '"', "“": "”“", "„": "“”", "«": "»", "»": "«", "”": "”", "‟": "”"}
# Reading stops at the first character that no label continues with; most texts are rules of long files.
_BEGINNINGS = frozenset(label[:end] for label in LABELS for end in range(1, len(label) + 1))


def parse_values(typed: str) -> list[str]:
    """Return the values of a form field; blanks are left out. Raises Refused."""
    values, position = _read_values(typed, 0, stop="")
    if position < len(typed):
        raise _unreadable(position + 1, "a comma after the closing quote")
    return values


def format_values(values: Iterable[str]) -> str:
    """Return values as a person would type them; ValueError for a blank one."""
    return ", ".join(_written(value) for value in values)


def parse_rules(text: str) -> list[RawRule]:
    """Return the rules of a payout group as they stand in a terms document. Raises Refused.

    Only the form is checked here: whether a value fits its variable is for the loader of terms.
    """
    return [rule for _, rule in placed_rules(text)]


def placed_rules(text: str) -> list[tuple[int, RawRule]]:
    """Return the rules, each with the character that it begins at, counted from 1. Raises Refused."""
    rules: list[tuple[int, RawRule]] = []
    position = _skip(text, 0)
    while position < len(text):
        if rules:
            joint = _JOINT.match(text, position)
            if joint is None:
                raise _unreadable(position + 1, "AND, or the end")
            position = _skip(text, joint.end())
        beginning = position + 1
        rule, position = _read_rule(text, position)
        rules.append((beginning, rule))
        position = _skip(text, position)
    return rules


def format_rules(rules: Iterable[Mapping[str, Any]]) -> str:
    """Return rules in the form of payout group files; KeyError for a variable or operator that does not exist."""
    return " AND ".join(format_rule(rule) for rule in rules)


def format_rule(rule: Mapping[str, Any]) -> str:
    """Return one rule with its brackets: `[Item Category is "ACME,Anvils"]`."""
    about = variable(rule["Variable"])
    how = operator(about, rule["Operator"])
    values = list(rule.get("Values") or [])
    plain = _bracketed(about, how, [_written(value) for value in values])
    try:
        if parse_rules(plain) == [{"Variable": about.key, "Operator": how.key, "Values": values}]:
            return plain
    except Refused:
        pass
    # "is" before a value such as "not here" or "present" reads as another operator: quotes keep it a value.
    return _bracketed(about, how, [_quoted(value) for value in values])


def _bracketed(about: Variable, how: Operator, written: Sequence[str]) -> str:
    joined = (" and " if how.key == "BETWEEN" else ", ").join(written)
    return f"[{about.label} {how.text}{' ' if joined else ''}{joined}]"


def _quoted(value: str) -> str:
    return '"' + value.replace('"', '""') + '"'


def _written(value: str) -> str:
    if not value.strip():
        raise ValueError("a blank is not a value")
    plain = value == trimmed(value) and not any(mark in value for mark in _MARKS) and not _AND.search(value)
    return value if plain else _quoted(value)


_MARKS = (",", "[", "]", *_CLOSING)


def _skip(text: str, position: int) -> int:
    match = _SPACE.match(text, position)
    return match.end() if match else position


def _read_rule(text: str, position: int) -> tuple[RawRule, int]:
    if not text.startswith("[", position):
        raise _unreadable(position + 1, "[ before a rule")
    start = _skip(text, position + 1)
    labels = _labels(text, start)
    if not labels:
        raise _unknown_field(text, start)
    # "Order Discount Rate >" and "Order Discount >": the longest name that an operator follows is meant.
    for about, end in labels:
        for how, after in _operators(text, _skip(text, end), about):
            if how.most == 0:
                return {"Variable": about.key, "Operator": how.key, "Values": []}, _close(text, after)
            values, after = _read_values(text, _skip(text, after), stop="]", between=how.key == "BETWEEN")
            if how.key == "BETWEEN" and text.startswith(",", after):
                raise _unreadable(
                    after + 1, "two values with and between them, and no comma in a number: 1000 and 2000"
                )
            end_of_rule = _close(text, after)
            if not values:
                raise _unreadable(after + 1, "a value")
            if how.key == "BETWEEN" and len(values) != 2:
                raise _unreadable(after + 1, "two values with and between them")
            return {"Variable": about.key, "Operator": how.key, "Values": values}, end_of_rule
    about, end = labels[0]
    names = ", ".join(how.text for how in operators(about))
    raise _unreadable(_skip(text, end) + 1, f"an operator of {about.label}: {names}")


def _unreadable(position: int, expected: str = "", *, problem: str = "") -> Refused:
    """The refusal of a text at a character, counted from 1: what was expected there, or the problem."""
    return Refused(Refusal(f"character {position}", problem or f"expected {expected}"))


def _labels(text: str, start: int) -> list[tuple[Variable, int]]:
    """Return every variable whose label the text starts with, and where it ends, longest first."""
    found = []
    plain = ""
    for position in range(start, len(text)):
        character = text[position]
        if character.isspace() or character in ZERO_WIDTH:
            continue
        plain += character.casefold()
        if plain not in _BEGINNINGS:
            break
        if character.isalnum() and text[position + 1 : position + 2].isalnum():
            continue  # inside a word: Text1 is not the beginning of Text10
        if plain in LABELS:
            found.append((LABELS[plain], position + 1))
    return found[::-1]


def _unknown_field(text: str, start: int) -> Refused:
    """The message where no rule field is named: the name as it was typed, and the nearest one."""
    end = _OPERATOR.search(text, start)
    typed = text[start : end.start()].strip() if end else ""
    if not typed:
        return _unreadable(start + 1, "the name of a rule field, such as Customer Status")
    meant = did_you_mean(typed, _LABELS) or f"; the nearest is {nearest(typed, _LABELS, alike=0)}"
    return _unreadable(start + 1, problem=f"“{typed[:80]}” is not a rule field{meant}")


_LABELS = tuple(variable.label for variable in VARIABLES.values())
_SPELLINGS = {spelling for rows in OPERATORS.values() for how in rows for spelling in (how.text, how.label, *how.also)}
# Where the name of a field ends: before an operator, or the rule.
_OPERATOR = re.compile(
    r"[\[\]]|" + "|".join(rf"\b{re.escape(each)}\b" if each[0].isalpha() else re.escape(each) for each in _SPELLINGS),
    re.IGNORECASE,
)


def _operators(text: str, position: int, about: Variable) -> list[tuple[Operator, int]]:
    """Return the operators that stand here, longest spelling first; one without values must end the rule."""
    found = []
    for how, pattern in _spellings(about.type):
        match = pattern.match(text, position)
        if match and (how.most != 0 or text.startswith("]", _skip(text, match.end()))):
            found.append((how, match.end()))
    return sorted(found, key=lambda each: -each[1])


@cache
def _spellings(type_: Type) -> list[tuple[Operator, re.Pattern[str]]]:
    """Every spelling of the type's operators as a pattern, in the order a form shows them."""
    found = []
    for how in OPERATORS[type_]:
        for spelling in dict.fromkeys((how.text, how.label, *how.also)):
            pattern = r"\s+".join(map(re.escape, spelling.split())) + (r"(?!\w)" if spelling[-1].isalnum() else "")
            found.append((how, re.compile(pattern, re.IGNORECASE)))
    return found


def _close(text: str, position: int) -> int:
    position = _skip(text, position)
    if not text.startswith("]", position):
        raise _unreadable(position + 1, "] at the end of the rule" if position >= len(text) else "a comma or ]")
    return position + 1


def _read_values(text: str, position: int, *, stop: str, between: bool = False) -> tuple[list[str], int]:
    """Return the values from here to `stop` (or the end), and where reading ended, which is before `stop`."""
    values: list[str] = []
    separator = _BETWEEN_SEPARATOR if between else _SEPARATOR
    while True:
        position = _skip(text, position)
        if text[position : position + 1] in _CLOSING:
            value, position = _read_quoted(text, position)
        else:
            value, position = _read_plain(text, position, stop, between=between)
        if value.strip():
            values.append(value)
        match = separator.match(text, position)
        if match is None:
            return values, _skip(text, position)
        position = match.end()


def _read_quoted(text: str, opening: int) -> tuple[str, int]:
    closing = _CLOSING[text[opening]]
    value, position = "", opening + 1
    while position < len(text):
        character = text[position]
        if character in closing:
            if not text.startswith(character, position + 1):
                return value, position + 1
            position += 1  # written twice
        value += character
        position += 1
    raise _unreadable(len(text) + 1, f"{closing[0]} to close the quote opened at character {opening + 1}")


def _read_plain(text: str, start: int, stop: str, *, between: bool) -> tuple[str, int]:
    position = start
    while position < len(text) and text[position] not in f"{stop}," and not (between and _AND.match(text, position)):
        if stop and text[position] == "[":
            raise _unreadable(position + 1, "] before the next [, or quotes around the value")
        position += 1
    return trimmed(text[start:position]), position
