"""Repeated n-grams of words, as Gopher counts them (Rae et al. 2021, arXiv 2112.11446)."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from operator import sub
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

TOP = (2, 3, 4)
"""Lengths of which the commonest n-gram counts."""

DUPLICATE = (5, 7, 10)
"""Lengths of which all n-grams count that come again."""

Ints = NDArray[np.int64]


class Grams(NamedTuple):
    """Characters in repeated n-grams.

    Attributes:
        top: In the commonest n-gram, for each length of `TOP`.
        duplicate: In n-grams that occurred before, for each length of `DUPLICATE`.
    """

    top: tuple[int, ...]
    duplicate: tuple[int, ...]


def count(units: Sequence[str], ids: Ints, scale: int) -> Grams:
    """Count n-grams of words, or of characters.

    Args:
        units: The words, or the characters where no spaces are written.
        ids: For each a number, 0 or more, the same for the same unit.
        scale: Units that say as much as a word.
    """
    known = {1: _Repeats(1, _NONE, _NONE, ids + 1)}
    level = known[1]
    if scale > 1:
        level = _again(level, scale)
    for n in (*TOP, *DUPLICATE):
        level = known[n] = _again(level, n * scale)
    return Grams(
        tuple(_top(known[n], units) for n in TOP),
        tuple(_duplicate(known[n], units) for n in DUPLICATE),
    )


class _Repeats(NamedTuple):
    """The n-grams of one length that come twice and more.

    Attributes:
        n: Units in each.
        at: Where they begin, equal ones together.
        turn: Where among those each n-gram's places begin.
        number: For each unit, the number of the n-gram that begins there; 0 where none does.
    """

    n: int
    at: Ints
    turn: Ints
    number: Ints


_NONE = np.zeros(0, np.int64)


def _again(parts: _Repeats, n: int) -> _Repeats:
    """The n-grams that come again: both ends of them do, so few are looked at.

    Args:
        parts: Shorter ones, of half the length at least.
        n: Units in each.
    """
    front, back = parts.number, parts.number[n - parts.n :]
    at = (front[: len(back)] * back).nonzero()[0]
    if len(at) <= 1:
        return _Repeats(n, _NONE, _NONE, _NONE)
    key = back.take(at)
    key += front.take(at) * (key.max() + 1)
    order = key.argsort()
    ranked = key.take(order)
    new = np.ones(len(at) + 1, bool)
    np.not_equal(ranked[1:], ranked[:-1], out=new[1:-1])
    twice = (new[:-1] & new[1:] ^ True).nonzero()[0]
    if len(twice) == 0:
        return _Repeats(n, _NONE, _NONE, _NONE)
    at, new = at.take(order.take(twice)), new.take(twice)
    number = np.zeros(len(front), np.int64)
    number[at] = new.cumsum()
    return _Repeats(n, at, new.nonzero()[0], number)


def _top(repeats: _Repeats, units: Sequence[str]) -> int:
    """Characters in the commonest n-gram, the first of several; 0 where none comes twice."""
    turn = repeats.turn.tolist()
    counts = list(map(sub, [*turn[1:], len(repeats.at)], turn))
    most = max(counts, default=0)
    if most == 0:
        return 0
    firsts = np.minimum.reduceat(repeats.at, repeats.turn).tolist()
    at = min(itertools.compress(firsts, map(most.__eq__, counts)))
    return most * sum(map(len, units[at : at + repeats.n]))


def _duplicate(repeats: _Repeats, units: Sequence[str]) -> int:
    """Characters in n-grams seen before, none counted twice."""
    if len(repeats.at) == 0:
        return 0
    first = np.minimum.reduceat(repeats.at, repeats.turn)
    again = np.zeros(len(units) + repeats.n, np.int64)
    again[repeats.at] = 1
    again[first] = 0
    again[repeats.n :] -= again[: -repeats.n].copy()  # where they end
    covered = again.cumsum().nonzero()[0].tolist()
    return sum(map(len, map(units.__getitem__, covered)))
