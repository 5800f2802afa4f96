"""Passages that stand elsewhere: chains of pairs that cross the pairs in order.

What was moved was mostly moved as a block, so a chain of neighbours that are somewhat alike says
more than one pair that is very much so (local alignment: Smith and Waterman 1981).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from unspun.align.similarity import Floats

PAYS = 0.12
"""Dice similarity from which a pair adds to its chain."""
ENOUGH = 0.2
"""What the pairs of a chain must add up to."""
_SKIP = 0.05  # what a unit passed over costs
_STEPS = ((1, 1), (1, 2), (2, 1), (2, 2))

Pair = tuple[int, int]


def moved(dice: Floats, hyp_gap: Sequence[int], ref_gap: Sequence[int]) -> list[Pair]:
    """Pairs of units out of order, the best chain first.

    Args:
        dice: Similarity of every hypothesis unit without a partner with every such reference unit.
        hyp_gap: How many pairs in order stand before each hypothesis unit. Units of the same gap
            on both sides are in order, which is not looked for here.
        ref_gap: The same for each reference unit.
    """
    gain = dice - PAYS
    gain[np.equal.outer(np.asarray(hyp_gap), np.asarray(ref_gap))] = -1.0
    found: list[Pair] = []
    while chain := _best(gain):
        found += chain
        for i, j in chain:
            gain[i, :] = -1.0
            gain[:, j] = -1.0
    return sorted(found)


def _best(gain: NDArray[np.float64]) -> list[Pair]:
    """The chain of pairs that adds up to most, if that is enough."""
    total: dict[Pair, float] = {}
    before: dict[Pair, Pair | None] = {}
    for i, j in zip(*(axis.tolist() for axis in (gain > 0).nonzero()), strict=True):
        options = [((i - a, j - b), _SKIP * (a + b - 2)) for a, b in _STEPS]
        known = [(total[place] - skip, place) for place, skip in options if place in total]
        most, place = max(known, default=(0.0, None))
        total[i, j] = float(gain[i, j]) + max(most, 0.0)
        before[i, j] = place if most > 0.0 else None
    if not total:
        return []
    last = max(total, key=lambda pair: total[pair])
    if total[last] < ENOUGH:
        return []
    chain: list[Pair] = []
    end: Pair | None = last
    while end is not None:
        chain.append(end)
        end = before[end]
    return chain
