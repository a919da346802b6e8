"""The masks of whole variables: layers ANDed, remembered by value within bounds.

Each rule set has at most one rule on the variable in a layer; a second rule makes a second layer.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import reduce
from operator import and_, itemgetter
from typing import Any

from contracts.engine.facts import Value
from contracts.engine.layers import Placed, layer_of

CACHE_BYTES = 8_000_000


class Index:
    """All rules on one variable."""

    __slots__ = ("_layers", "keep")

    def __init__(self, placed: Sequence[Placed], width: int) -> None:
        self._layers = [layer_of(layer, width) for layer in _layered(placed)]
        self.keep = Kept(self.work_out, width)

    def work_out(self, value: Value) -> int:
        """The mask for a value, None for a missing one."""
        mask = self._layers[0].mask(value)
        for layer in self._layers[1:]:
            mask &= layer.mask(value)
        return mask


class Kept[T]:
    """A bounded memory of what was worked out. When it is full it starts again, which costs nobody but the next."""

    __slots__ = ("_room", "_work_out", "found")

    def __init__(self, work_out: Callable[[T], int], width: int) -> None:
        self._work_out = work_out
        self._room = max(256, CACHE_BYTES // (width // 8 + 64))
        self.found: dict[T, int] = {}

    def fill(self, key: T) -> int:
        """Work out what `found` does not hold, and keep it."""
        answer = self._work_out(key)
        if len(self.found) >= self._room:
            self.found.clear()
        self.found[key] = answer
        return answer

    def __call__(self, key: T) -> int:
        return self.found.get(key) or self.fill(key)


class Bundle:
    """Several variables whose values come back together: one look for all of them."""

    __slots__ = ("_indexes", "keep", "read")

    def __init__(self, keys: Sequence[str], indexes: Sequence[Index], width: int) -> None:
        self.read: Callable[[Mapping[str, Value]], Any] = itemgetter(*keys)
        self._indexes = indexes
        self.keep: Kept[Any] = Kept(self._work_out, width) if len(indexes) > 1 else indexes[0].keep

    def _work_out(self, values: tuple[Value, ...]) -> int:
        return reduce(and_, [index.keep(value) for index, value in zip(self._indexes, values, strict=True)])


def _layered(placed: Iterable[Placed]) -> list[list[Placed]]:
    layers: list[list[Placed]] = []
    depth: dict[int, int] = defaultdict(int)
    for bit, rule in placed:
        if depth[bit] == len(layers):
            layers.append([])
        layers[depth[bit]].append((bit, rule))
        depth[bit] += 1
    return layers
