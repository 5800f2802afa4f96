"""Find phrases in a text, all of them at once.

Phrases are told apart by hashes of the numbers of their words, so a text is searched in a few
NumPy calls for each length of phrase.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from unspun import kernels
from unspun.channel import tokens

_kernel = kernels.load("unspun.channel._match", revision=1)

Ints = NDArray[np.int64]

BITS = 24  # of a word's number
MASK = (1 << BITS) - 1
_FACTOR = np.uint64(0x9E3779B97F4A7C15)  # 2^64 divided by the golden ratio
_FOLD = np.uint64(29)
_REMEMBERED = 200_000  # words that are remembered: odd words must not grow it


class Matches(NamedTuple):
    """What was found in a text, one row for each thing that a phrase stands for.

    Attributes:
        place: The phrase's first word.
        size: How many words it has.
        thing: The number of the phrase among those that were given.
        capital: Whether it stands there with a capital that it lacks.
    """

    place: Ints
    size: Ints
    thing: Ints
    capital: NDArray[np.bool_]


class Matcher:
    """Phrases, ready to be found; the same phrase may be given several times."""

    def __init__(self, phrases: Sequence[str]) -> None:
        cut = [phrase.split(" ") for phrase in phrases]
        words = dict.fromkeys(itertools.chain.from_iterable(cut))
        self._words = Numbers({word: number for number, word in enumerate(words, 1)})
        known = self._words.known
        sizes = np.array([len(phrase) for phrase in cut], np.int64)
        rows = np.zeros((len(cut), int(sizes.max(initial=1))), np.int64)
        inside = np.arange(rows.shape[1]) < sizes[:, None]
        rows[inside] = [known[word] for phrase in cut for word in phrase]
        self._longest = rows.shape[1]
        self._opens = np.zeros(len(words) + 1, np.int64)  # a bit for each size of phrase
        np.bitwise_or.at(self._opens, rows[:, 0], 1 << sizes)
        keys = rows[:, 0].astype(np.uint64)
        for column in range(1, rows.shape[1]):
            keys = np.where(inside[:, column], _grown(keys, rows[:, column]), keys)
        self._keys, of = np.unique(keys, return_inverse=True)
        self._things = np.argsort(of, kind="stable")
        self._offsets = np.searchsorted(of[self._things], np.arange(len(self._keys) + 1))

    def find(self, words: Sequence[str]) -> Matches:
        """Phrases that stand in a text, as they are or with their first letter made a capital."""
        both = np.fromiter(map(self._words.__getitem__, words), np.int64, len(words))
        if _kernel is None:
            return self.find_plain(both)
        tables = self._opens, self._keys, self._offsets, self._things
        *columns, capital = _kernel.find(both, *tables, self._longest)
        place, size, thing = (np.frombuffer(column, np.int64) for column in columns)
        return Matches(place, size, thing, np.frombuffer(capital, np.bool_))

    def find_plain(self, both: Ints) -> Matches:
        """What `find` gives, without the compiled kernel.

        Args:
            both: The words' numbers, as `Numbers` gives them.
        """
        ids, small = both & MASK, both >> BITS
        opens = np.concatenate([self._opens.take(ids), self._opens.take(small)])
        row = np.flatnonzero(opens)  # of the words, then of the words with a small first letter
        heads = np.concatenate([ids, small]).take(row)
        opens, key, place = opens.take(row), heads.astype(np.uint64), row % max(len(ids), 1)
        found: list[tuple[NDArray[np.uint64], Ints, Ints]] = []
        for size in range(1, self._longest + 1):
            whole = np.flatnonzero(opens & (1 << size))
            found.append((key.take(whole), row.take(whole), np.full(len(whole), size)))
            more = np.flatnonzero((opens >> (size + 1) > 0) & (place + size < len(ids)))
            follows = ids.take(place.take(more) + size)
            more, follows = more[follows > 0], follows[follows > 0]
            key = _grown(key.take(more), follows)
            opens, row, place = opens.take(more), row.take(more), place.take(more)
        keys, rows, sizes = (np.concatenate(part) for part in zip(*found, strict=True))
        at = np.minimum(np.searchsorted(self._keys, keys), len(self._keys) - 1)
        hits = np.flatnonzero(self._keys.take(at) == keys)
        return self._expanded(at.take(hits), rows.take(hits), sizes.take(hits), len(ids))

    def _expanded(self, phrase: Ints, row: Ints, size: Ints, count: int) -> Matches:
        """All things that the phrases found stand for."""
        begin = self._offsets.take(phrase)
        counts = self._offsets.take(phrase + 1) - begin
        total = np.cumsum(counts)
        within = np.arange(counts.sum()) - np.repeat(total - counts, counts)
        thing = self._things.take(np.repeat(begin, counts) + within)
        row, size = np.repeat(row, counts), np.repeat(size, counts)
        return Matches(row % max(count, 1), size, thing, row >= count)


def _grown(keys: NDArray[np.uint64], words: Ints) -> NDArray[np.uint64]:
    """The hashes of phrases with one word more (multiplicative hashing, Knuth 6.4)."""
    out: NDArray[np.uint64] = (keys ^ (keys >> _FOLD)) * _FACTOR + words.astype(np.uint64)
    return out


class Numbers(dict[str, int]):
    """Words' numbers, from one up; above `BITS`, those of the words with a small first letter."""

    def __init__(self, known: dict[str, int]) -> None:
        super().__init__()
        self.known = known

    def __missing__(self, word: str) -> int:
        small = self.known.get(tokens.lower_first(word), 0) if word[:1].isupper() else 0
        number = self.known.get(word, 0) | small << BITS
        if len(self) < _REMEMBERED:
            self[word] = number
        return number
