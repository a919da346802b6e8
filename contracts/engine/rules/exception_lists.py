"""What an exception list may hold (payouts.md §4)."""

from collections.abc import Iterator, Mapping, Sequence

from common.formats.comparison import compared
from common.patterns import MOST_PATTERNS, MOST_STEPS, steps_of
from common.refusals import Refusal

TOO_MANY = f"a list holds at most {MOST_PATTERNS:,} regular expressions"
TOO_SLOW = "the regular expressions of all lists together would take too long to match: leave some out or simplify them"


def list_errors(lists: Mapping[str, Sequence[tuple[str, str]]]) -> Iterator[Refusal]:
    """What is wrong with lists, by name, of entries (value, EQ or REGEX)."""
    names: dict[str, str] = {}
    steps = 0
    for name, entries in lists.items():
        if (first := names.setdefault(compared(name), name)) != name:
            message = f"this is the name of the list {first}: letter case, spaces and quotes make no difference"
            yield Refusal(name, message)
        for number, (value, mode) in enumerate(entries):
            if mode not in ("EQ", "REGEX"):
                yield Refusal(f"{name}[{number}].MatchMode", f"must be EQ or REGEX, not {mode!r}")
            elif mode == "REGEX":
                try:
                    steps += steps_of(value)
                except ValueError as error:
                    yield Refusal(f"{name}[{number}].Value", str(error))
        if sum(mode == "REGEX" for _, mode in entries) > MOST_PATTERNS:
            yield Refusal(name, TOO_MANY)
    if steps > MOST_STEPS:
        yield Refusal("", TOO_SLOW)
