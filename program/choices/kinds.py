"""The kinds of choices that other apps have: they register them, as this one cannot import them."""

from collections.abc import Callable
from typing import NamedTuple

from program.models import Program

MOST = 25  # at a time


class Choice(NamedTuple):
    """One that can be chosen: what is sent, what it is called, and what tells it from others of that name."""

    value: str
    words: str
    detail: str = ""


# Of a program, with the text in them, from this one on: one more than MOST where there are more.
type Find = Callable[[Program, str, int], list[Choice]]

_finds: dict[str, Find] = {}


def register(kind: str, find: Find) -> None:
    """Called by the app that has the rows, when it is loaded; the program's access was already checked."""
    _finds[kind] = find


def registered(kind: str) -> Find | None:
    return _finds.get(kind)


def matching(choices: list[tuple[Choice, list[str]]], text: str, start: int) -> list[Choice]:
    """Of a list in memory those with the text in one of their names: the exact ones first, then those that begin so."""
    wanted = text.casefold()
    found = []
    for place, (choice, names) in enumerate(choices):
        shown = (choice.value.casefold(), choice.words.casefold())
        folded = (*shown, *(name.casefold() for name in names))
        if not any(wanted in name for name in folded):
            continue
        begins = any(name.startswith(wanted) for name in shown)
        rank = 0 if wanted in folded else 1 if begins else 2
        found.append((rank, place, choice))
    return [choice for _, _, choice in sorted(found)][start : start + MOST + 1]
