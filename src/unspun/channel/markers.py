"""Words that tell at a glance whether a text may be spun.

Each word, and each pair of neighbours, weighs how much more often it is found in spun documents
than in originals, in nats (naive Bayes over what is present, each document one vote). They are cut
at blanks alone, because a glance must cost less than reading.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

_LEAST = 0.7  # nats; a weaker word says too little to be looked up
_LEAST_PAIR = 2.0  # nats, for two words
_SMOOTH = 1.0  # documents
_ENOUGH = 2  # documents a marker must be seen in
_SHARE = 0.05  # of a text that a glance is to notice
_ODD = 2.5  # nats that mark a word as odd

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
        found.update(map(" ".join, zip(words, words[1:], strict=False)))
    return found


class Glance:
    """Marker words, laid out to be looked up fast.

    The weights are turned into those of a text of which a small share was replaced: a word's
    probability there is that of clean text plus the share of what spinning adds.
    """

    def __init__(self, weights: Mapping[str, float]) -> None:
        told = {
            word: math.log1p(_SHARE * math.expm1(weight)) for word, weight in weights.items()
        }
        self._words = {word: weight for word, weight in told.items() if " " not in word}
        self._pairs = {
            tuple(word.split(" ")): weight for word, weight in told.items() if " " in word
        }
        self._odd = {word for word, weight in weights.items() if weight >= _ODD}

    def __call__(self, text: str) -> float:
        """Nats a word that the markers in a text say for its being spun."""
        words = text.split()
        if not words:
            return 0.0
        types = set(words)
        weights, pairs = self._words, self._pairs
        total = sum(map(weights.__getitem__, weights.keys() & types))
        seen = pairs.keys() & set(zip(words, words[1:], strict=False))
        return (total + sum(pairs[pair] for pair in seen)) / len(types)

    def odd(self, line: str) -> bool:
        """Whether a line holds a word, or two, that clean text hardly ever holds."""
        words = line.split()
        both = map(" ".join, zip(words, words[1:], strict=False))
        return not self._odd.isdisjoint(words) or not self._odd.isdisjoint(both)
