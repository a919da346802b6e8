"""Rules as they stand in the rule builder: in rows of fields, or as one text in the syntax of payout group files."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.http import QueryDict

from common.refusals import Refusal, Refused
from contracts.engine.rules.fields import LABELS, VARIABLES, Operator, Variable, operator, operators
from contracts.engine.rules.text import format_rule, format_values, parse_values, placed_rules

from .findings import as_sentence

RawRule = dict[str, Any]


@dataclass(slots=True)
class TypedRule:
    """One rule in its row: keys of variable and operator, values as they were typed, and what is wrong with it."""

    variable: str
    operator: str
    values: str
    error: str = ""

    @property
    def label(self) -> str:
        """The variable as it is shown: by its name, or as it was typed."""
        about = VARIABLES.get(self.variable)
        return about.label if about else self.variable


@dataclass(frozen=True, slots=True)
class TextError:
    """What is wrong with a text at a character, counted from 1."""

    at: int
    message: str


@dataclass(slots=True)
class TypedRules:
    """The rules of one row of a list, as rows or as text, and as far as they could be read."""

    rows: list[TypedRule] = field(default_factory=list)
    text: str | None = None
    errors: list[TextError] = field(default_factory=list)
    raw: list[RawRule] = field(default_factory=list)
    places: list[int] = field(default_factory=list)  # of a text: the character that each rule begins at

    @property
    def is_sound(self) -> bool:
        return not self.errors and not any(row.error for row in self.rows)

    def refuse(self, refused: Iterable[Refusal]) -> list[Refusal]:
        """Put what is wrong with a rule beside it; returns what is about something else."""
        others = []
        for each in refused:
            at = re.match(r"Rules\[(\d+)\]", each.path)
            index = int(at[1]) if at else -1
            if 0 <= index < len(self.places):
                self.errors.append(TextError(self.places[index], as_sentence(each.message)))
            elif 0 <= index < len(self.rows):
                row = self.rows[index]
                row.error = f"{row.error} {as_sentence(each.message)}".strip()
            else:
                others.append(each)
        return others

    def marked(self) -> tuple[str, str, str]:
        """The text about its first error: before it, the character itself and after it."""
        at = self.errors[0].at - 1 if self.errors else 0
        text = (self.text or "").replace("\n", " ")
        before, after = text[max(0, at - 32) : at], text[at + 1 : at + 24]
        return ("…" if at > 32 else "") + before, text[at : at + 1], after + ("…" if len(text) > at + 24 else "")

    def __str__(self) -> str:
        """In words, for somebody who has to choose between these and others."""
        return (
            (self.text or "no rules") if self.text is not None else " and ".join(map(_words, self.rows)) or "no rules"
        )


def stored_rules(rules: Iterable[Mapping[str, Any]]) -> TypedRules:
    """Rules of a draft, in rows."""
    raw = [dict(rule) for rule in rules]
    return TypedRules(
        [TypedRule(rule["Variable"], rule["Operator"], format_values(rule.get("Values") or [])) for rule in raw],
        raw=raw,
    )


def posted_rules(data: QueryDict) -> TypedRules:
    """What was sent: one text, or the fields of each row. A variable may be sent by its name, too."""
    if "rules_text" in data:
        return of_text(str(data["rules_text"]))
    typed = TypedRules()
    sent = (data.getlist(name) for name in ("variable", "operator", "values"))
    for name, how, values in zip(*sent, strict=False):
        about = _variable(name)
        row = TypedRule(about.key if about else name.strip(), how, values)
        typed.rows.append(row)
        typed.raw.append({"Variable": row.variable, "Operator": how, "Values": _values(row, about)})
    return typed


def of_text(text: str) -> TypedRules:
    """The rules of a text, or the character at which it cannot be read."""
    typed = TypedRules(text=text)
    try:
        for place, rule in placed_rules(text):
            typed.places.append(place)
            typed.raw.append(rule)
    except Refused as refused:
        typed.raw, typed.places = [], []
        for each in refused:
            at = re.fullmatch(r"character (\d+)", each.path)
            typed.errors.append(TextError(int(at[1]) if at else 1, as_sentence(each.message)))
    return typed


def as_text(typed: TypedRules) -> TypedRules:
    """The same rules as text; what cannot be read yet is written as it was typed."""
    if typed.text is not None:
        return typed
    return of_text(" AND ".join(map(_written, typed.rows, typed.raw)))


def as_rows(typed: TypedRules) -> TypedRules:
    """The same rules in rows; a text that cannot be read stays as it is, with what is wrong."""
    return typed if typed.text is None or typed.errors else stored_rules(typed.raw)


def _variable(name: str) -> Variable | None:
    return VARIABLES.get(name) or LABELS.get("".join(name.split()).casefold())


def _values(row: TypedRule, about: Variable | None) -> list[str]:
    """The values of a row; what is wrong with how they are written is put beside it."""
    how = _operator(about, row.operator)
    if not row.variable:
        row.error = "Choose what this rule asks for, or remove it."
    if how and how.most == 0:
        return []
    try:
        return parse_values(row.values)
    except Refused as refused:
        row.error = as_sentence(str(refused))
        return []


def _operator(about: Variable | None, key: str) -> Operator | None:
    try:
        return operator(about, key) if about else None
    except KeyError:
        return None


def _written(row: TypedRule, raw: RawRule) -> str:
    about = VARIABLES.get(row.variable)
    how = _operator(about, row.operator)
    if about and how and not row.error:
        complete = how.least <= len(raw["Values"]) and (how.most is None or len(raw["Values"]) <= how.most)
        if complete:
            return format_rule(raw)
    spelled = how.text if how else operators(about)[0].text if about else ""
    return f"[{' '.join(filter(None, (row.label, spelled, row.values.strip())))}]"


def _words(row: TypedRule) -> str:
    about = VARIABLES.get(row.variable)
    how = _operator(about, row.operator)
    return " ".join(filter(None, (row.label, how.label if how else row.operator, row.values)))
