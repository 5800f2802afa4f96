"""What a network makes of tokens, with what it made of those before them.

Plain NumPy, in single precision: some 300 tokens a second and core for a network of 135 million
weights. What is read is not one sequence but a tree: each row says which rows it may see, so a
hundred ways to go on from places in a text are read at once, and the text only once.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from unspun.neural.weights import Layer, Weights

Float32s = NDArray[np.float32]
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

_ROWS = 128  # whose odds of all tokens are held at once
_NEVER = np.float32(-1e9)


class Past(NamedTuple):
    """What was read before.

    Attributes:
        keys: (layers, groups, rows, size).
        values: The same shape.
    """

    keys: Float32s
    values: Float32s

    @classmethod
    def none(cls, weights: Weights) -> Past:
        """Nothing."""
        size = weights.words.shape[1] // weights.heads
        empty = np.empty((len(weights.layers), weights.groups, 0, size), np.float32)
        return cls(empty, empty)

    def followed(self, other: Past) -> Past:
        """This and then another."""
        pairs = zip(self, other, strict=True)
        return Past._make(np.concatenate(pair, axis=2) for pair in pairs)

    def until(self, last: int) -> Past:
        """Its first rows."""
        return Past(self.keys[:, :, :last], self.values[:, :, :last])


def states(
    weights: Weights, tokens: Ints, positions: Ints, seen: Bools, past: Past
) -> tuple[Float32s, Past]:
    """Read tokens.

    Args:
        weights: The network.
        tokens: (rows,) their numbers.
        positions: (rows,) how many tokens stand before each.
        seen: (rows, past + rows) which of what was read before, and of these, each may see.
        past: What was read before.

    Returns:
        (rows, width) what was made of each, and what later tokens need of them.
    """
    turns = _turns(weights, positions)
    hidden = np.where(seen, np.float32(0), _NEVER)
    x = weights.words[tokens]
    kept = []
    for number, layer in enumerate(weights.layers):
        before = past.keys[number], past.values[number]
        add, own = _attended(
            weights, layer, _scaled(x, layer.before, weights), turns, hidden, before
        )
        x = x + add
        x = x + _fed(layer, _scaled(x, layer.between, weights))
        kept.append(own)
    keys, values = (np.stack(part) for part in zip(*kept, strict=True))
    return _scaled(x, weights.last, weights), Past(keys, values)


def _scaled(x: Float32s, scale: Float32s, weights: Weights) -> Float32s:
    """Root mean square normalisation (Zhang and Sennrich, NeurIPS 2019)."""
    square = np.einsum("ij,ij->i", x, x)[:, None] / np.float32(x.shape[1])
    return np.asarray(x / np.sqrt(square + np.float32(weights.epsilon)) * scale)


def _turns(weights: Weights, positions: Ints) -> tuple[Float32s, Float32s]:
    """Cosines and sines by which a position turns each pair of coordinates."""
    half = weights.words.shape[1] // weights.heads // 2
    angles = positions[:, None] * weights.period ** (-np.arange(half) / half)
    return np.cos(angles).astype(np.float32), np.sin(angles).astype(np.float32)


def _turned(x: Float32s, turns: tuple[Float32s, Float32s]) -> Float32s:
    cosine, sine = turns
    one, other = np.split(x, 2, axis=-1)
    return np.concatenate([one * cosine - other * sine, one * sine + other * cosine], axis=-1)


def _attended(
    weights: Weights,
    layer: Layer,
    x: Float32s,
    turns: tuple[Float32s, Float32s],
    hidden: Float32s,
    past: tuple[Float32s, Float32s],
) -> tuple[Float32s, tuple[Float32s, Float32s]]:
    """What attention adds, and the rows' own keys and values."""
    rows, heads, groups = len(x), weights.heads, weights.groups
    size = x.shape[1] // heads
    parts = (x @ layer.attend).reshape(rows, heads + 2 * groups, size).swapaxes(0, 1)
    queries = _turned(parts[:heads], turns).reshape(groups, -1, size)
    own = _turned(parts[heads:-groups], turns), np.ascontiguousarray(parts[-groups:])
    keys, values = (np.concatenate(pair, axis=1) for pair in zip(past, own, strict=True))
    odds = (queries @ keys.swapaxes(1, 2)).reshape(heads, rows, -1)
    odds *= np.float32(size**-0.5)
    odds += hidden
    odds -= odds.max(axis=-1, keepdims=True)
    np.exp(odds, out=odds)
    odds /= odds.sum(axis=-1, keepdims=True)
    told = odds.reshape(groups, -1, odds.shape[-1]) @ values
    told = told.reshape(heads, rows, size).swapaxes(0, 1).reshape(rows, -1)
    return told @ layer.merge, own


def _fed(layer: Layer, x: Float32s) -> Float32s:
    """The feed-forward part, gated (Shazeer, "GLU variants improve transformer", 2020)."""
    gate, through = np.split(x @ layer.widen, 2, axis=1)
    return np.asarray((gate / (np.float32(1) + np.exp(-gate)) * through) @ layer.narrow)


def nats(weights: Weights, told: Float32s, tokens: Ints) -> Floats:
    """The natural logarithm of the probability that a token follows.

    Args:
        weights: The network.
        told: (rows, width) what was made of the token before.
        tokens: (rows,) what follows.
    """
    out = np.empty(len(tokens))
    for start in range(0, len(tokens), _ROWS):
        odds = told[start : start + _ROWS] @ weights.output.T
        odds -= odds.max(axis=1, keepdims=True)
        rows = np.arange(len(odds))
        own = odds[rows, tokens[start : start + _ROWS]]
        out[start : start + _ROWS] = own - np.log(np.exp(odds, out=odds).sum(axis=1))
    return out
