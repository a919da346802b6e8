"""Many rule sets at once: which of them an order, or one of its lines, meets."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from functools import reduce
from operator import and_, itemgetter, or_
from typing import Any, cast

from contracts.engine.facts import LineFacts, OrderFacts, Value
from contracts.engine.fields import Type, variable
from contracts.engine.layers import Placed, bits
from contracts.engine.masks import Bundle, Index
from contracts.engine.terms import Rule

# Variables that have few different values: together they still have few.
_FEW_VALUES: frozenset[Type] = frozenset({"status", "country", "currency", "bool"})


class Matcher:
    """Rule sets compiled into masks, the first set in the highest bit: Python knows an integer's highest bit at once.

    The lowest bit is always set. So no mask is 0, and what is found where no set holds is the place after the last.
    """

    __slots__ = ("_alone", "_found", "_item", "_order", "_size", "_together", "_without_items")

    def __init__(self, rule_sets: Sequence[Sequence[Rule]]) -> None:
        self._size = size = len(rule_sets)
        placed: dict[str, list[Placed]] = defaultdict(list)
        for number, rules in enumerate(rule_sets):
            for rule in rules:
                placed[rule.variable].append((size - number, rule))
        indexes = {key: Index(found, size + 1) for key, found in placed.items()}

        def bundle(keys: Sequence[str]) -> Bundle:
            return Bundle(keys, [indexes[key] for key in keys], size + 1)

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
        everything = (1 << size + 1) - 1
        self._without_items = everything ^ bits({bit for key in item for bit, _ in placed[key]})

    def for_order(self, facts: OrderFacts, lines: Sequence[LineFacts]) -> int:
        """The mask of the rule sets that hold for the order: all their item rules on one and the same line."""
        if self._item is None or not lines:
            return reduce(and_, self._of_order(facts), self._without_items)
        # Every line's mask has the rule sets without item rules.
        return reduce(and_, self._of_order(facts), reduce(or_, self._of_lines(self._item, lines)))

    def for_lines(self, facts: OrderFacts, lines: Sequence[LineFacts]) -> list[int]:
        """The mask of the rule sets that hold for each line, order rules looking at the order."""
        if self._item is None:
            return [reduce(and_, self._of_order(facts), self._without_items)] * len(lines)
        found = self._of_lines(self._item, lines)
        order = self._of_order(facts)
        return [reduce(and_, order, mask) for mask in found]

    def first(self, mask: int) -> int:
        """The number of the first rule set in a mask, from 0; how many sets there are where none is in it."""
        return self._size + 1 - mask.bit_length()

    def each(self, mask: int) -> list[int]:
        """The numbers of all rule sets in a mask."""
        found = []
        while (number := self.first(mask)) < self._size:
            found.append(number)
            mask ^= 1 << self._size - number
        return found

    # What follows is most of what a decision costs: the loops are in C, and misses are looked for once for all.

    def _of_order(self, facts: OrderFacts) -> list[int]:
        """The masks of the order's variables."""
        values = self._alone(facts)
        if self._together:
            values += (self._together.read(facts),)
        masks: list[Any] = [*map(dict.get, self._found, values)]
        if all(masks):
            return masks
        return [bundle.keep(value) for bundle, value in zip(self._order, values, strict=True)]

    def _of_lines(self, item: Bundle, lines: Sequence[LineFacts]) -> list[int]:
        """The masks of the lines' variables; rule sets without item rules are in them."""
        masks: list[Any] = [*map(item.keep.found.get, map(item.read, lines))]
        return masks if all(masks) else [item.keep(item.read(line)) for line in lines]


def tuples(keys: Sequence[str]) -> Callable[[OrderFacts], tuple[Value, ...]]:
    """A reader of these keys that answers a tuple, also where there is one key or none."""
    if len(keys) > 1:
        return cast(Callable[[OrderFacts], tuple[Value, ...]], itemgetter(*keys))
    return lambda facts: tuple(facts[key] for key in keys)
