"""What a filter bar shows: a field for each filter that can be added, and a chip for each value that is in force."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.http import QueryDict

from .lists import PLACES, texts_in


@dataclass(frozen=True, slots=True)
class FilterField:
    """A filter: its values are looked up as one types (`choices` is their kind), or are the few of `options`, or one is
    typed (`input` is the type of its field). `blank` is what is meant where none of the options is chosen.
    """

    name: str
    label: str
    choices: str = ""
    options: Sequence[tuple[str, str]] = ()
    value: str = ""
    blank: str = "Any"
    input: str = ""


@dataclass(frozen=True, slots=True)
class Chip:
    """A value in force, with the address of the page without it. By `name` the form sends it along, where no field of
    the form holds it.
    """

    label: str
    value: str
    remove: str
    name: str = ""
    sent: Sequence[str] = ()


def without(query: QueryDict, name: str, value: str = "") -> str:
    """The address without one value of a filter, in any letter case, or without the filter; on its first page."""
    left = query.copy()
    kept = [each for each in left.getlist(name) if value and each.strip().casefold() != value.casefold()]
    left.setlist(name, kept)
    for place in PLACES:
        left.pop(place, None)
    return f"?{left.urlencode()}"


def chips_of(query: QueryDict, name: str, label: str, values: Mapping[str, str]) -> list[Chip]:
    """A chip for each value of a filter that may have several: its words by what is sent."""
    return [Chip(label, words, without(query, name, sent), name, [sent]) for sent, words in values.items()]


def chip_of(query: QueryDict, field: FilterField) -> list[Chip]:
    """The chip of a filter by one of a few options, where one is in force: its field holds the value."""
    words = {value: words for value, words in field.options if value == field.value and value}
    return [Chip(field.label, text, without(query, field.name)) for text in words.values()]


def chosen_rows(query: QueryDict, name: str, rows: "QuerySet[Any]", words: str = "name") -> dict[str, str]:
    """The rows that a filter names by their numbers, each with its words; one that is not there keeps its number."""
    asked = [text for text in texts_in(query, name) if text.isascii() and text.isdigit() and len(text) < 18]
    if not asked:
        return {}
    found = {str(pk): str(text) for pk, text in rows.filter(pk__in=asked).values_list("pk", words)}
    return {text: found.get(text, text) for text in asked}
