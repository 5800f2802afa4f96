"""Repeated n-grams of words, as Gopher counts them (Rae et al. 2021, arXiv 2112.11446)."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from unspun.quality.laid import Ints, Keys, added, of_each

TOP = (2, 3, 4)
"""Lengths of which the commonest n-gram counts."""

DUPLICATE = (5, 7, 10)
"""Lengths of which all n-grams count that come again."""

_LEAST = 30  # words: in less, a refrain is no repetition
_FACTOR = np.uint64(0x9FB21C651E98DF25)  # odd, and another one than that of keys
_HALF = np.uint64(32)
_SPARSE = 2  # bits more than it takes to number them: few keys share theirs by chance


def _scale(spaced: bool) -> int:  # noqa: FBT001
    """Units that say as much as a word: two are some four characters of Han script."""
    return 1 if spaced else 2


def least(spaced: bool) -> int:  # noqa: FBT001
    """Units in less of which a refrain is no repetition."""
    return _LEAST * _scale(spaced)


class Units(NamedTuple):
    """The words of texts, or their characters where no spaces are written.

    Attributes:
        keys: The same for the same unit of a text; units of two texts never share one.
        sizes: Characters of each.
        first: The first unit of each text, and behind them how many there are.
    """

    keys: Keys
    sizes: Ints
    first: Ints


def count(units: Units, *, spaced: bool) -> Ints:
    """Characters in repeated n-grams of each text, looked for in all texts together.

    Args:
        units: Those of all texts.
        spaced: Whether they are words.

    Returns:
        For each text a row: of characters in the commonest n-gram, for each length of `TOP`; then
        in n-grams that occurred before, for each length of `DUPLICATE`.
    """
    enough = of_each(units.first) >= least(spaced)
    found = np.zeros((len(TOP) + len(DUPLICATE), len(enough)), np.int64)
    if enough.any():
        total = np.zeros(len(units.sizes) + 1, np.int64)
        units.sizes.cumsum(out=total[1:])
        level = _pairs(units.keys)
        for row, n in zip(found, (*TOP, *DUPLICATE), strict=True):
            size = n * _scale(spaced)
            level = _again(level, size) if size > level.n else level
            if not len(level.at):
                break  # longer ones come again no more than these
            look = _top if n in TOP else _duplicate
            row[:] = look(level, total, units.first)
    return found.T * enough[:, None]


class _Repeats(NamedTuple):
    """The n-grams of one length that come twice and more.

    Attributes:
        n: Units in each.
        at: Where they begin, equal ones together, each time in order.
        turn: Where among those each n-gram's places begin.
        number: For each unit, the number of the n-gram that begins there; 0 where none does.
    """

    n: int
    at: Ints
    turn: Ints
    number: Ints


def _pairs(keys: Keys) -> _Repeats:
    """Two units in a row; few of them share their bits with others, and are sorted."""
    pairs = keys[:-1] * _FACTOR + keys[1:]
    at = _shared(pairs >> _HALF)
    at = at.take(_shared(pairs.take(at)))
    return _repeats(2, at, pairs.take(at), len(keys))


def _shared(keys: Keys) -> Ints:
    """Where keys stand whose lowest bits others have, too."""
    slots = (keys & np.uint64((1 << len(keys).bit_length() + _SPARSE) - 1)).astype(np.intp)
    return (np.bincount(slots).take(slots) > 1).nonzero()[0]


def _again(parts: _Repeats, n: int) -> _Repeats:
    """The n-grams that come again: both ends of them do, so few are looked at.

    Args:
        parts: Shorter ones, of half the length at least.
        n: Units in each.
    """
    back = parts.number.take(parts.at + (n - parts.n), mode="clip")  # of the last unit it is 0
    some = back.nonzero()[0]
    at, back = parts.at.take(some), back.take(some)
    key = parts.number.take(at) * (len(parts.turn) + 1) + back
    return _repeats(n, at, key, len(parts.number))


def _repeats(n: int, at: Ints, key: NDArray[np.integer], units: int) -> _Repeats:
    """Of n-grams with these places and keys those that come twice and more."""
    order = key.argsort(kind="stable")
    ranked = key.take(order)
    new = np.ones(len(at) + 1, bool)
    np.not_equal(ranked[1:], ranked[:-1], out=new[1:-1])
    twice = (new[:-1] & new[1:] ^ True).nonzero()[0]
    at, new = at.take(order.take(twice)), new.take(twice)
    number = np.zeros(units, np.int64)
    number[at] = new.cumsum()
    return _Repeats(n, at, new.nonzero()[0], number)


def _top(repeats: _Repeats, total: Ints, first: Ints) -> Ints:
    """Characters in the commonest n-gram of each text, the first of several; 0 where none is twice.

    Args:
        repeats: The n-grams.
        total: Characters before each unit, and at the end.
        first: The first unit of each text, and behind them how many there are.
    """
    counts = np.diff(repeats.turn, append=len(repeats.at))
    places = repeats.at.take(repeats.turn)
    text = first.searchsorted(places, side="right") - 1
    best = np.zeros(len(first) - 1, np.int64)
    np.maximum.at(best, text, counts * len(total) - places)  # more of them, or else earlier
    most = -(-best // len(total))
    place = most * len(total) - best
    return most * (total.take(place + repeats.n, mode="clip") - total.take(place))


def _duplicate(repeats: _Repeats, total: Ints, first: Ints) -> Ints:
    """Characters in n-grams of each text seen before, none counted twice; arguments as above."""
    seen = np.ones(len(repeats.at), bool)
    seen[repeats.turn] = False
    start = np.sort(repeats.at[seen])
    stop = start + repeats.n
    fresh = start.copy()
    np.maximum(start[1:], stop[:-1], out=fresh[1:])
    return added(total.take(stop) - total.take(fresh), start.searchsorted(first))
