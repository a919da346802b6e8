"""The known word that somebody probably meant."""

from collections.abc import Iterable
from difflib import SequenceMatcher
from functools import lru_cache

from common.formats.comparison import compared

ALIKE = 0.7


def nearest(word: str, known: Iterable[str], *, alike: float = ALIKE) -> str | None:
    """The known word most like this one, without regard to the form that comparing ignores; the first of several.

    None where none is that similar, from 0 (nothing in common) to 1 (the same).
    """
    return _nearest(compared(word), tuple(known), alike)


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """A question to append to an error message; empty where no known word is similar."""
    found = nearest(word, known)
    return f"; did you mean {found}?" if found else ""


@lru_cache(maxsize=1_024)
def _nearest(form: str, known: tuple[str, ...], alike: float) -> str | None:
    letters = sorted(form)
    matcher = SequenceMatcher()
    matcher.set_seq2(form)
    best, found = alike, None
    for each in known:
        other = compared(each)
        if sorted(other) == letters:
            return each  # two letters swapped: the commonest typing error, and in a code of three too much for a ratio
        matcher.set_seq1(other)
        if matcher.real_quick_ratio() >= best and matcher.quick_ratio() >= best:
            ratio = matcher.ratio()
            if ratio > best or (found is None and ratio >= best):
                best, found = ratio, each
    return found
