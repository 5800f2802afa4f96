"""Texts laid end to end as arrays, their words, and a key for each by which the same are found.

A key is 64 bits of a word and of its text, mixed with a number of this process: that two words of
a text share one is as good as impossible, and no text can be made for it.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from unspun.quality import characters

Ints = NDArray[np.int64]
Keys = NDArray[np.uint64]

_ALL = 0xFFFFFFFFFFFFFFFF
SEED = hash("unspun") & _ALL  # another one in each process: nobody can aim at it
_FACTOR, _HALF = np.uint64(0x9E3779B97F4A7C15), np.uint64(32)
_OTHERS = 0xFF
_EIGHT = 8  # octets of a word that are read at a time
_TOGETHER = 64  # octets: a longer word is hashed by itself
_MASKS = np.array([(1 << 8 * size) - 1 for size in range(_EIGHT + 1)], np.uint64)


class Laid(NamedTuple):
    """Texts laid end to end, with a line feed behind each.

    Attributes:
        texts: The texts.
        joined: All of them.
        bounds: Where each text begins, and where the last one's line feed ends.
        points: Code points, in numbers as narrow as all of them fit in.
        folded: An octet for each: ASCII with small letters alone, and what is beyond as it is up
            to 0xFF, which stands for all others.
        kinds: What each character is; see `characters`.
        start: First character of each word, which is a run of what is no blank.
        stop: One past the last.
        size: How many it has.
        first: The first word of each text, and behind them how many there are.
        words: How many each text has.
    """

    texts: Sequence[str]
    joined: str
    bounds: Ints
    points: NDArray[np.unsignedinteger]
    folded: bytes
    kinds: NDArray[np.uint8]
    start: Ints
    stop: Ints
    size: Ints
    first: Ints
    words: Ints


def lay(texts: Sequence[str]) -> Laid:
    """Lay out texts."""
    joined = "\n".join([*texts, ""])
    bounds = np.array([0, *accumulate(len(text) + 1 for text in texts)])
    points = np.frombuffer(joined.encode("utf-32-le", "surrogatepass"), np.uint32)
    kinds = characters.kinds().take(points)
    points = points.astype(np.min_scalar_type(points.max()))
    folded = np.minimum(points, _OTHERS).astype(np.uint8).tobytes().lower()
    solid = np.zeros(len(kinds) + 1, bool)  # before the first character is none
    np.equal(kinds & characters.BLANK, 0, out=solid[1:])
    edges = (solid[1:] != solid[:-1]).nonzero()[0]  # the last is a line feed: words end before it
    start, stop = edges[::2].copy(), edges[1::2].copy()
    first = start.searchsorted(bounds)
    words = (start, stop, stop - start, first, of_each(first))
    return Laid(texts, joined, bounds, points, folded, kinds, *words)


def of_each(first: Ints) -> Ints:
    """How many each text has, given the first of each and how many there are."""
    return first[1:] - first[:-1]


def added(values: NDArray[np.generic], cut: Ints) -> Ints:
    """The sum of the values of each text, given the first of each and how many there are.

    >>> added(np.array([3, 4, 5]), np.array([0, 2, 2, 3])).tolist()
    [7, 0, 5]
    """
    total = np.zeros((*values.shape[:-1], values.shape[-1] + 1), np.int64)
    values.cumsum(axis=-1, out=total[..., 1:])
    total = total.take(cut, axis=-1)
    return total[..., 1:] - total[..., :-1]


def mixed(keys: Keys, values: Keys | np.uint64) -> Keys:
    """Keys with values mixed into them."""
    keys = (keys ^ values) * _FACTOR
    keys ^= keys >> _HALF
    return keys


def seeds(counts: Ints) -> Keys:
    """What the keys of each text begin with, so many times."""
    texts = np.arange(1, len(counts) + 1, dtype=np.uint64)
    return mixed(texts, np.uint64(SEED)).repeat(counts)


def eights(octets: bytes, width: int) -> Keys:
    """From each character of a width on eight octets; behind the last are zeros."""
    return np.ndarray(len(octets) // width, "<u8", octets + bytes(_EIGHT), 0, (width,))


def cut(chunks: Keys, left: Ints) -> Keys:
    """Eights with zeros behind so many octets."""
    return chunks & _MASKS.take(left, mode="clip")


def word_keys(laid: Laid) -> Keys:
    """The key of each word."""
    width = laid.points.itemsize
    chunks = eights(laid.points.tobytes(), width)
    left = laid.size * width
    keys = seeds(laid.words) + left.astype(np.uint64) * _FACTOR
    keys = mixed(keys, cut(chunks[laid.start], left))
    some = (left > _EIGHT).nonzero()[0]
    for read in range(_EIGHT, _TOGETHER, _EIGHT):
        if not len(some):
            return keys
        at, rest = laid.start.take(some) + read // width, left.take(some) - read
        keys[some] = mixed(keys.take(some), cut(chunks[at], rest))
        some = some[rest > _EIGHT]
    spans = zip(laid.start.take(some).tolist(), laid.stop.take(some).tolist(), strict=True)
    hashes = [hash(laid.joined[start:stop]) & _ALL for start, stop in spans]
    keys[some] = mixed(keys.take(some), np.array(hashes, np.uint64))
    return keys
