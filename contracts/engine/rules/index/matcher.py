"""Many rule sets at once: which of them an order, or one of its lines, meets."""

from collections import defaultdict
from collections.abc import Sequence

from contracts.engine.rules.facts import LineFacts, OrderFacts
from contracts.engine.rules.fields import Type, variable
from contracts.engine.rules.index.layers import Placed, bits
from contracts.engine.rules.index.masks import Index, bundle
from contracts.engine.rules.rule import Rule

# Variables with few different values, which still have few when combined.
_FEW_VALUES: frozenset[Type] = frozenset({"status", "country", "currency", "bool"})


class Matcher:
    """Rule sets compiled into masks, the first set in the highest bit: Python knows an integer's highest bit at once.

    The lowest bit is always set. So no mask is 0; where no set matches, the result is the place after the last.
    """

    __slots__ = ("_alone", "_item", "_size", "_together", "_without_items")

    def __init__(self, rule_sets: Sequence[Sequence[Rule]]) -> None:
        self._size = size = len(rule_sets)
        placed: dict[str, list[Placed]] = defaultdict(list)
        for number, rules in enumerate(rule_sets):
            for rule in rules:
                placed[rule.variable].append((size - number, rule))
        indexes = {key: Index(found, size + 1) for key, found in placed.items()}
        order = [key for key in indexes if variable(key).level == "order"]
        few = [key for key in order if variable(key).type in _FEW_VALUES]
        item = [key for key in indexes if variable(key).level == "item"]
        self._alone = [(key, indexes[key].keep.found.get, indexes[key].keep) for key in order if key not in few]
        self._together = bundle(few, indexes, size + 1)
        # A product's values recur together each time it is sold.
        self._item = bundle(item, indexes, size + 1)
        everything = (1 << size + 1) - 1
        self._without_items = everything ^ bits({bit for key in item for bit, _ in placed[key]})

    def for_order(self, facts: OrderFacts, lines: Sequence[LineFacts]) -> int:
        """The mask of the rule sets that hold for the order: all their item rules on one and the same line."""
        found = self._without_items
        if self._item:
            read, get, keep = self._item
            for line in lines:
                found |= get(values := read(line)) or keep(values)
        return self._of_order(facts) & found

    def for_lines(self, facts: OrderFacts, lines: Sequence[LineFacts]) -> list[int]:
        """The mask of the rule sets that hold for each line, order rules looking at the order."""
        mask = self._of_order(facts)
        if self._item is None:
            return [mask & self._without_items] * len(lines)
        read, _, keep = self._item
        return [mask & keep(read(line)) for line in lines]

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

    def _of_order(self, facts: OrderFacts) -> int:
        """The mask of the rule sets whose order rules hold."""
        mask = -1  # every bit
        if self._together:
            read, get, keep = self._together
            mask = get(values := read(facts)) or keep(values)
        # This line is most of what a known order costs: a call of `keep` more for each variable would double it.
        for key, get, keep in self._alone:
            mask &= get(value := facts[key]) or keep(value)
        return mask
