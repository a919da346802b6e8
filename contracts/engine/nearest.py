"""The known word that somebody probably meant."""

from collections.abc import Iterable
from difflib import get_close_matches
from functools import lru_cache

from contracts.engine.comparison import compared

_ALIKE = 0.6


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word most like this one, without regard to the form that comparing ignores; None where none is."""
    return _nearest(compared(word), tuple(known))


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """A question to put behind an error message; nothing where no known word is alike."""
    found = nearest(word, known)
    return f"; did you mean {found}?" if found else ""


@lru_cache(maxsize=1_024)
def _nearest(form: str, known: tuple[str, ...]) -> str | None:
    forms = {compared(each): each for each in reversed(known)}
    found = get_close_matches(form, forms, n=1, cutoff=_ALIKE)
    return forms[found[0]] if found else None
