"""Many rule sets at once: which of them an order, or one of its lines, meets."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial, reduce
from operator import and_, or_
from typing import cast

from contracts.engine.facts import LineFacts, OrderFacts
from contracts.engine.fields import Type, variable
from contracts.engine.masks import BLOCK, Blocks, Bundle, Index, Placed, bits, blocks
from contracts.engine.terms import Rule

# Variables that have few different values: together they still have few.
_FEW_VALUES: frozenset[Type] = frozenset({"status", "country", "currency", "bool"})


# One integer out of a column of masks: the rule sets that all of them let pass, or any.
_every: Callable[[Iterable[int]], int] = partial(reduce, and_)
_any: Callable[[Iterable[int]], int] = partial(reduce, or_)


class Matcher:
    """Rule sets compiled into masks. Bit *n* of an answer is rule set *n*, counted from 0 in the order given."""

    __slots__ = ("_all", "_found", "_item", "_order", "_without_items")

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
        self._found = [each.keep.found for each in self._order]
        # A product's values come back together, each time that it is sold.
        self._item = bundle(item) if item else None
        everything = (1 << size) - 1
        self._all = blocks(everything, size)
        self._without_items = blocks(everything ^ bits({number for key in item for number, _ in placed[key]}), size)

    def for_order(self, facts: OrderFacts, lines: Iterable[LineFacts]) -> Iterator[int]:
        """Block by block, the rule sets that hold for the order: all their item rules on one and the same line."""
        columns: list[Iterable[int]] = [*self._of_order(facts)]
        if self._item:
            columns.append(map(_any, zip(self._without_items, *map(self._of_line, lines), strict=True)))
        return map(_every, zip(*columns, strict=True))

    def for_lines(self, facts: OrderFacts, lines: Iterable[LineFacts]) -> list[Iterator[int]]:
        """The rule sets that hold for each line, order rules looking at the order."""
        order = [_every(column) for column in zip(*self._of_order(facts), strict=True)]
        return [map(and_, order, self._of_line(line)) for line in lines]

    def _of_order(self, facts: OrderFacts) -> list[Blocks]:
        """The masks of the order's variables, in blocks, after the mask of all."""
        values = [bundle.read(facts) for bundle in self._order]
        masks = [self._all, *map(dict.get, self._found, values)]
        if not all(masks):
            masks[1:] = [bundle.keep(value) for bundle, value in zip(self._order, values, strict=True)]
        return cast(list[Blocks], masks)

    def _of_line(self, facts: LineFacts) -> Blocks:
        """The mask of a line's variables, in blocks; rule sets without item rules are in it."""
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
