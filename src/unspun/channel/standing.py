"""Phrases of several words that a spinner would not have left standing, found by their hashes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Int32s = NDArray[np.int32]

_FACTOR = np.uint64(0x9E3779B97F4A7C15)  # 2^64 divided by the golden ratio (Knuth 6.4)


@dataclass(frozen=True, slots=True)
class Phrases:
    """Phrases of several words that a spinner replaces, as the language model's words.

    Attributes:
        keys: For each length from two words up, the sorted hashes.
        originals: For each length, the number of the original phrase behind each hash.
        heads: For each length, which words begin such a phrase.
        ends: For each length, which words end one.
        sizes: For each original phrase, how many words it has; at the end 0.
    """

    keys: tuple[NDArray[np.uint64], ...]
    originals: tuple[Int32s, ...]
    heads: tuple[NDArray[np.bool_], ...]
    ends: tuple[NDArray[np.bool_], ...]
    sizes: Int32s

    def find(self, grams: Int32s) -> Int32s:
        """The phrase that each row is, or -1."""
        length = grams.shape[1] - 2
        if length >= len(self.keys) or not len(self.keys[length]):
            return np.full(len(grams), -1, np.int32)
        keys = self.keys[length]
        wanted = hashed(grams)
        at = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
        return np.where(keys[at] == wanted, self.originals[length][at], -1).astype(np.int32)


def hashed(rows: Int32s) -> NDArray[np.uint64]:
    """A number for each row (multiplicative hashing, 64 bits)."""
    key = np.full(len(rows), 7, np.uint64)
    for column in range(rows.shape[1]):
        key = (key * _FACTOR) ^ (key >> np.uint64(29))
        key += (rows[:, column].astype(np.int64) + 2).astype(np.uint64)
    return (key * _FACTOR) ^ (key >> np.uint64(32))
