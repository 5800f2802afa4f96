"""Which words of a file translate each other, learned from its own segments.

Words and character sequences of the source that stand in the same segments as a word of the
translation, and hardly in others, are its likely origin (Dice's coefficient: Smadja, McKeown and
Hatzivassiloglou 1996). A small file teaches little, and then little is said.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np

MOST = 4000
"""Segments that are learned from; more teach little more."""
_LEAST = 2  # segments that a word stands in, at least
_COMMON = 0.08  # share of segments from which on a word says nothing
_FEW = 8  # segments in which any word may stand
_HAN_RUN = re.compile(r"[\u3400-\u9fff]{2,}|[\u30a0-\u30ff]{2,}")
_WORD = re.compile(r"[^\W\d_\u3040-\u30ff\u3400-\u9fff]{2,}")
_SIZES = (2, 3, 4)  # characters of a sequence


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Likely translations.

    Attributes:
        of: For each feature of the source, words of the translation with Dice's coefficient.
    """

    of: dict[str, dict[str, float]] = field(default_factory=dict)

    def expected(self, text: str) -> dict[str, float]:
        """Words that a translation of the text may well have, with how likely."""
        found: dict[str, float] = {}
        for feature in features(text):
            for word, dice in self.of.get(feature, {}).items():
                found[word] = max(found.get(word, 0.0), dice)
        return found


def features(text: str) -> set[str]:
    """What a text is looked up by: words, and sequences of Han characters.

    >>> sorted(features("在北京 and Paris"))
    ['and', 'paris', '北京', '在北', '在北京']
    """
    found = {word.lower() for word in _WORD.findall(text)}
    for run in _HAN_RUN.findall(text):
        for size in _SIZES:
            found.update(run[k : k + size] for k in range(len(run) - size + 1))
    return found


def learn(pairs: Sequence[tuple[str, str]], least: float = 0.3) -> Lexicon:
    """The likely translations in segments with their translations.

    Args:
        pairs: Segments, source first.
        least: Dice's coefficient from which a translation is likely.

    >>> pairs = [("猫在家", "a cat at home"), ("猫睡了", "the cat slept"), ("狗叫", "a dog barked")]
    >>> learn(pairs * 5).of["狗叫"]
    {'barked': 1.0, 'dog': 1.0}
    """
    step = -(-len(pairs) // MOST) or 1
    sample = pairs[::step]
    ours = _kept([features(a) for a, _ in sample])
    theirs = _kept([features(b) for _, b in sample])
    names, words = _numbers(ours), _numbers(theirs)
    if not names or not words:
        return Lexicon()
    together = [
        names[a] * len(words) + words[b]
        for left, right in zip(ours, theirs, strict=True)
        for a in left
        for b in right
    ]
    keys, counts = np.unique(np.array(together, np.int64), return_counts=True)
    left_of = _totals(ours, names)[keys // len(words)]
    right_of = _totals(theirs, words)[keys % len(words)]
    dice = 2 * counts / (left_of + right_of)
    likely = (dice >= least) & (counts >= _LEAST)
    name_of, word_of = list(names), list(words)
    found: dict[str, dict[str, float]] = {}
    for key, value in zip(keys[likely].tolist(), dice[likely].tolist(), strict=True):
        found.setdefault(name_of[key // len(words)], {})[word_of[key % len(words)]] = value
    return Lexicon(found)


def _kept(sets: Sequence[set[str]]) -> list[list[str]]:
    """The features that are neither too rare nor too common to say anything, in a fixed order."""
    counts: Counter[str] = Counter()
    for each in sets:
        counts.update(each)
    most = max(_FEW, _COMMON * len(sets))
    return [sorted(f for f in each if _LEAST <= counts[f] <= most) for each in sets]


def _numbers(sets: Iterable[Sequence[str]]) -> dict[str, int]:
    known: dict[str, int] = {}
    for each in sets:
        for feature in each:
            known.setdefault(feature, len(known))
    return known


def _totals(sets: Iterable[Sequence[str]], numbers: dict[str, int]) -> np.ndarray:
    counts = np.zeros(len(numbers))
    for each in sets:
        for feature in each:
            counts[numbers[feature]] += 1
    return counts
