"""The masks of whole variables: layers ANDed, cut into blocks, remembered by value within bounds.

Each rule set has at most one rule on the variable in a layer; a second rule makes a second layer.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import reduce
from operator import and_, itemgetter
from typing import Any

from contracts.engine.facts import Value
from contracts.engine.layers import Placed, layer_of

# A mask cut into integers of BLOCK bits, lowest first: small integers are cheaper to make, and the blocks after the
# winner's are never looked at.
type Blocks = tuple[int, ...]

# 120 of CPython's 30-bit digits: the largest integer that its small-object allocator still serves.
BLOCK = 3_600
_BLOCK_BITS = (1 << BLOCK) - 1

CACHE_BYTES = 4_000_000


def blocks(mask: int, size: int) -> Blocks:
    """The mask of `size` bits, cut into blocks from the lowest."""
    return tuple(mask >> start & _BLOCK_BITS for start in range(0, size, BLOCK)) or (0,)


class Index:
    """All rules on one variable."""

    __slots__ = ("_layers", "_size", "keep")

    def __init__(self, placed: Sequence[Placed], size: int) -> None:
        self._layers = [layer_of(layer, size) for layer in _layered(placed)]
        self._size = size
        self.keep = Kept(self.work_out, size)

    def work_out(self, value: Value) -> Blocks:
        """The mask for a value, None for a missing one, in blocks."""
        mask = self._layers[0].mask(value)
        for layer in self._layers[1:]:
            mask &= layer.mask(value)
        return blocks(mask, self._size)


class Kept[T]:
    """A bounded memory of what was worked out. When it is full it starts again, which costs nobody but the next."""

    __slots__ = ("_room", "_work_out", "found")

    def __init__(self, work_out: Callable[[T], Blocks], size: int) -> None:
        self._work_out = work_out
        self._room = max(256, CACHE_BYTES // (size // 8 + 64))
        self.found: dict[T, Blocks] = {}

    def fill(self, key: T) -> Blocks:
        """Work out what `found` does not hold, and keep it."""
        answer = self._work_out(key)
        if len(self.found) >= self._room:
            self.found.clear()
        self.found[key] = answer
        return answer

    def __call__(self, key: T) -> Blocks:
        return self.found.get(key) or self.fill(key)


class Bundle:
    """Several variables whose values come back together: one look for all of them."""

    __slots__ = ("_indexes", "keep", "keys", "read")

    def __init__(self, keys: Sequence[str], indexes: Sequence[Index], size: int) -> None:
        self.keys = keys
        self.read: Callable[[Mapping[str, Value]], Any] = itemgetter(*keys)
        self._indexes = indexes
        self.keep: Kept[Any] = Kept(self._work_out, size) if len(indexes) > 1 else indexes[0].keep

    def _work_out(self, values: tuple[Value, ...]) -> Blocks:
        masks = [index.keep(value) for index, value in zip(self._indexes, values, strict=True)]
        return tuple(reduce(and_, column) for column in zip(*masks, strict=True))


def _layered(placed: Iterable[Placed]) -> list[list[Placed]]:
    layers: list[list[Placed]] = []
    depth: dict[int, int] = defaultdict(int)
    for number, rule in placed:
        if depth[number] == len(layers):
            layers.append([])
        layers[depth[number]].append((number, rule))
        depth[number] += 1
    return layers
