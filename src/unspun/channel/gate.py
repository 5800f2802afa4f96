"""A first look, far cheaper than reading: is a text's wording that of a spinner?

A linear classifier over the distinct words and pairs of neighbours of a text, learned by logistic
regression from originals and copies of them spun at low and high rates (`tools/train_gate.py`).
What comes again says nothing new: a spinner's habit shows in many odd words, an author's or a
translator's in one. Pairs are hashed into one table (Weinberger et al., "Feature hashing for
large scale multitask learning", ICML 2009), so a text is looked up in a few NumPy calls.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from os import PathLike
from pathlib import Path
from typing import Any, Self
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from unspun.channel.keys import Words, kernel, key_of
from unspun.channel.slots import BITS, slots_of, turned
from unspun.errors import ModelError

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Keys = NDArray[np.uint64]

BLOCK = 250  # words that are summed up together
UNKNOWN, NUMBER, FIRST = 0, 1, 2  # ids of words that are not known, of figures, of the first word

_FACTOR = np.uint64(0x9E3779B97F4A7C15)  # 2^64 divided by the golden ratio (Knuth 6.4)
_SHIFT, _TWO = np.uint64(65_537), np.uint64(2)
_BITS, _ID = np.uint64(BITS), np.uint64((1 << BITS) - 1)
_PLACES = 24  # bits of a place among the features of a stretch
PART = 3.0  # nats against choosing a stretch of a text


class Vocabulary:
    """Ids of words, found by their hashes: two tables, the second for what shares a slot.

    Attributes:
        tables: Of each word what its slot does not tell of its hash, and its id.
    """

    def __init__(self, words: Sequence[str]) -> None:
        keys = key_of(words)
        ids = np.arange(FIRST, FIRST + len(keys), dtype=np.uint64)
        self.tables: Keys = np.zeros((2, 1 << BITS), np.uint64)
        for table in self.tables:
            slots, entries = slots_of(keys), keys << _BITS | ids
            table[slots[::-1]] = entries[::-1]  # the first to claim a slot has it
            left = np.flatnonzero(table[slots] != entries)
            keys, ids = turned(keys.take(left)), ids.take(left)

    def ids(self, words: Words) -> Ints:
        """Ids of words, one each: as written, else in lower case, else by what they are."""
        found = self._find(words.keys)
        missing = np.flatnonzero(found == UNKNOWN)
        capital = missing[words.capital.take(missing)]
        if len(capital):
            found[capital] = self._find(words.small.take(capital))
        figures = missing[words.figure.take(missing)]
        found[figures] = NUMBER
        return found

    def _find(self, keys: Keys) -> Ints:
        found = _ids(self.tables[0], keys)
        wrong = np.flatnonzero(found == UNKNOWN)
        found[wrong] = _ids(self.tables[1], turned(keys.take(wrong)))
        return found


def _ids(table: Keys, keys: Keys) -> Ints:
    """The ids that a table has for hashes."""
    entries = table.take(slots_of(keys))
    fits = (entries ^ keys << _BITS) >> _BITS == 0
    return np.where(fits, entries & _ID, UNKNOWN).astype(np.int64)


def hashed(ids: Ints, joined: NDArray[np.bool_], bits: int) -> Ints:
    """The place of each pair of neighbours in a table of `2 ** bits`.

    Args:
        ids: Words.
        joined: Whether one blank and nothing else stands between each and the next.
        bits: Size of the table.
    """
    key = ids.astype(np.uint64)
    key = (key[:-1] * _SHIFT + key[1:]) * _TWO + joined
    key *= _FACTOR
    return (key >> np.uint64(64 - bits)).astype(np.int64)


class Gate:
    """A classifier that is ready to look.

    Attributes:
        vocabulary: The words it knows.
        bias: Nats for a text of no words.
        step: Nats of one unit of its weights.
    """

    def __init__(
        self,
        words: Sequence[str],
        single: NDArray[np.int8],
        pair: NDArray[np.int8],
        step: float,
        bias: float,
    ) -> None:
        self.vocabulary = Vocabulary(words)
        self.bias = bias
        self._weights = np.concatenate(
            [pair, single, np.zeros(1, np.int8)]
        )  # the last says nothing
        self._first = len(pair)
        self.step = step
        self._bits = len(pair).bit_length() - 1

    @property
    def tables(self) -> tuple[Any, ...]:
        """Its words, weights, the feature of the word of id 0, a pair's bits; step and bias."""
        places = self._first, self._bits
        return self.vocabulary.tables, self._weights, *places, self.step, self.bias

    def look(self, words: Words) -> Look:
        """Look a text's words up."""
        places = self._first, self._bits, len(self._weights) - 1
        if kernel is None:
            features = features_plain(words, self.vocabulary, *places)
        else:
            rows = (words.keys, words.small, words.kinds, self.vocabulary.tables)
            features = np.frombuffer(kernel.features(*rows, *places), np.int32).reshape(2, -1)
        return Look(features, self._weights, self.step)

    @classmethod
    def open(cls, path: str | PathLike[str]) -> Self:
        """Read a classifier from a file of NumPy arrays.

        Raises:
            ModelError: if the file is none, or damaged.
            OSError: if it cannot be read.
        """
        try:
            with Path(path).open("rb") as file, np.load(file, allow_pickle=False) as data:
                words = data["words"].tobytes().decode().split("\n")
                single, pair = data["single"], data["pair"]
                step, bias = data["scale"].tolist()
        except (BadZipFile, KeyError, ValueError) as error:
            raise ModelError(f"damaged classifier file: {error}") from error
        return cls(words, single, pair, step, bias)


def features_plain(
    words: Words, vocabulary: Vocabulary, first: int, bits: int, nothing: int
) -> NDArray[np.int32]:
    """What a classifier knows of each word, and of the pair that it ends.

    Args:
        words: The words.
        vocabulary: Those that the classifier knows.
        first: The feature of the word of id 0.
        bits: Size of the table of pairs.
        nothing: The feature that says nothing, in place of the first word's pair.
    """
    ids = vocabulary.ids(words)
    features = np.full((2, len(ids)), nothing, np.int32)
    features[0] = ids + first
    if len(ids):
        features[1, 1:] = hashed(ids, words.joined, bits)
    return features


class Look:
    """What a classifier says of each word of a text and of the pair that it ends."""

    def __init__(self, features: NDArray[np.int32], weights: NDArray[np.int8], step: float) -> None:
        self._features = features
        self._weights = weights
        self._step = step

    def blocks(self, first: int, last: int) -> Floats:
        """Nats of each `BLOCK` of the words from `first` to before `last`, each feature once."""
        if kernel is None:
            units = blocks_plain(self._features[:, first:last], self._weights)
        else:
            sums = kernel.blocks(self._features, self._weights, first, last, BLOCK)
            units = np.frombuffer(sums, np.int64)
        return np.asarray(units * self._step, np.float64)

    def strongest(self, first: int, last: int, most: int) -> Ints:
        """The words that speak loudest, with the pairs that they end, among some; in order."""
        features = self._features[:, first:last]
        units = self._weights.take(features).sum(axis=0, dtype=np.int64)
        order = np.argsort(-units, kind="stable")[: 2 * most]
        order = order[units[order] > 0]
        both = features[0].take(order).astype(np.int64) << 32 | features[1].take(order)
        _, fresh = np.unique(both, return_index=True)
        return np.sort(order[np.sort(fresh)[:most]]) + first

    def lines(self, bounds: Ints) -> Floats:
        """Nats of the words from each bound to the next, whatever stands elsewhere."""
        units = self._weights.take(self._features).sum(axis=0, dtype=np.int64)
        told = np.concatenate([[0], np.cumsum(units)])
        return np.asarray(np.diff(told[bounds]) * self._step, np.float64)


def blocks_plain(features: NDArray[np.int32], weights: NDArray[np.int8]) -> Ints:
    """The weights of each `BLOCK` of words, each feature once, without the compiled kernel."""
    size = features.shape[1]
    if not size:
        return np.zeros(0, np.int64)
    told = np.flatnonzero(weights.take(features))
    known = features.ravel().take(told).astype(np.int64)
    ordered = np.sort(known << _PLACES | told)  # each feature's first place comes first
    known = ordered >> _PLACES
    fresh = np.flatnonzero(np.diff(known, prepend=-1))
    block = (ordered.take(fresh) & ((1 << _PLACES) - 1)) % size // BLOCK
    return np.bincount(block, weights.take(known.take(fresh)), -(-size // BLOCK)).astype(np.int64)


def strongest(blocks: Floats) -> float:
    """Nats of the whole text, or of its strongest stretch if only a part may be spun."""
    total, least, most = 0.0, 0.0, -math.inf
    for nats in blocks.tolist():
        total += nats
        most = max(most, total - least)
        least = min(least, total)
    return max(total, most - PART)
