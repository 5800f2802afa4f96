"""Pairing units in order: dynamic programming over the wording they share.

A pair is worth its log odds, and what being in order adds to them. Units without a partner cost
nothing. One unit may pair with several that follow one another (merged or split sentences).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from unspun.align.similarity import Comparison, Floats

Group = tuple[tuple[int, int], tuple[int, int]]
"""Hypothesis units ``[a, b)`` that pair with reference units ``[c, d)``."""

JOINED = 1.0
"""Log odds that each unit more in a pair costs."""
SHAPES = ((1, 1), (1, 2), (2, 1), (1, 3), (3, 1), (1, 4), (4, 1))


@dataclass(frozen=True, slots=True)
class _Gains:
    """What every group of each shape is worth, by the place of its first units."""

    shape: tuple[int, int]
    gains: Floats


def monotone(comparison: Comparison, worth: float) -> list[Group]:
    """The pairs in order that are worth most together.

    Args:
        comparison: What every two units share.
        worth: Log odds that a pair has for being in order.
    """
    rows, columns = comparison.shared.shape
    if not rows or not columns:
        return []
    moves = [_Gains(shape, odds + worth) for shape, odds in shapes(comparison)]
    best = np.zeros((rows + 1, columns + 1))
    for i in range(1, rows + 1):
        row = best[i - 1].copy()
        for move in moves:
            a, b = move.shape
            if a <= i and b <= columns:
                worth = best[i - a, : columns - b + 1] + move.gains[i - a]
                np.maximum(row[b:], worth, out=row[b:])
        np.maximum.accumulate(row, out=best[i])
    return _trace(best, moves)


def shapes(comparison: Comparison) -> Iterator[tuple[tuple[int, int], Floats]]:
    """The log odds of every group of each shape, by the place of its first units."""
    other = comparison.transposed()
    for a, b in SHAPES:
        if a <= comparison.shared.shape[0] and b <= comparison.shared.shape[1]:
            odds = comparison.odds(b) if a == 1 else other.odds(a).T
            yield (a, b), odds - JOINED * (a + b - 2)


def _trace(best: Floats, moves: list[_Gains]) -> list[Group]:
    groups: list[Group] = []
    i, j = best.shape[0] - 1, best.shape[1] - 1
    while i and j:
        if best[i, j] == best[i - 1, j]:
            i -= 1
        elif best[i, j] == best[i, j - 1]:
            j -= 1
        else:
            a, b = _last(best, moves, i, j)
            groups.append(((i - a, i), (j - b, j)))
            i, j = i - a, j - b
    return groups[::-1]


def _last(best: Floats, moves: list[_Gains], i: int, j: int) -> tuple[int, int]:
    for move in moves:
        a, b = move.shape
        if a <= i and b <= j and best[i, j] == best[i - a, j - b] + move.gains[i - a, j - b]:
            return a, b
    raise AssertionError("a best value without a move that leads to it")


def leftovers(groups: list[Group], rows: int, columns: int) -> tuple[list[int], list[int]]:
    """Hypothesis units and reference units that no group holds."""
    ours = set(range(rows)).difference(*(range(*group[0]) for group in groups))
    theirs = set(range(columns)).difference(*(range(*group[1]) for group in groups))
    return sorted(ours), sorted(theirs)
