"""Many rule sets at once: which of them an order, or one of its lines, meets."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import reduce
from operator import and_

from contracts.engine.facts import LineFacts, OrderFacts
from contracts.engine.fields import Type, variable
from contracts.engine.masks import BLOCK, Blocks, Bundle, Index, Placed, bits, blocks
from contracts.engine.terms import Rule

# Variables that have few different values: together they still have few.
_FEW_VALUES: frozenset[Type] = frozenset({"status", "country", "currency", "bool"})


class Matcher:
    """Rule sets compiled into masks. Bit *n* of an answer is rule set *n*, counted from 0 in the order given."""

    __slots__ = ("_all", "_item", "_order", "_with_items")

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
        self._order = [bundle([key]) for key in order if key not in few] + ([bundle(few)] if few else [])
        # A product's values come back together, each time that it is sold.
        self._item = bundle(item) if item else None
        self._all = blocks((1 << size) - 1, size)
        self._with_items = blocks(bits({number for key in item for number, _ in placed[key]}), size)

    def for_order(self, facts: OrderFacts, lines: Sequence[LineFacts]) -> Iterator[int]:
        """Block by block, the rule sets that hold for the order: all their item rules on one and the same line."""
        found: list[Blocks] | None = None
        for number, column in enumerate(zip(self._all, *self._of_order(facts), strict=True)):
            mask = reduce(and_, column)
            if wanting := mask & self._with_items[number]:
                if found is None:
                    found = [self._of_line(line) for line in lines]
                met = 0
                for line in found:
                    met |= line[number]
                mask ^= wanting ^ (wanting & met)
            yield mask

    def for_lines(self, facts: OrderFacts, lines: Sequence[LineFacts]) -> list[Iterator[int]]:
        """The rule sets that hold for each line, order rules looking at the order."""
        order = [reduce(and_, column) for column in zip(self._all, *self._of_order(facts), strict=True)]
        return [map(and_, order, self._of_line(line)) for line in lines]

    def _of_order(self, facts: OrderFacts) -> list[Blocks]:
        """The masks of the order's variables, in blocks."""
        masks = []
        for bundle in self._order:
            key = bundle.read(facts)
            masks.append(bundle.keep.found.get(key) or bundle.keep.fill(key))
        return masks

    def _of_line(self, facts: LineFacts) -> Blocks:
        """The mask of a line's variables, in blocks."""
        return self._item.keep(self._item.read(facts)) if self._item else self._all


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
