"""Many rule sets at once: which of them an order, or one of its lines, meets."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import reduce
from operator import and_

from contracts.engine.facts import LineFacts, OrderFacts, Value
from contracts.engine.fields import variable
from contracts.engine.masks import BLOCK, Blocks, Index, Placed, bits, blocks
from contracts.engine.terms import Rule

type Indexes = list[tuple[str, dict[Value, Blocks], Index]]


class Matcher:
    """Rule sets compiled into masks. Bit *n* of an answer is rule set *n*, counted from 0 in the order given."""

    __slots__ = ("_all", "_item_indexes", "_order_indexes", "_with_items")

    def __init__(self, rule_sets: Sequence[Sequence[Rule]]) -> None:
        size = len(rule_sets)
        placed: dict[str, list[Placed]] = defaultdict(list)
        for number, rules in enumerate(rule_sets):
            for rule in rules:
                placed[rule.variable].append((number, rule))
        self._all = blocks((1 << size) - 1, size)
        # The variable that most rule sets are about comes first: a mask that is nearly empty is cheap to go on with.
        wanted = sorted(placed, key=lambda key: -len(placed[key]))
        indexes = [(key, Index(placed[key], size)) for key in wanted]
        self._order_indexes: Indexes = [
            (key, index.cache, index) for key, index in indexes if variable(key).level == "order"
        ]
        self._item_indexes: Indexes = [
            (key, index.cache, index) for key, index in indexes if variable(key).level == "item"
        ]
        self._with_items = blocks(bits({number for key, *_ in self._item_indexes for number, _ in placed[key]}), size)

    def for_order(self, facts: OrderFacts, lines: Sequence[LineFacts]) -> Iterator[int]:
        """Block by block, the rule sets that hold for the order: all their item rules on one and the same line."""
        columns: list[list[Blocks]] | None = None
        for number, column in enumerate(zip(*self._gather(self._order_indexes, facts), strict=True)):
            mask = reduce(and_, column)
            if wanting := mask & self._with_items[number]:
                if columns is None:
                    columns = [self._gather(self._item_indexes, line) for line in lines]
                met = 0
                for found in columns:
                    left = wanting
                    for each_variable in found:
                        left &= each_variable[number]
                    met |= left
                    if met == wanting:
                        break
                mask ^= wanting ^ met
            yield mask

    def for_lines(self, facts: OrderFacts, lines: Sequence[LineFacts]) -> list[Iterator[int]]:
        """The rule sets that hold for each line, order rules looking at the order."""
        order = [reduce(and_, column) for column in zip(*self._gather(self._order_indexes, facts), strict=True)]
        return [self._for_line(order, line) for line in lines]

    def _for_line(self, order: Sequence[int], line: LineFacts) -> Iterator[int]:
        return (reduce(and_, column) for column in zip(order, *self._gather(self._item_indexes, line)[1:], strict=True))

    def _gather(self, indexes: Indexes, facts: OrderFacts | LineFacts) -> list[Blocks]:
        """The masks of all variables for these facts, after the mask that objects to nothing."""
        found = [self._all]
        for key, cache, index in indexes:
            value = facts[key]
            found.append(cache.get(value) or index.fill(value))
        return found


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
