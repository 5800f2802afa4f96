"""What a network makes of tokens, with what it made of those before them.

What is read is not one sequence but a tree: each row sees what was read before up to some place,
and rows of its own branch, so a hundred ways to go on from places in a text are read at once, and
the text only once.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from unspun.neural.arithmetic import Rows, attended, gated, scaled
from unspun.neural.weights import Layer, Weights

Float32s = NDArray[np.float32]
Ints = NDArray[np.int64]


class Past(NamedTuple):
    """What was read before.

    Attributes:
        keys: (layers, rows, groups, size).
        values: The same shape.
    """

    keys: Float32s
    values: Float32s

    @classmethod
    def none(cls, weights: Weights) -> Past:
        """Nothing."""
        shape = len(weights.layers), 0, weights.groups, weights.size
        return cls(np.empty(shape, np.float32), np.empty(shape, np.float32))

    def followed(self, other: Past) -> Past:
        """This and then another."""
        pairs = zip(self, other, strict=True)
        return Past._make(np.concatenate(pair, axis=1) for pair in pairs)

    def until(self, last: int) -> Past:
        """Its first rows."""
        return Past(self.keys[:, :last], self.values[:, :last])


class Seen(NamedTuple):
    """What each row sees.

    Attributes:
        until: (rows,) how much of what was read before.
        since: (rows,) from which of the rows on, up to itself.
    """

    until: Ints
    since: Ints


def states(
    weights: Weights, tokens: Ints, positions: Ints, seen: Seen, past: Past
) -> tuple[Float32s, Past]:
    """Read tokens.

    Args:
        weights: The network.
        tokens: (rows,) their numbers.
        positions: (rows,) how many tokens stand before each.
        seen: What each sees.
        past: What was read before.

    Returns:
        (rows, width) what was made of each, and what later tokens need of them.
    """
    turns = _turns(weights, positions)
    x = weights.words.rows(tokens)
    kept = []
    for number, layer in enumerate(weights.layers):
        before = past.keys[number], past.values[number]
        asked = _asked(
            weights, layer, scaled(x, layer.before, weights.epsilon), turns, seen, before
        )
        x = x + layer.merge.times(attended(asked))
        between = scaled(x, layer.between, weights.epsilon)
        x = x + layer.narrow.times(gated(layer.widen.times(between)))
        kept.append((asked.keys, asked.values))
    keys, values = (np.stack(part) for part in zip(*kept, strict=True))
    return scaled(x, weights.last, weights.epsilon), Past(keys, values)


def _turns(weights: Weights, positions: Ints) -> tuple[Float32s, Float32s]:
    """Cosines and sines by which a position turns each pair of coordinates."""
    half = weights.size // 2
    angles = positions[:, None, None] * weights.period ** (-np.arange(half) / half)
    return np.cos(angles).astype(np.float32), np.sin(angles).astype(np.float32)


def _turned(x: Float32s, turns: tuple[Float32s, Float32s]) -> Float32s:
    cosine, sine = turns
    one, other = np.split(x, 2, axis=-1)
    return np.concatenate([one * cosine - other * sine, one * sine + other * cosine], axis=-1)


def _asked(
    weights: Weights,
    layer: Layer,
    x: Float32s,
    turns: tuple[Float32s, Float32s],
    seen: Seen,
    past: tuple[Float32s, Float32s],
) -> Rows:
    """What attention is asked."""
    heads, groups = weights.heads, weights.groups
    parts = layer.attend.times(x).reshape(len(x), heads + 2 * groups, weights.size)
    turned = _turned(parts[:, :-groups], turns)
    split = turned[:, :heads], turned[:, heads:], parts[:, -groups:]
    queries, keys, values = map(np.ascontiguousarray, split)
    return Rows(queries, keys, values, *past, *seen)
