"""Words that tell at a glance whether a text may be spun.

Each word, and each pair of neighbours, weighs how much more often it is found in spun documents
than in originals, in nats (naive Bayes over what is present, each document one vote). They are cut
at blanks alone, because a glance must cost less than reading.
"""

from __future__ import annotations

import itertools
import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

import numpy as np

_LEAST = 0.7  # nats; a weaker word says too little to be looked up
_LEAST_PAIR = 2.0  # nats, for two words
_SMOOTH = 1.0  # documents
_ENOUGH = 2  # documents a marker must be seen in
_SHARE = 0.05  # of a text that a glance is to notice

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
        words = paragraph.split()
        found.update(words)
        found.update(map(" ".join, itertools.pairwise(words)))
    return found


class Glance:
    """Marker words, laid out to be looked up fast.

    The weights are turned into those of a text of which a small share was replaced: a word's
    probability there is that of clean text plus the share of what spinning adds.
    """

    def __init__(self, weights: Mapping[str, float]) -> None:
        self._words: dict[str, float] = {}
        self._pairs: dict[tuple[str, str], float] = {}
        for word, weight in weights.items():
            told = math.log1p(_SHARE * math.expm1(weight))
            first, _, second = word.partition(" ")
            if second:
                self._pairs[first, second] = told
            else:
                self._words[word] = told

        known = {word for pair in self._pairs for word in pair}
        self._ids = {word: number for number, word in enumerate(sorted(known), 1)}
        self._opens, self._closes = np.zeros((2, len(known) + 1), np.bool_)
        for first, second in self._pairs:
            self._opens[self._ids[first]] = True
            self._closes[self._ids[second]] = True

    def __call__(self, words: Sequence[str]) -> float:
        """Nats that the markers among words cut at blanks say for their being spun."""
        total = 0.0
        if self._words:
            total += sum(map(self._words.__getitem__, self._words.keys() & set(words)))
        ids = np.fromiter(map(self._ids.get, words, itertools.repeat(0)), np.int64, len(words))
        able = np.flatnonzero(self._opens[ids[:-1]] & self._closes[ids[1:]]).tolist()
        pairs = {(words[at], words[at + 1]) for at in able}
        return total + sum(map(self._pairs.__getitem__, self._pairs.keys() & pairs))
