"""What two texts are compared by: runs of words, of characters where words are not set apart."""

from __future__ import annotations

import re
import zlib
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

WORDS = 3
"""Words of a run: long enough to tell texts of one subject apart, short enough that one changed
word in ten leaves most runs alone."""
LEAST = 4
"""Runs below which a text is compared as a whole only."""

_WORD = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\u0e00-\u0eff]|[^\W_]+")
_FACTOR = np.uint64(0x9E3779B97F4A7C15)  # the golden ratio's bits (Knuth 6.4), odd

Shingles = NDArray[np.uint64]
"""Digests of the runs of a text, each once, in ascending order."""


def shingles(text: str) -> Shingles:
    """The runs of words of a text; case, punctuation and white space do not count.

    >>> len(shingles("One two three four."))
    2
    """
    words = _WORD.findall(text.lower())
    if len(words) < WORDS:
        return np.zeros(0, np.uint64)
    digests = np.array([_digest(word) for word in words], np.uint64)
    count = len(words) - WORDS + 1
    mixed = np.zeros(count, np.uint64)
    for k in range(WORDS):
        mixed = (mixed ^ digests[k : k + count]) * _FACTOR
        mixed ^= mixed >> np.uint64(29)
    return np.unique(mixed)


@lru_cache(maxsize=1 << 16)
def _digest(word: str) -> int:
    data = word.encode("utf-8", "surrogatepass")
    return zlib.crc32(data) << 32 | zlib.adler32(data)


def similarity(left: Shingles, right: Shingles) -> float:
    """The share of runs that two texts have in common, of all that either has (Jaccard)."""
    both = len(np.intersect1d(left, right, assume_unique=True))
    return both / max(1, len(left) + len(right) - both)
