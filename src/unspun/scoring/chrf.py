"""chrF and chrF++, equal to sacrebleu's.

Popović 2015, "chrF: character n-gram F-score for automatic MT evaluation", and 2017, "chrF++:
words helping character n-grams". The n-grams of many segments are counted together: each becomes
one integer (segment, characters, side), and sorting brings equal ones side by side. The compiled
kernel, where there is one, counts each segment for itself in tables.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from sacrebleu.metrics.chrf import CHRF

from unspun.scoring import grams

Integers = NDArray[np.int64]
Triples = list[tuple[float, ...]]

_BATCH = 1 << 16  # characters counted together: the sort stays within the cache
_KEY_BITS = 62
_EPS = 1e-16  # sacrebleu CHRF._compute_f_score
_PUNCTUATION = frozenset("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~")


@dataclass(frozen=True, slots=True)
class Chrf:
    """chrF with sacrebleu's options and defaults.

    Attributes:
        word_order: 0 for chrF, 2 for chrF++.
        char_order: The longest character n-gram.
        beta: The weight of recall.
        lowercase: Ignore case.
        whitespace: Count white space, too.
        eps_smoothing: Smooth as chrF++.py, NLTK and Moses do.
    """

    word_order: int = 0
    char_order: int = 6
    beta: int = 2
    lowercase: bool = False
    whitespace: bool = False
    eps_smoothing: bool = False

    @property
    def name(self) -> str:
        """``chrf``, or ``chrf++`` with words."""
        return "chrf" + "+" * self.word_order

    def statistics(
        self, hypotheses: Sequence[str], references: Sequence[Sequence[str]]
    ) -> list[tuple[float, ...]]:
        """N-grams of hypothesis and reference and those they share, for each order and segment."""
        hyps: list[str] = []
        refs: list[str] = []
        for hyp, group in zip(hypotheses, references, strict=True):
            hyps += [hyp] * len(group)
            refs += group
        if self.lowercase:
            hyps, refs = [t.lower() for t in hyps], [t.lower() for t in refs]
        rows = self._characters(hyps, refs)
        if self.word_order:
            words = zip(rows, hyps, refs, strict=True)
            rows = [row + self._word_counts(hyp, ref) for row, hyp, ref in words]
        ends = np.cumsum([0, *(len(group) for group in references)]).tolist()
        # max keeps the first of equals, as sacrebleu does
        return [max(rows[a:b], key=self.score) for a, b in pairwise(ends)]

    def _characters(self, hyps: list[str], refs: list[str]) -> list[tuple[float, ...]]:
        if not self.whitespace:
            hyps, refs = ["".join(t.split()) for t in hyps], ["".join(t.split()) for t in refs]
        found = [grams.letters(*pair, self.char_order) for pair in zip(hyps, refs, strict=True)]
        known = [counts for counts in found if counts is not None]
        if len(known) == len(hyps):
            return list(known)
        return self.plain_characters(hyps, refs)

    def plain_characters(self, hyps: list[str], refs: list[str]) -> list[tuple[float, ...]]:
        """N-grams of texts without the kernel."""
        rows: list[tuple[float, ...]] = []
        start = size = 0
        for i, (hyp, ref) in enumerate(zip(hyps, refs, strict=True)):
            size += len(hyp) + len(ref)
            if size >= _BATCH or i + 1 == len(hyps):
                rows += _count_batch(hyps[start : i + 1], refs[start : i + 1], self.char_order)
                start, size = i + 1, 0
        return rows

    def _word_counts(self, hyp: str, ref: str) -> tuple[float, ...]:
        counts: list[float] = []
        ours, theirs = _split_words(hyp), _split_words(ref)
        for n in range(self.word_order):
            a = Counter(zip(*(ours[k:] for k in range(n + 1)), strict=False))
            b = Counter(zip(*(theirs[k:] for k in range(n + 1)), strict=False))
            shared = sum([min(a[gram], b[gram]) for gram in a.keys() & b.keys()])
            counts += [a.total() if b else 0, b.total(), shared]
        return tuple(counts)

    def score(self, counts: Sequence[float]) -> float:
        """F-beta of summed counts (sacrebleu `CHRF._compute_f_score`, operation by operation)."""
        factor = self.beta**2
        score = precision = recall = 0.0
        orders = 0
        for i in range(0, len(counts), 3):
            n_hyp, n_ref, n_match = counts[i : i + 3]
            prec = n_match / n_hyp if n_hyp > 0 else _EPS
            rec = n_match / n_ref if n_ref > 0 else _EPS
            denominator = factor * prec + rec
            score += ((1 + factor) * prec * rec / denominator) if denominator > 0 else _EPS
            if n_hyp > 0 and n_ref > 0:
                precision += prec
                recall += rec
                orders += 1
        if self.eps_smoothing:
            return 100 * score / (self.char_order + self.word_order)
        if not precision + recall:
            return 0.0
        precision /= orders
        recall /= orders
        score = (1 + factor) * precision * recall
        score /= (factor * precision) + recall
        return 100 * score

    def signature(self, references: int = 1) -> str:
        """The settings, as sacrebleu prints them."""
        metric = CHRF(
            self.char_order,
            self.word_order,
            self.beta,
            self.lowercase,
            self.whitespace,
            self.eps_smoothing,
        )
        metric.num_refs = references
        return str(metric.get_signature())


def _split_words(text: str) -> list[str]:
    """Words with one punctuation mark split off, as sacrebleu (and chrF++.py) splits them."""
    words: list[str] = []
    for word in text.split():
        if len(word) == 1:
            words.append(word)
        elif word[-1] in _PUNCTUATION:
            words += [word[:-1], word[-1]]
        elif word[0] in _PUNCTUATION:
            words += [word[0], word[1:]]
        else:
            words.append(word)
    return words


def _count_batch(hyps: list[str], refs: list[str], order: int) -> list[tuple[float, ...]]:
    """Character n-gram counts of each segment; every n-gram of the batch is one integer."""
    texts = [text for pair in zip(hyps, refs, strict=True) for text in pair]
    joined = "".join(texts).encode("utf-32-le", "surrogatepass")
    alphabet, letters = np.unique(np.frombuffer(joined, np.uint32), return_inverse=True)
    bits = max(1, int(len(alphabet) - 1).bit_length())
    lengths = np.array([len(text) for text in texts], np.int64)
    sides = np.repeat(np.arange(len(texts), dtype=np.int64), lengths)
    left = np.repeat(np.cumsum(lengths), lengths) - np.arange(len(letters))
    side, keys = sides & 1, sides >> 1  # an n-gram's key starts with its segment
    width = max(1, int(len(hyps) - 1).bit_length())
    counts = np.zeros((len(hyps), order, 3), np.int64)
    for n in range(1, order + 1):
        if width + bits > _KEY_BITS:
            distinct, keys = np.unique(keys, return_inverse=True)
            width = max(1, int(len(distinct) - 1).bit_length())
        keys = (keys[: len(letters) - n + 1] << bits) | letters[n - 1 :]
        width += bits
        fits = left[: len(keys)] >= n
        grams = keys[fits] << 1 | side[: len(keys)][fits]
        counts[:, n - 1] = _shared(grams, sides[: len(keys)][fits], len(hyps))
    counts[:, :, 0] *= counts[:, :, 1] > 0  # no hits where the reference has no such n-gram
    rows: list[tuple[float, ...]] = list(map(tuple, counts.reshape(len(hyps), -1).tolist()))
    return rows


def _shared(grams: Integers, sides: Integers, segments: int) -> Integers:
    """N-grams of the hypothesis, of the reference, and of both, for each segment."""
    sizes = np.bincount(sides, minlength=2 * segments).reshape(segments, 2)
    order = np.sort(grams)  # an n-gram of the hypothesis, then the same of the reference
    starts = np.flatnonzero(np.diff(order >> 1, prepend=-1))
    runs = np.diff(starts, append=len(order))
    theirs = np.add.reduceat(order & 1, starts) if len(starts) else starts
    both = np.minimum(runs - theirs, theirs)
    # segments are the keys' highest part: their n-grams stand together, in order
    bounds = np.concatenate([[0], np.cumsum(sizes.sum(axis=1))])
    sums = np.concatenate([[0], np.cumsum(both)])
    matches = np.diff(sums[np.searchsorted(starts, bounds)])
    return np.column_stack([sizes, matches])
