"""What a network computes: products in eight bits, attention, gates, odds; compiled, and in NumPy.

A row of a matrix, and a row that goes through it, is cut into blocks of `BLOCK`; each is held as
whole numbers from -127 to 127 and a scale (as LLM.int8() does with rows: Dettmers et al., NeurIPS
2022). The kernel multiplies these with what the processor has for it; without, the same numbers are
multiplied in single precision. Compiled answers are the same on every processor; those of NumPy
differ in the last bits, by which now and then another whole number is the nearest.
"""

from __future__ import annotations

from typing import Any, NamedTuple, Protocol, Self

import numpy as np
from numpy.typing import NDArray

from unspun import kernels

Float32s = NDArray[np.float32]
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

BLOCK = 64  # numbers that share a scale
_PANEL = 64  # outputs whose weights the kernel has together
_BEST = -1  # the best instructions of the machine
_ROWS = 128  # whose odds of all tokens are held at once
_NEVER = np.float32(-1e9)
_LEAST = np.float32(1e-30)  # of a block: what is nearer to nothing is nothing

_kernel: Any = kernels.load("unspun.neural._network", revision=1)  # None: NumPy does it all


class Matrix(Protocol):
    """What rows go through."""

    def times(self, rows: Float32s) -> Float32s:
        """(rows, inputs) to (rows, outputs)."""

    def rows(self, outputs: Ints) -> Float32s:
        """The weights of some outputs."""

    def nats(self, rows: Float32s, tokens: Ints) -> Floats:
        """The natural logarithm of the share that an output of each row has of all."""


class Packed(NamedTuple):
    """A matrix as the kernel has it.

    Attributes:
        weights: (panels, inputs / 4, panel, 4).
        starts: (panels, blocks, panel) -128 times the sum of the weights.
        scales: (panels, blocks, panel).
        inputs: Of each row.
        outputs: Without those that fill the last panel.
    """

    weights: NDArray[np.int8]
    starts: NDArray[np.int32]
    scales: Float32s
    inputs: int
    outputs: int

    @classmethod
    def of(cls, values: Float32s) -> Self:
        """A matrix of (outputs, inputs)."""
        outputs, inputs = values.shape
        weights, starts, scales = _kernel.pack(values, inputs, BLOCK, _BEST)
        return cls(
            np.frombuffer(weights, np.int8).reshape(-(-outputs // _PANEL), -1, _PANEL, 4),
            np.frombuffer(starts, np.int32).reshape(-(-outputs // _PANEL), -1, _PANEL),
            np.frombuffer(scales, np.float32).reshape(-(-outputs // _PANEL), -1, _PANEL),
            inputs,
            outputs,
        )

    def times(self, rows: Float32s) -> Float32s:
        """(rows, inputs) to (rows, outputs)."""
        out = _kernel.product(rows, *self[:3], self.inputs, self.outputs, BLOCK, _BEST)
        return np.frombuffer(out, np.float32).reshape(len(rows), self.outputs)

    def rows(self, outputs: Ints) -> Float32s:
        """The weights of some outputs."""
        panel, lane = np.divmod(outputs, _PANEL)
        whole = self.weights[panel, :, lane].reshape(len(outputs), -1, BLOCK)
        return _raised(whole.astype(np.float32), self.scales[panel, :, lane], self.inputs)

    def nats(self, rows: Float32s, tokens: Ints) -> Floats:
        """The natural logarithm of the share that an output of each row has of all."""
        sizes = self.inputs, self.outputs, BLOCK, _BEST
        return np.frombuffer(_kernel.nats(rows, *self[:3], tokens, *sizes), np.float64)


class Plain(NamedTuple):
    """A matrix whose numbers are the same, in single precision.

    Attributes:
        weights: (inputs, outputs).
    """

    weights: Float32s

    @classmethod
    def of(cls, values: Float32s) -> Self:
        """A matrix of (outputs, inputs)."""
        return cls(np.ascontiguousarray(_rounded(values).T))

    def times(self, rows: Float32s) -> Float32s:
        """(rows, inputs) to (rows, outputs)."""
        return np.asarray(_rounded(rows) @ self.weights)

    def rows(self, outputs: Ints) -> Float32s:
        """The weights of some outputs."""
        return np.ascontiguousarray(self.weights[:, outputs].T)

    def nats(self, rows: Float32s, tokens: Ints) -> Floats:
        """The natural logarithm of the share that an output of each row has of all."""
        out = np.empty(len(tokens))
        for start in range(0, len(tokens), _ROWS):
            odds = self.times(rows[start : start + _ROWS])
            odds -= odds.max(axis=1, keepdims=True)
            own = odds[np.arange(len(odds)), tokens[start : start + _ROWS]]
            out[start : start + _ROWS] = own - np.log(np.exp(odds, out=odds).sum(axis=1))
        return out


def matrix(values: Float32s) -> Matrix:
    """A matrix of (outputs, inputs), as it is multiplied soonest."""
    if _kernel is None or _kernel.kinds() == 1:
        return Plain.of(values)
    return Packed.of(values)


def _rounded(values: Float32s) -> Float32s:
    """Numbers as eight bits have them."""
    size = values.shape[1]
    blocks = np.pad(values, ((0, 0), (0, -size % BLOCK))).reshape(len(values), -1, BLOCK)
    most = np.abs(blocks).max(axis=2)
    times = np.divide(np.float32(127), most, out=np.zeros_like(most), where=most > _LEAST)
    return _raised(np.rint(blocks * times[..., None]), most / np.float32(127), size)


def _raised(whole: Float32s, scales: Float32s, size: int) -> Float32s:
    """Numbers by their blocks in eight bits, and each block's scale."""
    return np.ascontiguousarray((whole * scales[..., None]).reshape(len(whole), -1)[:, :size])


class Rows(NamedTuple):
    """Rows that attend to one another, and to what was read before.

    Attributes:
        queries: (rows, heads, size).
        keys: (rows, groups, size).
        values: The same shape.
        before: (past, groups, size) keys of what was read before.
        worth: Their values.
        until: (rows,) how much of what was read before each sees.
        since: (rows,) from which of these rows on, up to itself.
    """

    queries: Float32s
    keys: Float32s
    values: Float32s
    before: Float32s
    worth: Float32s
    until: Ints
    since: Ints


def attended(asked: Rows) -> Float32s:
    """(rows, heads * size) what queries are told by what they see."""
    rows, heads, size = asked.queries.shape
    if _kernel is None:
        return _attended(asked).reshape(rows, -1)
    told = _kernel.attend(*asked, heads, asked.keys.shape[1], size, _BEST)
    return np.frombuffer(told, np.float32).reshape(rows, -1)


def _attended(asked: Rows) -> Float32s:
    rows, heads, size = asked.queries.shape
    groups, at = asked.keys.shape[1], np.arange(rows)
    keys = np.concatenate([asked.before, asked.keys]).transpose(1, 2, 0)
    values = np.concatenate([asked.worth, asked.values]).swapaxes(0, 1)
    past = np.arange(len(asked.before)) < asked.until[:, None]
    own = (at >= asked.since[:, None]) & (at <= at[:, None])
    hidden = np.where(np.concatenate([past, own], axis=1), np.float32(0), _NEVER)
    queries = asked.queries.swapaxes(0, 1).reshape(groups, -1, size)
    odds = (queries @ keys).reshape(heads, rows, -1) * np.float32(size**-0.5) + hidden
    odds -= odds.max(axis=-1, keepdims=True)
    np.exp(odds, out=odds)
    odds /= odds.sum(axis=-1, keepdims=True)
    told = odds.reshape(groups, -1, odds.shape[-1]) @ values
    return np.asarray(told.reshape(heads, rows, size).swapaxes(0, 1))


def gated(both: Float32s) -> Float32s:
    """What gates let through (Shazeer, "GLU variants improve transformer", 2020)."""
    rows, inner = len(both), both.shape[1] // 2
    if _kernel is None:
        gate, through = np.split(both, 2, axis=1)
        with np.errstate(over="ignore"):  # far below 0 nothing is let through
            return np.asarray(gate / (np.float32(1) + np.exp(-gate)) * through)
    return np.frombuffer(_kernel.gate(both, inner, _BEST), np.float32).reshape(rows, inner)


def scaled(x: Float32s, scale: Float32s, least: float) -> Float32s:
    """Root mean square normalisation (Zhang and Sennrich, NeurIPS 2019).

    Args:
        x: (rows, width).
        scale: (width,).
        least: What keeps a mean square from being 0.
    """
    if _kernel is None:
        square = np.einsum("ij,ij->i", x, x)[:, None] / np.float32(x.shape[1])
        return np.asarray(x / np.sqrt(square + np.float32(least)) * scale)
    return np.frombuffer(_kernel.scaled(x, scale, least, _BEST), np.float32).reshape(x.shape)
