"""How much of their wording two units share: words weighed by how rare they are."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

_WORD = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\u3040-\u30ff]|[^\W_]+", re.UNICODE)
_STEM = 5  # letters of a word that inflection usually leaves alone
_SHORT = 3  # words up to here are mostly grammar
_SHORT_WEIGHT = 0.4
_STEM_WEIGHT = 0.5
_NUMBER_WEIGHT = 1.5
_RARITY = 1.15


@lru_cache(maxsize=1 << 12)
def features(text: str) -> tuple[str, ...]:
    """What a unit is compared by: its words, and the beginnings of the longer ones."""
    found: dict[str, None] = {}  # in order of appearance: sums must not depend on the hash seed
    previous = ""
    for word in _WORD.findall(text.lower()):
        found[word] = None
        if len(word) > _STEM:
            found[word[:_STEM] + "~"] = None
        elif len(word) == 1 and word >= "\u3040":
            found[previous + word] = None  # two characters say more than one
        previous = word if len(word) == 1 else ""
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Overlap:
    """Shared wording of every hypothesis unit with every reference unit.

    Attributes:
        shared: Weight shared, one row for each hypothesis unit.
        hyp: Weight of each hypothesis unit.
        ref: Weight of each reference unit.
    """

    shared: Floats
    hyp: Floats
    ref: Floats

    def dice(self) -> Floats:
        """Shared weight as a share of both units' weight, 0 to 1."""
        both = self.hyp[:, None] + self.ref[None, :]
        return 2 * self.shared / np.maximum(both, 1e-9)


def overlap(hyp: Sequence[str], ref: Sequence[str], weights: dict[str, float]) -> Overlap:
    """Compare every hypothesis unit with every reference unit.

    Args:
        hyp: Units of the hypothesis.
        ref: Units of the reference.
        weights: What `weigh` says of the features of all units of both documents.
    """
    ours, theirs = [features(text) for text in hyp], [features(text) for text in ref]
    columns: dict[str, list[int]] = {}
    for j, unit in enumerate(theirs):
        for feature in unit:
            columns.setdefault(feature, []).append(j)
    shared = np.zeros((len(hyp), len(ref)))
    for i, unit in enumerate(ours):
        where: list[int] = []
        worth: list[float] = []
        for feature in unit:
            places = columns.get(feature)
            if places:
                where += places
                worth += [weights[feature]] * len(places)
        if where:
            shared[i] = np.bincount(where, worth, len(ref))
    return Overlap(shared, _sizes(ours, weights), _sizes(theirs, weights))


def _sizes(units: list[tuple[str, ...]], weights: dict[str, float]) -> Floats:
    return np.array([sum([weights[f] for f in unit]) for unit in units])


def weigh(texts: Sequence[str]) -> dict[str, float]:
    """How much each feature says, by how few of the units have it; grammar says less."""
    seen: Counter[str] = Counter()
    for text in texts:
        seen.update(features(text))
    units = len(texts)
    weights = {}
    for feature, count in seen.items():
        weight = math.log1p(units / count) ** _RARITY
        if feature[0].isdigit():
            weight *= _NUMBER_WEIGHT
        elif feature.endswith("~"):
            weight *= _STEM_WEIGHT
        elif len(feature) <= _SHORT and feature < "\u3040":
            weight *= _SHORT_WEIGHT
        weights[feature] = weight
    return weights
