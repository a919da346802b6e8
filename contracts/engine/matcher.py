"""Many rule sets at once: which of them an order, or one of its lines, meets."""

from collections import defaultdict
from collections.abc import Sequence

from contracts.engine.facts import LineFacts, OrderFacts
from contracts.engine.fields import variable
from contracts.engine.masks import Index, Placed, bits
from contracts.engine.terms import Rule


class Matcher:
    """Rule sets compiled into masks. Bit *n* of an answer is rule set *n*, counted from 0 in the order given."""

    __slots__ = ("_all", "_item_indexes", "_order_indexes", "_with_items")

    def __init__(self, rule_sets: Sequence[Sequence[Rule]]) -> None:
        size = len(rule_sets)
        placed: dict[str, list[Placed]] = defaultdict(list)
        for number, rules in enumerate(rule_sets):
            for rule in rules:
                placed[rule.variable].append((number, rule))
        self._all = (1 << size) - 1
        self._order_indexes = [
            (key, index.cache, index)
            for key, index in ((key, Index(found, size)) for key, found in placed.items())
            if variable(key).level == "order"
        ]
        items = {key: found for key, found in placed.items() if variable(key).level == "item"}
        self._item_indexes = [
            (key, index.cache, index) for key, index in ((key, Index(found, size)) for key, found in items.items())
        ]
        self._with_items = bits({number for found in items.values() for number, _ in found})

    def for_order(self, facts: OrderFacts, lines: Sequence[LineFacts]) -> int:
        """The rule sets that hold for the order: all their item rules on one and the same line."""
        mask = self._order_mask(facts)
        wanting = mask & self._with_items
        if not wanting:
            return mask
        met = 0
        for line in lines:
            met |= self._line_mask(line, wanting)
            if met == wanting:
                return mask
        return mask ^ wanting ^ met

    def for_lines(self, facts: OrderFacts, lines: Sequence[LineFacts]) -> list[int]:
        """The rule sets that hold for each line, order rules looking at the order."""
        mask = self._order_mask(facts)
        return [self._line_mask(line, mask) for line in lines]

    def without_items(self, facts: OrderFacts) -> int:
        """The rule sets that hold for an order without items: no item rule does."""
        return self._order_mask(facts) & ~self._with_items

    def _order_mask(self, facts: OrderFacts) -> int:
        mask = self._all
        for key, cache, index in self._order_indexes:
            if not mask:
                return 0
            value = facts[key]
            found = cache.get(value)
            mask &= index.fill(value) if found is None else found
        return mask

    def _line_mask(self, facts: LineFacts, mask: int) -> int:
        for key, cache, index in self._item_indexes:
            if not mask:
                return 0
            value = facts[key]
            found = cache.get(value)
            mask &= index.fill(value) if found is None else found
        return mask


def lowest(mask: int) -> int:
    """The number of the lowest set bit; -1 where none is set."""
    return (mask ^ (mask - 1)).bit_length() - 1 if mask else -1


def each(mask: int) -> list[int]:
    """The numbers of all set bits, from the lowest."""
    found = []
    while mask:
        number = lowest(mask)
        found.append(number)
        mask ^= 1 << number
    return found
