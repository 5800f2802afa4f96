"""Repeated n-grams of words, as Gopher counts them (Rae et al. 2021, arXiv 2112.11446)."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from itertools import pairwise
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


class Units(NamedTuple):
    """The units of a text.

    Attributes:
        written: The words, or the characters where no spaces are written.
        ids: For each a number, 0 or more, the same for the same unit.
    """

    written: Sequence[str]
    ids: Ints


def count(texts: Sequence[Units], scale: int) -> list[Grams]:
    """Count the n-grams of each of many texts, which are looked at together.

    Args:
        texts: Their words, or characters.
        scale: Units that say as much as a word.
    """
    if not texts:
        return []
    offsets = [0, *itertools.accumulate(len(text.ids) + 1 for text in texts)]
    numbers = np.zeros(offsets[-1], np.int64)  # 0 between texts, over which no n-gram goes
    beyond = 1
    for start, (_, ids) in zip(offsets, texts, strict=False):
        np.add(ids, beyond, out=numbers[start : start + len(ids)])
        beyond += len(ids)
    level = _Repeats(1, _NONE, _NONE, numbers)
    if scale > 1:
        level = _again(level, scale)
    known = {}
    for n in (*TOP, *DUPLICATE):
        level = known[n] = _again(level, n * scale)
    written = list(itertools.chain.from_iterable((*text.written, "") for text in texts))
    tops = [_top(known[n], written, offsets) for n in TOP]
    duplicates = [_duplicate(known[n], written, offsets) for n in DUPLICATE]
    return list(map(Grams, zip(*tops, strict=True), zip(*duplicates, strict=True)))


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


def _top(repeats: _Repeats, units: Sequence[str], offsets: Sequence[int]) -> list[int]:
    """Characters in the commonest n-gram of each text, the first of several; 0 where none is twice.

    Args:
        repeats: The n-grams, text by text.
        units: Those of all texts, with an empty one behind each.
        offsets: Where each text begins, and where the last one ends.
    """
    turn = repeats.turn.tolist()
    counts = list(map(sub, [*turn[1:], len(repeats.at)], turn))
    firsts = _firsts(repeats)
    text = np.searchsorted(offsets, firsts, side="right") - 1
    places = firsts.tolist()
    found = []
    for a, b in pairwise(text.searchsorted(np.arange(len(offsets))).tolist()):
        most = max(counts[a:b], default=0)
        at = min(itertools.compress(places[a:b], map(most.__eq__, counts[a:b])), default=0)
        found.append(most and most * sum(map(len, units[at : at + repeats.n])))
    return found


def _duplicate(repeats: _Repeats, units: Sequence[str], offsets: Sequence[int]) -> list[int]:
    """Characters in n-grams of each text seen before, none counted twice; arguments as above."""
    if len(repeats.at) == 0:
        return [0] * (len(offsets) - 1)
    again = np.zeros(len(units) + repeats.n, np.int64)
    again[repeats.at] = 1
    again[_firsts(repeats)] = 0
    again[repeats.n :] -= again[: -repeats.n].copy()  # where they end
    covered = again.cumsum().nonzero()[0]
    lengths = list(map(len, map(units.__getitem__, covered.tolist())))
    return [sum(lengths[a:b]) for a, b in pairwise(covered.searchsorted(offsets).tolist())]


def _firsts(repeats: _Repeats) -> Ints:
    """Where each n-gram begins first."""
    if len(repeats.at) == 0:
        return _NONE
    return np.minimum.reduceat(repeats.at, repeats.turn)
