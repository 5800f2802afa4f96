"""Repeated n-grams of words, as Gopher counts them (Rae et al. 2021, arXiv 2112.11446)."""

from __future__ import annotations

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
    numbers = {unit: number for number, unit in enumerate(dict.fromkeys(units))}
    ids = np.fromiter(map(numbers.__getitem__, units), np.int64, len(units))
    level = _again(1, np.arange(len(ids)), ids)
    levels = [level, level]
    for n in range(2, most + 1):
        if not len(level.at):
            return levels + [level] * (most + 1 - len(levels))
        follows = (level.at[1:] == level.at[:-1] + 1).nonzero()[0]
        gram = level.gram[follows] * len(numbers) + ids[level.at[follows] + n - 1]
        level = _again(n, level.at[follows], gram)
        levels.append(level)
    return levels


def _again(n: int, at: NDArray[np.int64], gram: NDArray[np.int64]) -> _Repeats:
    if len(at) == 0:
        return _Repeats(n, at, gram)
    order = gram.argsort(kind="stable")
    ranked = gram[order]
    new = np.ones(len(ranked) + 1, bool)
    np.not_equal(ranked[1:], ranked[:-1], out=new[1:-1])
    twice = np.empty(len(ranked), bool)
    twice[order] = ~(new[:-1] & new[1:])
    number = np.empty(len(ranked), np.int64)
    number[order] = new[:-1].cumsum()
    return _Repeats(n, at[twice], number[twice])


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
