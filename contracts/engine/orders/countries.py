"""Countries: ISO 3166-1 alpha-2 from alpha-2, alpha-3 or an English name (payouts.md §4)."""

from collections.abc import Mapping
from functools import lru_cache

from common.formats.comparison import compared

_codes: dict[str, str] = {}


def know_countries(codes: Mapping[str, str]) -> None:
    """Take the alpha-2 codes by every code and name, once and before any terms are read.

    An argument would have to pass through every rule and every order, and it is the same for all of them.
    """
    _codes.clear()
    _codes.update((_plain(name), code) for name, code in codes.items())
    country_code.cache_clear()


@lru_cache(maxsize=4096)
def country_code(name: str) -> str | None:
    """The alpha-2 code of a country given by code or English name in any case; None for anything else."""
    if not _codes:  # else every country would silently be a text
        raise RuntimeError("nobody has told the engine which countries there are")
    return _codes.get(_plain(name))


def _plain(name: str) -> str:
    return compared(name.replace("&", " and "))
