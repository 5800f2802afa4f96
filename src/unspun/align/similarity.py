"""How likely it is that passages render one another: letters in threes, lengths, and rivals.

Two passages are as alike as the trigrams of letters that they share (Dice 1945), each weighed by
how few of the units have it. What a pair is worth is the logarithm of its odds, and these depend on
three things: how alike both are, how alike either is to its next best partner, and how much the
lengths differ.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Grams = NDArray[np.float32]
"""Units by trigrams: 1 where the unit has the trigram."""

ALIKE, RIVAL, LENGTH = 25.0, 27.0, 3.3
"""Log odds for a root of similarity, against one of the next best, and against a factor e in length.

Fitted by logistic regression on pairs of sentences of newstest2021 and of TED talks.
"""
EARNED = 0.5
"""Share of its trigrams that a unit needs in common with the one that it joins others to meet."""
_NONE = -1e9

_OTHER = re.compile(r"[\W_]+")
_CJK = 0x3040
_AT_ONCE = 4096  # trigrams that are counted at once
_STEPS = 256  # weights are whole numbers of this part: sums are exact in any order


@dataclass(frozen=True, slots=True)
class Comparison:
    """Shared wording of every hypothesis unit with every reference unit.

    Attributes:
        shared: Weight of the trigrams that both have, one row for each hypothesis unit.
        hyp_new: The same without those of a hypothesis unit that the one before it has.
        ref_new: The same without those of a reference unit that the one before it has.
        hyp: Weight of each hypothesis unit, and of what the one before it has not.
        ref: The same of each reference unit.
        hyp_length: Letters of each hypothesis unit.
        ref_length: Letters of each reference unit.
    """

    shared: Floats
    hyp_new: Floats
    ref_new: Floats
    hyp: tuple[Floats, Floats]
    ref: tuple[Floats, Floats]
    hyp_length: Floats
    ref_length: Floats

    def transposed(self) -> Comparison:
        """The same with the sides exchanged."""
        return Comparison(
            self.shared.T,
            self.ref_new.T,
            self.hyp_new.T,
            self.ref,
            self.hyp,
            self.ref_length,
            self.hyp_length,
        )

    def dice(self) -> Floats:
        """Shared weight as a share of both units' weight, 0 to 1."""
        return 2 * self.shared / np.maximum(self.hyp[0][:, None] + self.ref[0][None, :], 1e-9)

    def odds(self, joined: int = 1) -> Floats:
        """Log odds of each hypothesis unit with each run of so many reference units.

        Columns are the runs' first units, so there are ``joined - 1`` fewer of them.
        """
        runs = self.shared.shape[1] - joined + 1
        shared = self.shared[:, :runs].copy()
        weight, length = self.ref[0][:runs].copy(), self.ref_length[:runs].copy()
        earns = np.full(shared.shape, True)
        for k in range(1, joined):
            here = slice(k, runs + k)
            new, size = self.ref_new[:, here], self.ref[1][here]
            earns &= new >= EARNED * size
            if k == 1:
                both, rest = self.shared[:, here] - new, self.ref[0][here] - size
                earns &= shared - both >= EARNED * (weight - rest)
            shared += new
            weight += size
            length += self.ref_length[here]
        shared = np.minimum(shared, np.minimum(self.hyp[0][:, None], weight[None, :]))
        alike = 2 * shared / np.maximum(self.hyp[0][:, None] + weight[None, :], 1e-9)
        rival = _rivals(self.dice(), joined)
        off = np.abs(np.log(self.hyp_length)[:, None] - np.log(length)[None, :])
        found: Floats = ALIKE * np.sqrt(alike) - RIVAL * np.sqrt(rival) - LENGTH * off
        return np.where(earns, found, _NONE)


def compare(hyp: Sequence[str], ref: Sequence[str]) -> Comparison:
    """Compare every hypothesis unit with every reference unit."""
    units, grams, lengths = _trigrams([*hyp, *ref])
    size, rows = len(hyp) + len(ref), len(hyp)
    counts = np.bincount(grams)
    weights = np.floor(np.log1p(size / np.maximum(counts, 1)) * _STEPS)
    sums = np.zeros((3, rows, len(ref)))
    own = np.zeros((2, size))
    for start in range(0, len(counts), _AT_ONCE):
        here = (grams >= start) & (grams < start + _AT_ONCE)
        has = np.zeros((size, min(_AT_ONCE, len(counts) - start)), np.float32)
        has[units[here], grams[here] - start] = 1.0
        weight = weights[start : start + _AT_ONCE].astype(np.float32)
        new = has.copy()
        new[1:] -= has[1:] * has[:-1]
        new[rows : rows + 1] = has[rows : rows + 1]
        own += (has @ weight), (new @ weight)
        theirs = (np.concatenate([has[rows:], new[rows:]]) * weight).T
        sums[::2] += np.split(has[:rows] @ theirs, 2, axis=1)
        sums[1] += new[:rows] @ theirs[:, : len(ref)]
    return Comparison(
        *sums / _STEPS,
        (own[0, :rows] / _STEPS, own[1, :rows] / _STEPS),
        (own[0, rows:] / _STEPS, own[1, rows:] / _STEPS),
        lengths[:rows],
        lengths[rows:],
    )


def _trigrams(texts: Sequence[str]) -> tuple[NDArray[np.int64], NDArray[np.int64], Floats]:
    """Units and numbers of their trigrams, each once, and the letters of each unit.

    Chinese and Japanese, where a character is half a word, count in pairs.
    """
    plain = [f" {_OTHER.sub(' ', text.lower()).strip()} " for text in texts]
    lengths = np.array([len(text) for text in plain])
    codes = np.frombuffer("".join(plain).encode("utf-32-le", "surrogatepass"), np.uint32)
    codes = codes.astype(np.uint64)
    units = np.repeat(np.arange(len(plain)), lengths)
    first, second, third = codes[:-2].copy(), codes[1:-1], codes[2:]
    first[(second >= _CJK) & (third >= _CJK)] = 0
    known = units[:-2] == units[2:]
    keys = (((first << np.uint64(21)) | second) << np.uint64(21)) | third
    distinct, numbers = np.unique(keys[known], return_inverse=True)
    pairs = np.unique(units[:-2][known] * len(distinct) + numbers)
    return pairs // max(len(distinct), 1), pairs % max(len(distinct), 1), lengths.astype(float)


def _rivals(alike: Floats, joined: int) -> Floats:
    """How alike the next best partner is, for each unit and each run of so many others."""
    rows, columns = alike.shape
    runs = columns - joined + 1
    before = np.zeros((rows, columns + 1))
    np.maximum.accumulate(alike, axis=1, out=before[:, 1:])
    after = np.zeros((rows, columns + 1))
    after[:, :-1] = np.maximum.accumulate(alike[:, ::-1], axis=1)[:, ::-1]
    rival = np.maximum(before[:, :runs], after[:, joined:])
    above = np.zeros((rows + 1, columns))
    np.maximum.accumulate(alike, axis=0, out=above[1:])
    below = np.zeros((rows + 1, columns))
    below[:-1] = np.maximum.accumulate(alike[::-1], axis=0)[::-1]
    other = np.maximum(above[:-1], below[1:])
    for k in range(joined):
        rival = np.maximum(rival, other[:, k : runs + k])
    return rival
