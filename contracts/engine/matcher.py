"""Many rule sets at once: which of them an order, or one of its lines, meets."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from functools import reduce
from operator import and_, itemgetter
from typing import Any, cast

from contracts.engine.facts import LineFacts, OrderFacts, Value
from contracts.engine.fields import Type, variable
from contracts.engine.layers import Placed, bits
from contracts.engine.masks import BLOCK, Blocks, Bundle, Index, blocks
from contracts.engine.terms import Rule

# Variables that have few different values: together they still have few.
_FEW_VALUES: frozenset[Type] = frozenset({"status", "country", "currency", "bool"})


class Matcher:
    """Rule sets compiled into masks. Bit *n* of an answer is rule set *n*, counted from 0 in the order given."""

    __slots__ = ("_all", "_alone", "_found", "_item", "_order", "_together", "_without_items")

    def __init__(self, rule_sets: Sequence[Sequence[Rule]]) -> None:
        size = len(rule_sets)
        placed: dict[str, list[Placed]] = defaultdict(list)
        for number, rules in enumerate(rule_sets):
            for rule in rules:
                placed[rule.variable].append((number, rule))
        indexes = {key: Index(found, size) for key, found in placed.items()}

        def bundle(keys: Sequence[str]) -> Bundle:
            return Bundle(keys, [indexes[key] for key in keys], size)

        order = [key for key in indexes if variable(key).level == "order"]
        few = [key for key in order if variable(key).type in _FEW_VALUES]
        item = [key for key in indexes if variable(key).level == "item"]
        alone = [key for key in order if key not in few]
        self._alone = tuples(alone)
        self._together = bundle(few) if few else None
        self._order = [bundle([key]) for key in alone] + ([self._together] if self._together else [])
        self._found = [each.keep.found for each in self._order]
        # A product's values come back together, each time that it is sold.
        self._item = bundle(item) if item else None
        everything = (1 << size) - 1
        self._all = blocks(everything, size)
        self._without_items = blocks(everything ^ bits({number for key in item for number, _ in placed[key]}), size)

    def for_order(self, facts: OrderFacts, lines: Sequence[LineFacts]) -> Iterator[int]:
        """Block by block, the rule sets that hold for the order: all their item rules on one and the same line."""
        masks = self._of_order(facts)
        found = self._of_lines(self._item, lines) if self._item else ()
        for number, mask in enumerate(self._without_items):
            for line in found:
                mask |= line[number]
            for other in masks:
                mask &= other[number]
            yield mask

    def for_lines(self, facts: OrderFacts, lines: Sequence[LineFacts]) -> list[Iterator[int]]:
        """The rule sets that hold for each line, order rules looking at the order."""
        order = [reduce(and_, column) for column in zip(self._all, *self._of_order(facts), strict=True)]
        if self._item is None:
            return [iter(order) for _ in lines]
        return [map(and_, order, mask) for mask in self._of_lines(self._item, lines)]

    # What follows is most of what a decision costs: the loops are in C, and misses are looked for once for all.

    def _of_order(self, facts: OrderFacts) -> list[Blocks]:
        """The masks of the order's variables, in blocks."""
        values = self._alone(facts)
        if self._together:
            values += (self._together.read(facts),)
        masks: list[Any] = list(map(dict.get, self._found, values))
        if all(masks):
            return masks
        return [bundle.keep(value) for bundle, value in zip(self._order, values, strict=True)]

    def _of_lines(self, item: Bundle, lines: Sequence[LineFacts]) -> list[Blocks]:
        """The masks of the lines' variables, in blocks; rule sets without item rules are in them."""
        masks: list[Any] = list(map(item.keep.found.get, map(item.read, lines)))
        return masks if all(masks) else [item.keep(item.read(line)) for line in lines]


def tuples(keys: Sequence[str]) -> Callable[[OrderFacts], tuple[Value, ...]]:
    """A reader of these keys that answers a tuple, also where there is one key or none."""
    if len(keys) > 1:
        return cast(Callable[[OrderFacts], tuple[Value, ...]], itemgetter(*keys))
    return lambda facts: tuple(facts[key] for key in keys)


def first(masks: Iterator[int]) -> int:
    """The number of the lowest bit that is set; -1 where none is. Blocks after it are not worked out."""
    start = 0
    for mask in masks:
        if mask:
            return start + (mask & -mask).bit_length() - 1
        start += BLOCK
    return -1


def each(masks: Iterator[int]) -> list[int]:
    """The numbers of all bits that are set, from the lowest."""
    found = []
    start = 0
    for mask in masks:
        while mask:
            low = mask & -mask
            found.append(start + low.bit_length() - 1)
            mask ^= low
        start += BLOCK
    return found
