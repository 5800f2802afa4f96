"""Repeated n-grams of words, as Gopher counts them (Rae et al. 2021, arXiv 2112.11446)."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

TOP = (2, 3, 4)
"""Lengths of which the commonest n-gram counts."""

DUPLICATE = (5, 7, 10)
"""Lengths of which all n-grams count that come again."""


class Grams(NamedTuple):
    """Characters in repeated n-grams.

    Attributes:
        top: In the commonest n-gram, for each length of `TOP`.
        duplicate: In n-grams that occurred before, for each length of `DUPLICATE`.
    """

    top: tuple[int, ...]
    duplicate: tuple[int, ...]


def count(units: Sequence[str], scale: int) -> Grams:
    """Count n-grams of words, or of characters.

    Args:
        units: The words, or the characters where no spaces are written.
        scale: Units that say as much as a word.
    """
    sizes = np.fromiter(map(len, units), np.int64, len(units))
    levels = _levels(units, max(DUPLICATE) * scale)
    return Grams(
        tuple(_top(levels[n * scale], sizes) for n in TOP),
        tuple(_duplicate(levels[n * scale], sizes) for n in DUPLICATE),
    )


class _Repeats(NamedTuple):
    """The n-grams of one length that come twice and more.

    Attributes:
        n: Units in each.
        at: Where they begin, ascending.
        gram: A number for each, the same for the same n-gram.
    """

    n: int
    at: NDArray[np.int64]
    gram: NDArray[np.int64]


def _levels(units: Sequence[str], most: int) -> list[_Repeats]:
    """The n-grams that come again, by n: their shorter ones do, so few are looked at."""
    firsts: dict[str, int] = {}
    ids = np.fromiter(map(firsts.setdefault, units, itertools.count()), np.int64, len(units))
    again = (np.bincount(ids)[ids] > 1).nonzero()[0]
    level = _Repeats(1, again, ids[again])
    levels = [level, level]
    for n in range(2, most + 1):
        if not len(level.at):
            return levels + [level] * (most + 1 - len(levels))
        follows = (level.at[1:] == level.at[:-1] + 1).nonzero()[0]
        at = level.at[follows]
        level = _again(n, at, level.gram[follows] * len(units) + ids[at + n - 1])
        levels.append(level)
    return levels


def _again(n: int, at: NDArray[np.int64], gram: NDArray[np.int64]) -> _Repeats:
    if len(at) == 0:
        return _Repeats(n, at, gram)
    order = gram.argsort()
    ranked = gram[order]
    new = np.ones(len(ranked) + 1, bool)
    np.not_equal(ranked[1:], ranked[:-1], out=new[1:-1])
    twice = (new[:-1] & new[1:] ^ True).nonzero()[0]
    kept = order[twice]
    back = kept.argsort()
    return _Repeats(n, at[kept[back]], new.cumsum()[twice[back]])


def _top(repeats: _Repeats, sizes: NDArray[np.int64]) -> int:
    """Characters in the commonest n-gram, the first of several; 0 where none comes twice."""
    if len(repeats.at) == 0:
        return 0
    counts = np.bincount(repeats.gram)[repeats.gram]
    at = int(repeats.at[counts.argmax()])
    return int(counts.max() * sizes[at : at + repeats.n].sum())


def _duplicate(repeats: _Repeats, sizes: NDArray[np.int64]) -> int:
    """Characters in n-grams seen before, none counted twice."""
    if len(repeats.at) == 0:
        return 0
    again = np.ones(len(repeats.at), bool)
    again[np.unique(repeats.gram, return_index=True)[1]] = False
    seen = repeats.at[again]
    steps = np.bincount(seen, minlength=len(sizes) + 1)
    steps -= np.bincount(seen + repeats.n, minlength=len(sizes) + 1)
    return int(sizes[steps.cumsum()[:-1] > 0].sum())
