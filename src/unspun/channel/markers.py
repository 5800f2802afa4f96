"""Words that tell at a glance whether a text may be spun.

Each word's weight is how much more often it is found in spun documents than in originals, in
nats (naive Bayes over the words present, each document one vote). The words are cut at blanks
alone, because a glance must cost less than reading.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

_LEAST = 0.7  # nats; a weaker marker says too little to be looked up
_SMOOTH = 1.0  # documents
_ENOUGH = 2  # documents a marker must be seen in


def weigh(pairs: Iterable[tuple[Sequence[str], Sequence[str]]]) -> dict[str, float]:
    """Weights of the words that are clearly more common on one side."""
    spun: Counter[str] = Counter()
    original: Counter[str] = Counter()
    for copy, text in pairs:
        spun.update({word for line in copy for word in line.split()})
        original.update({word for line in text for word in line.split()})
    weights = {}
    for word in spun.keys() | original.keys():
        if spun[word] + original[word] >= _ENOUGH:
            weight = math.log((spun[word] + _SMOOTH) / (original[word] + _SMOOTH))
            if abs(weight) >= _LEAST:
                weights[word] = round(weight, 2)
    return weights


def glance(text: str, weights: Mapping[str, float]) -> float:
    """Sum of the weights of the words present, in nats."""
    return sum(weights[word] for word in weights.keys() & set(text.split()))
