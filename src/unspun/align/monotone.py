"""Pairing units in order: dynamic programming over the wording they share.

A pair is worth twice the weight that it shares, less a share of all its weight, so a pair pays from
a certain Dice similarity on, and long units count for more than short ones. Units without a partner
cost nothing. One unit may pair with several that follow one another (merged or split sentences),
where each of them earns its place.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from unspun.align.similarity import Floats, Overlap

Group = tuple[tuple[int, int], tuple[int, int]]
"""Hypothesis units ``[a, b)`` that pair with reference units ``[c, d)``."""

_JOIN_WORTH = 1.5  # what twice the weight shared has to be of each unit of a joined pair
_MOVES = ((1, 1), (1, 2), (2, 1), (1, 3), (3, 1), (1, 4), (4, 1))


@dataclass(frozen=True, slots=True)
class _Gains:
    """What every group of each shape is worth, by the place of its first units."""

    shape: tuple[int, int]
    gains: Floats


def monotone(overlap: Overlap, worth: float) -> list[Group]:
    """The pairs in order that are worth most together.

    Args:
        overlap: What every two units share.
        worth: Dice similarity from which a pair pays.
    """
    rows, columns = overlap.shared.shape
    if not rows or not columns:
        return []
    moves = [_Gains(shape, gains) for shape, gains in _all_gains(overlap, worth)]
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


def _all_gains(overlap: Overlap, worth: float) -> Iterator[tuple[tuple[int, int], Floats]]:
    shared = 2 * overlap.shared
    hyp, ref = overlap.hyp[:, None], overlap.ref[None, :]
    rows, columns = shared.shape
    # what each unit of a joined pair brings against the unit that it joins
    ref_side, hyp_side = shared - _JOIN_WORTH * ref, shared - _JOIN_WORTH * hyp
    for a, b in _MOVES:
        if a > rows or b > columns:
            continue
        parts = range(max(a, b))
        if a == b == 1:
            yield (a, b), shared - worth * (hyp + ref)
        elif a == 1:
            slices = [slice(k, columns - b + 1 + k) for k in parts]
            total = sum(shared[:, s] - worth * ref[:, s] for s in slices) - worth * hyp
            earns = np.all([ref_side[:, s] > 0 for s in slices], axis=0)
            yield (a, b), np.where(earns, total, -1.0)
        else:
            slices = [slice(k, rows - a + 1 + k) for k in parts]
            total = sum(shared[s] - worth * hyp[s] for s in slices) - worth * ref
            earns = np.all([hyp_side[s] > 0 for s in slices], axis=0)
            yield (a, b), np.where(earns, total, -1.0)


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
