"""The masks of whole variables: layers ANDed, remembered by value within bounds.

Each rule set has at most one rule on the variable in a layer; a second rule makes a second layer.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import reduce
from operator import and_, itemgetter
from typing import Any

from contracts.engine.rules.facts import Value
from contracts.engine.rules.index.layers import Placed, layer_of

# How to read the values, to look up their mask, and to compute a missing one.
type Bundle = tuple[Callable[[Mapping[str, Value]], Any], Callable[[Any], int | None], Kept[Any]]

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
    """A bounded cache of computed masks, cleared when it is full."""

    __slots__ = ("_room", "_work_out", "found")

    def __init__(self, work_out: Callable[[T], int], width: int) -> None:
        self._work_out = work_out
        self._room = max(256, CACHE_BYTES // (width // 8 + 64))
        self.found: dict[T, int] = {}

    def fill(self, key: T) -> int:
        """Compute what `found` does not hold, and keep it."""
        answer = self._work_out(key)
        if len(self.found) >= self._room:
            self.found.clear()
        self.found[key] = answer
        return answer

    def __call__(self, key: T) -> int:
        return self.found.get(key) or self.fill(key)


def bundle(keys: Sequence[str], indexes: Mapping[str, Index], width: int) -> Bundle | None:
    """Several variables whose values recur together: one look-up for all of them. None where there are none."""
    if not keys:
        return None
    if len(keys) == 1:
        keep: Kept[Any] = indexes[keys[0]].keep
    else:
        chosen = [indexes[key] for key in keys]
        keep = Kept(
            lambda values: reduce(and_, [index.keep(value) for index, value in zip(chosen, values, strict=True)]), width
        )
    return itemgetter(*keys), keep.found.get, keep


def _layered(placed: Iterable[Placed]) -> list[list[Placed]]:
    layers: list[list[Placed]] = []
    depth: dict[int, int] = defaultdict(int)
    for bit, rule in placed:
        if depth[bit] == len(layers):
            layers.append([])
        layers[depth[bit]].append((bit, rule))
        depth[bit] += 1
    return layers
