"""Words that tell at a glance whether a text may be spun.

Each word, and each pair of neighbours, weighs how much more often it is found in spun documents
than in originals, in nats (naive Bayes over what is present, each document one vote).
"""

from __future__ import annotations

import itertools
import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from unspun.channel.keys import Words, kernel
from unspun.channel.slots import able_of, packed, slots_of

Ints = NDArray[np.int64]
Keys = NDArray[np.uint64]

_LEAST = 0.7  # nats; a weaker word says too little to be looked up
_LEAST_PAIR = 2.0  # nats, for two words
_SMOOTH = 1.0  # documents
_ENOUGH = 2  # documents a marker must be seen in
_SHARE = 0.05  # of a text that a glance is to notice
_FACTOR = np.uint64(0xD6E8FEB86659FD93)  # of rrmxmx: pairs must not hash as words do
_PAIR = 2  # words of the longest marker
_BUCKETS = 12  # bits of a hash by which the kernel finds it among the others
_STEP = 2.0**-32  # nats are multiples of it, so that sums are the same in any order

Paragraphs = Sequence[str]


def weigh(pairs: Iterable[tuple[Paragraphs, Paragraphs]]) -> dict[str, float]:
    """Weights of what is clearly more common on one side, two words joined by a blank."""
    spun: Counter[str] = Counter()
    original: Counter[str] = Counter()
    for copy, text in pairs:
        spun.update(_present(copy))
        original.update(_present(text))
    weights = {}
    for word, count in spun.items():
        if count >= _ENOUGH:
            weight = math.log((count + _SMOOTH) / (original[word] + _SMOOTH))
            if weight >= (_LEAST_PAIR if " " in word else _LEAST):
                weights[word] = round(weight, 2)
    for word, count in original.items():
        if count >= _ENOUGH and " " not in word:
            weight = math.log((spun[word] + _SMOOTH) / (count + _SMOOTH))
            if weight <= -_LEAST:
                weights[word] = round(weight, 2)
    return weights


def _present(paragraphs: Paragraphs) -> set[str]:
    found: set[str] = set()
    for paragraph in paragraphs:
        words = Words.of(paragraph).texts()
        found.update(words)
        found.update(map(" ".join, itertools.pairwise(words)))
    return found


class Glance:
    """Marker words, laid out to be looked up fast.

    The weights are turned into those of a text of which a small share was replaced: a word's
    probability there is that of clean text plus the share of what spinning adds.
    """

    def __init__(self, weights: Mapping[str, float]) -> None:
        found = _keyed(weights)
        keys, first = np.unique(np.array([key for key, *_ in found], np.uint64), return_index=True)
        told = np.array([weight for *_, weight in found], np.float64)[first]
        self._single = any(size == 1 for _, size, _ in found)
        self._keys: Keys = keys
        self._nats = np.round(np.log1p(_SHARE * np.expm1(told)) / _STEP) * _STEP
        self._able = able_of(keys)
        self._bits = packed(self._able)
        heads = np.arange(1 << _BUCKETS, dtype=np.uint64) << np.uint64(64 - _BUCKETS)
        self._heads = np.append(np.searchsorted(keys, heads), len(keys)).astype(np.int32)

    @property
    def tables(self) -> tuple[Any, ...]:
        """Two slots of each marker, hashes in order, heads of buckets, nats; if any is one word."""
        return self._bits, self._keys, self._heads, self._nats, self._single

    def find(self, words: Words) -> Marks:
        """The markers among a text's words."""
        if kernel is None:
            return Marks(*self.find_plain(words), self._nats)
        bits, keys, heads, _, single = self.tables
        places, numbers = kernel.marked(words.keys, bits, keys, heads, single)
        return Marks(np.frombuffer(places, np.int64), np.frombuffer(numbers, np.int64), self._nats)

    def find_plain(self, words: Words) -> tuple[Ints, Ints]:
        """Where markers stand, and which, without the compiled kernel."""
        places, numbers = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)]
        for keys in self._candidates(words.keys):
            able = np.flatnonzero(self._able.take(slots_of(keys)))
            at = np.searchsorted(self._keys, keys.take(able))
            at = np.minimum(at, len(self._keys) - 1)
            hits = np.flatnonzero(self._keys.take(at) == keys.take(able))
            places.append(able.take(hits))
            numbers.append(at.take(hits))
        place, number = np.concatenate(places), np.concatenate(numbers)
        order = np.argsort(place, kind="stable")
        return place.take(order), number.take(order)

    def _candidates(self, keys: Keys) -> Iterator[Keys]:
        """The hashes of what may be a marker, by the word that it begins with."""
        if self._single:
            yield keys
        if len(self._keys):
            yield _paired(keys)


class Marks(NamedTuple):
    """Where in a text which markers stand.

    Attributes:
        places: The word that each begins with, in order.
        numbers: Which marker it is.
        nats: What each marker says.
    """

    places: Ints
    numbers: Ints
    nats: NDArray[np.float64]

    def told(self, first: int, last: int) -> float:
        """Nats that the words from `first` to before `last` say, each marker once."""
        return float(self.blocks(first, last, last - first)[0]) if last > first else 0.0

    def lines(self, bounds: Ints) -> NDArray[np.float64]:
        """The same of the words from each bound to the next."""
        line = np.searchsorted(bounds, self.places, side="right") - 1
        within = np.flatnonzero((line >= 0) & (line < len(bounds) - 1))
        each = line[within] * len(self.nats) + self.numbers[within]
        told = np.unique(each)
        line, number = np.divmod(told, max(len(self.nats), 1))
        return np.asarray(np.bincount(line, self.nats[number], len(bounds) - 1), np.float64)

    def blocks(self, first: int, last: int, block: int) -> NDArray[np.float64]:
        """The same of each block of so many words."""
        if kernel is not None:
            return np.frombuffer(kernel.told(*self, first, last, block), np.float64)
        return self.blocks_plain(first, last, block)

    def blocks_plain(self, first: int, last: int, block: int) -> NDArray[np.float64]:
        """The same, without the compiled kernel."""
        bounds = np.searchsorted(self.places, [*range(first, last, block), last]).tolist()
        parts = (np.unique(self.numbers[a:b]) for a, b in itertools.pairwise(bounds))
        return np.array([self.nats.take(part).sum() for part in parts], np.float64)


def _keyed(weights: Mapping[str, float]) -> list[tuple[int, int, float]]:
    """Of each marker of one word or two its hash, words and weight; all are cut at once."""
    words = Words.of("\n".join(weights))
    lines = np.cumsum([0, *(len(name) + 1 for name in weights)])
    first = np.searchsorted(words.starts, lines).tolist()
    one, two = words.keys.tolist(), _paired(words.keys).tolist()
    return [
        ((one if last - at == 1 else two)[at], last - at, weight)
        for (at, last), weight in zip(itertools.pairwise(first), weights.values(), strict=True)
        if 1 <= last - at <= _PAIR
    ]


def _paired(keys: Keys) -> Keys:
    out: Keys = (keys[:-1] ^ (keys[:-1] >> np.uint64(29))) * _FACTOR + keys[1:]
    return out
