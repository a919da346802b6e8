"""One rule per rule set on one variable: a value in, an integer out, in which a set bit means that its rule set still
matches.

A layer answers from dictionaries and sorted thresholds, so that its cost does not grow with the number of rule sets.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any, Protocol, cast

from common.formats.comparison import compared
from contracts.engine.rules import predicates as rules
from contracts.engine.rules.facts import Value
from contracts.engine.rules.fields import variable
from contracts.engine.rules.rule import Rule

# A rule and the bit of its rule set. Bits that no rule has are set in every mask.
type Placed = tuple[int, Rule]

_FIRST_LETTERS = 4
_MOST_CHANGES = 16
_MOST_HELD = 32_000_000  # bits: 4 MB


class Layer(Protocol):
    """One rule per rule set at most, all on one variable."""

    def mask(self, value: Value) -> int: ...


def bits(indexes: Iterable[int]) -> int:
    """The integer with these bits set; a bit that is named twice is cancelled."""
    chosen = list(indexes)
    if not chosen:
        return 0
    array = bytearray((max(chosen) >> 3) + 1)
    for index in chosen:
        array[index >> 3] ^= 1 << (index & 7)
    return int.from_bytes(array, "little")


def layer_of(placed: Sequence[Placed], width: int) -> Layer:
    """The layer for the type of the rules' variable."""
    type_ = variable(placed[0][1].variable).type
    if type_ in rules.TEXT_TYPES:
        return TextLayer(placed, width)
    if type_ in ("number", "money", "date"):
        return RangeLayer(placed, width)
    return SetLayer(placed, width)


class _Base:
    """What every layer holds: the answers where a value is missing, and where it is there but matches nothing."""

    __slots__ = ("absent", "present")

    def __init__(self, placed: Sequence[Placed], width: int) -> None:
        free = ((1 << width) - 1) ^ bits(number for number, _ in placed)
        self.absent = free | bits(number for number, rule in placed if rule.operator == "IS_NOT_PRESENT")
        self.present = free | bits(
            number for number, rule in placed if rule.operator == "IS_PRESENT" or rules.is_negated(rule)
        )


class SetLayer(_Base):
    """Tags, exception lists and yes/no: the rule sets that name a member change their answer when it is there."""

    __slots__ = ("_empty", "_flips")

    def __init__(self, placed: Sequence[Placed], width: int) -> None:
        super().__init__(placed, width)
        named: dict[str | bool, list[int]] = defaultdict(list)
        is_bool = variable(placed[0][1].variable).type == "bool"
        for number, rule in placed:
            for member in rules.answers(rule) if is_bool else rules.names(rule):
                named[member].append(number)
        self._flips = {member: bits(numbers) for member, numbers in named.items()}
        self._empty = self.present
        if variable(placed[0][1].variable).type == "tags":  # an empty set of tags is a value, and is not present
            present = bits(number for number, rule in placed if rule.operator == "IS_PRESENT")
            self._empty = self.present & ~present | self.absent

    def mask(self, value: Value) -> int:
        if value is None:
            return self.absent
        if isinstance(value, bool):
            return self.present ^ self._flips.get(value, 0)
        members = cast(frozenset[str], value)
        if not members:
            return self._empty
        flips = 0
        # Whichever is shorter: what the order has, or what the rules name.
        for member in members if len(members) <= len(self._flips) else self._flips.keys() & members:
            flips |= self._flips.get(cast(str, member), 0)
        return self.present ^ flips


class TextLayer(_Base):
    """Texts: whole values, beginnings and ends stand in dictionaries, the latter two by their length.

    Stretches from inside a text (of `contains`, and the longest of a pattern with wildcards in the middle) are found
    by their first letters: one look-up at each place of the text, however many stretches there are.
    """

    __slots__ = ("_ends", "_globs", "_inner", "_lengths", "_starts", "_whole")

    def __init__(self, placed: Sequence[Placed], width: int) -> None:
        super().__init__(placed, width)
        named: dict[rules.Glob, list[int]] = defaultdict(list)
        for number, rule in placed:
            for glob in set(rules.globs(rule)):
                named[glob].append(number)
        self._whole: dict[str, int] = {}
        self._starts: dict[int, dict[str, int]] = defaultdict(dict)
        self._ends: dict[int, dict[str, int]] = defaultdict(dict)
        self._inner: dict[str, int] = {}
        self._globs: dict[str, list[tuple[rules.Glob, int]]] = defaultdict(list)
        for glob, numbers in named.items():
            self._put(glob, bits(numbers))
        # How many letters are looked at -> those letters -> how long the stretches are that begin with them.
        self._lengths: dict[int, dict[str, set[int]]] = defaultdict(lambda: defaultdict(set))
        for stretch in self._inner.keys() | self._globs.keys():
            self._lengths[min(len(stretch), _FIRST_LETTERS)][stretch[:_FIRST_LETTERS]].add(len(stretch))

    def _put(self, glob: rules.Glob, flips: int) -> None:
        if len(glob) == 1:
            self._whole[glob[0]] = flips
        elif len(glob) == 2 and not glob[1]:
            self._starts[len(glob[0])][glob[0]] = flips
        elif len(glob) == 2 and not glob[0]:
            self._ends[len(glob[1])][glob[1]] = flips
        elif len(glob) == 3 and not glob[0] and not glob[2]:
            self._inner[glob[1]] = flips
        else:
            self._globs[max(glob, key=len)].append((glob, flips))

    def mask(self, value: Value) -> int:
        if value is None:
            return self.absent
        folded = compared(cast(str, value))
        # Most look-ups find nothing; no mask is then allocated.
        flips = self._whole.get(folded, 0)
        for length, starts in self._starts.items():
            if found := starts.get(folded[:length]):
                flips |= found
        for length, ends in self._ends.items():
            if found := ends.get(folded[-length:]):
                flips |= found
        for stretch in self._stretches(folded):
            if found := self._inner.get(stretch):
                flips |= found
            for glob, found in self._globs.get(stretch, ()):
                if rules.meets(glob, folded):
                    flips |= found
        return self.present ^ flips if flips else self.present

    def _stretches(self, folded: str) -> set[str]:
        """Parts of the text that might be a stretch of a rule."""
        found: set[str] = set()
        for letters, lengths in self._lengths.items():
            places = range(len(folded) - letters + 1)
            for first in lengths.keys() & {folded[place : place + letters] for place in places}:
                for place in places:
                    if folded.startswith(first, place):
                        found.update(folded[place : place + length] for length in lengths[first])
        return found


class RangeLayer(_Base):
    """Numbers, amounts and days: thresholds cut the line into places, at each of which some answers change.

    Place 2i + 1 is threshold i itself, the even places are the gaps around it. Some places hold their mask; the others
    are reached from the one before by the few changes between.
    """

    __slots__ = ("_changes", "_held", "_masks", "_thresholds")

    def __init__(self, placed: Sequence[Placed], width: int) -> None:
        super().__init__(placed, width)
        is_date = variable(placed[0][1].variable).type == "date"
        bounds = [
            (number, rule.operator, rules.days(rule) if is_date else rules.numbers(rule)) for number, rule in placed
        ]
        self._thresholds: list[Any] = sorted({bound for *_, found in bounds for bound in found})
        place = {threshold: 2 * index + 1 for index, threshold in enumerate(self._thresholds)}
        changes: dict[int, list[int]] = defaultdict(list)
        for number, operator, found in bounds:
            for start, end in _places(operator, [place[bound] for bound in found], is_date):
                changes[start].append(number)
                changes[end].append(number)
        self._changes: list[Sequence[int]] = [changes.get(at, ()) for at in range(2 * len(self._thresholds) + 1)]
        mask = self.present ^ bits(number for number, rule in placed if rules.is_negated(rule))
        self._masks: list[int] = []
        self._held: list[int] = []  # for each place, the nearest one before or at it that holds its mask
        every = len(self._changes) * width <= _MOST_HELD
        waiting = _MOST_CHANGES + 1
        for at, changed in enumerate(self._changes):
            if changed:
                mask ^= bits(changed)
                waiting += len(changed)
            if every or waiting > _MOST_CHANGES:
                waiting = 0
            self._masks.append(mask if waiting == 0 else 0)
            self._held.append(at if waiting == 0 else self._held[-1])

    def mask(self, value: Value) -> int:
        if value is None:
            return self.absent
        index = bisect_left(self._thresholds, value)
        exact = index < len(self._thresholds) and self._thresholds[index] == value
        place = 2 * index + exact
        held = self._held[place]
        if held == place:
            return self._masks[place]
        return self._masks[held] ^ bits(number for changed in self._changes[held + 1 : place + 1] for number in changed)


_END = 1 << 62


def _places(operator: str, bounds: Sequence[int], is_date: bool) -> list[tuple[int, int]]:
    """The ranges of places, end excluded, in which a rule matches."""
    match operator:
        case "EQ" | "IS":
            return [(bound, bound + 1) for bound in set(bounds)]
        case "NE":
            return [(0, bounds[0]), (bounds[0] + 1, _END)]
        case "GT":
            return [(bounds[0] + 1, _END)]
        case "GTE" | "ON_OR_AFTER":
            return [(bounds[0], _END)]
        case "LT" | "BEFORE":
            return [(0, bounds[0])]
        case "LTE":
            return [(0, bounds[0] + 1)]
        case "BETWEEN" if is_date:
            return [(bounds[0], bounds[1])]
        case "BETWEEN":
            return [(bounds[0], bounds[1] + 1)]
        case _:
            return []
