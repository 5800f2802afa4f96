"""Sentences of two languages paired in order: lengths (Gale and Church 1993) and what both share.

The cost of pairing is minus the logarithm of how likely the lengths are, less what the passages
share (numbers, names, words that translate each other), plus the price of the kind of pair. The
prices start as Gale and Church's and are then counted in the texts themselves.
"""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from unspun.align.monotone import Group

Floats = NDArray[np.float64]
Move = tuple[int, int]

PRIOR: dict[Move, float] = {
    (1, 1): 0.89, (1, 0): 0.02, (0, 1): 0.02, (2, 1): 0.04, (1, 2): 0.04, (2, 2): 0.01,
    (3, 1): 0.003, (1, 3): 0.003,
}  # fmt: skip
"""Gale and Church 1993, table 5, divided between the directions; more is left out."""
_ROUNDS = 2  # times that prices are counted again


@dataclass(frozen=True, slots=True)
class Lengths:
    """Lengths of a text's sentences and of its translation's.

    Attributes:
        source: Characters of each sentence.
        target: The same of the translation.
        source_breaks: 1 for each sentence that begins a line, else 0.
        target_breaks: The same of the translation.
        ratio: Characters of the translation for one of the source.
        variance: Of the translation's length, a character of it.
    """

    source: Floats
    target: Floats
    source_breaks: Floats
    target_breaks: Floats
    ratio: float
    variance: float


@dataclass(frozen=True, slots=True)
class Shared:
    """What sentences share with one another, a row for each sentence of the source.

    Attributes:
        gain: Log likelihood that speaks for a pair.
        ours_alone: 1 where the source's sentence has anchors and the other none of them.
        theirs_alone: 1 where the translation's sentence has anchors and the source's none of them.
    """

    gain: Floats
    ours_alone: Floats
    theirs_alone: Floats


def nothing(rows: int, columns: int) -> Shared:
    """Sentences of which nothing but the length is known."""
    return Shared(*(np.zeros((rows, columns)) for _ in range(3)))


def pair(lengths: Lengths, shared: Shared, *, alone: float | None = None) -> list[Group]:
    """The pairs of sentence groups that are likeliest, in order; empty groups are left out ones.

    Args:
        lengths: Of the sentences.
        shared: What each sentence of the source shares with each of the translation.
        alone: How likely a sentence without partner is, where that is known; else it is counted
            in the texts.

    >>> ours, theirs = np.array([20.0, 90, 40]), np.array([20.0, 40])
    >>> sizes = Lengths(ours, theirs, np.ones(3), np.ones(2), 1.0, 4.0)
    >>> pair(sizes, nothing(3, 2))
    [((0, 1), (0, 1)), ((1, 2), (1, 1)), ((2, 3), (1, 2))]
    """
    if alone is not None:
        return _best(lengths, shared, {**PRIOR, (1, 0): alone, (0, 1): alone})
    prior = dict(PRIOR)
    groups: list[Group] = []
    for _ in range(1 + _ROUNDS):
        groups = _best(lengths, shared, prior)
        counts = Counter((b - a, d - c) for (a, b), (c, d) in groups)
        total = sum(counts.values())
        prior = {
            move: (counts[move] + _WEIGHT * share) / (total + _WEIGHT)
            for move, share in PRIOR.items()
        }
    return groups


_WEIGHT = 60  # pairs that the prior prices count for


def _best(lengths: Lengths, shared: Shared, prior: dict[Move, float]) -> list[Group]:
    rows, columns = shared.gain.shape
    costs = {move: _cost(move, lengths, shared, share) for move, share in prior.items()}
    best = np.full((rows + 1, columns + 1), np.inf)
    best[0] = np.arange(columns + 1) * costs[0, 1][0, 0] if columns else 0.0
    for i in range(1, rows + 1):
        row = best[i - 1] + costs[1, 0][0, 0]
        for (a, b), cost in costs.items():
            if a and b and a <= i and b <= columns and cost.size:
                np.minimum(row[b:], best[i - a, : columns - b + 1] + cost[i - a], out=row[b:])
        best[i] = _inserted(row, costs[0, 1][0, 0] if columns else 0.0)
    return _trace(best, costs)


def _inserted(row: Floats, price: float) -> Floats:
    """The row where sentences of the translation may also stand alone, each at the price."""
    steps = np.arange(len(row)) * price
    cheapest: Floats = np.minimum.accumulate(row - steps) + steps
    return cheapest


def _cost(move: Move, lengths: Lengths, shared: Shared, share: float) -> Floats:
    """The cost of a pair of each shape, by the places of its first sentences."""
    a, b = move
    price = -math.log(share)
    if not a or not b:
        return np.full((1, 1), price)
    rows, columns = shared.gain.shape
    if a > rows or b > columns:
        return np.zeros((0, 0))
    ours = _sums(lengths.source, a)[:, None] * lengths.ratio
    theirs = _sums(lengths.target, b)[None, :]
    spread = np.sqrt(np.maximum(ours, 1.0) * lengths.variance)
    off = np.minimum(((theirs - ours) / spread) ** 2 / 2, _FARTHEST)

    def part(values: Floats, i: int, j: int) -> Floats:
        cut: Floats = values[i : rows - a + 1 + i, j : columns - b + 1 + j]
        return cut

    gain = sum(part(shared.gain, i, j) for i in range(a) for j in range(b)) / max(a, b)
    alone = sum(
        np.minimum.reduce([part(shared.ours_alone, i, j) for j in range(b)]) for i in range(a)
    ) + sum(
        np.minimum.reduce([part(shared.theirs_alone, i, j) for i in range(a)]) for j in range(b)
    )
    lines = _inside(lengths.source_breaks, a)[:, None] + _inside(lengths.target_breaks, b)[None, :]
    found: Floats = price + off - gain + _ALONE * alone + _ACROSS * lines
    return found


def _inside(breaks: Floats, size: int) -> Floats:
    """How many lines begin inside as many sentences in a row."""
    return _sums(breaks, size) - breaks[: len(breaks) - size + 1]


_ACROSS = 3.0  # what it costs to join sentences of two lines
_ALONE = 3.0  # what it costs a pair that one side's numbers and names are not in the other
_FARTHEST = 30.0  # no lengths are unlikelier than this: outliers happen


def _sums(values: Floats, size: int) -> Floats:
    """Sums of as many values in a row."""
    return np.convolve(values, np.ones(size), "valid")


def _trace(best: Floats, costs: dict[Move, Floats]) -> list[Group]:
    groups: list[Group] = []
    i, j = best.shape[0] - 1, best.shape[1] - 1
    while i or j:
        a, b = _last(best, costs, i, j)
        groups.append(((i - a, i), (j - b, j)))
        i, j = i - a, j - b
    return groups[::-1]


def _last(best: Floats, costs: dict[Move, Floats], i: int, j: int) -> Move:
    """The move that led here: the one whose cost comes nearest."""
    found: list[tuple[float, Move]] = []
    for (a, b), cost in costs.items():
        if a > i or b > j:
            continue
        price = cost[0, 0] if not a or not b else cost[i - a, j - b]
        found.append((abs(best[i - a, j - b] + price - best[i, j]), (a, b)))
    return min(found)[1]
