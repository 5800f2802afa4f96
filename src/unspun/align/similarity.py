"""How likely it is that passages render one another: letters in threes, lengths, and rivals.

Two passages are as alike as the trigrams of letters that they share (Dice 1945), each weighed by
how few of the units have it. What a pair is worth is the logarithm of its odds, and these depend on
three things: how alike both are, how alike either is to its next best partner, and how much the
lengths differ.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Numbers = NDArray[np.int64]

ALIKE, ALIKE_LONGER = -3.41, 7.38
RIVAL, UNEQUAL, LONGER, START = 27.16, 3.67, 5.18, 22.61
"""Log odds: for a root of similarity, the same for each factor e in the shorter one's length; less
one of the next best similarity, a factor e between the lengths, and one in the shorter length.

Fitted by tools/fit_align.py, a logistic regression on pairs of segments of newstest2021 and of TED
talks: long passages share more by chance.
"""
CHANCE = 0.17
"""Similarity to some other unit that is nothing special, though no other was compared."""
EARNED = 0.26
"""Share of its trigrams that a unit needs in common with the one that it joins others to meet."""
_NONE = -1e9

_OTHER = re.compile(r"[\W_]+")
_CJK = 0x3040
_AT_ONCE = 1 << 23  # pairs of units with a trigram in common that are counted at once
_UNIT = np.uint64(0xFFFFFF)  # bits of a unit's number, under those of a trigram's hash
_MIX = np.uint64(0x9E3779B97F4A7C15)  # golden ratio: Fibonacci hashing (Knuth, TAOCP 6.4)
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
        earns = np.ones(shared.shape, bool)
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
        rival = np.maximum(_rivals(self.dice(), joined), CHANCE)
        ours, theirs = np.log(self.hyp_length)[:, None], np.log(length)[None, :]
        shorter = np.minimum(ours, theirs)
        odds = (ALIKE + ALIKE_LONGER * shorter) * np.sqrt(alike) - RIVAL * np.sqrt(rival) + START
        odds -= UNEQUAL * np.abs(ours - theirs) + LONGER * shorter
        return np.where(earns, odds, _NONE)


def compare(hyp: Sequence[str], ref: Sequence[str]) -> Comparison:
    """Compare every hypothesis unit with every reference unit."""
    rows, shape = len(hyp), (len(hyp), len(ref))
    entries, lengths = _trigrams([*hyp, *ref])
    grams, units, counts = _numbered(entries)
    weighed = weights(sum(shape))[counts]
    again = np.zeros(len(units), bool)  # the unit before has the same trigram
    again[1:] = (grams[1:] == grams[:-1]) & (units[1:] == units[:-1] + 1) & (units[1:] != rows)
    own = np.bincount(units, weighed[grams], sum(shape))
    own_new = own - np.bincount(units, weighed[grams] * again, sum(shape))
    theirs = units >= rows
    ours, others = (grams[~theirs], units[~theirs]), (grams[theirs], units[theirs] - rows)
    hyp_again, ref_again = again[~theirs], again[theirs]
    shared = _shared(ours, others, weighed, shape)
    return Comparison(
        shared / _STEPS,
        (shared - _shared([x[hyp_again] for x in ours], others, weighed, shape)) / _STEPS,
        (shared - _shared(ours, [x[ref_again] for x in others], weighed, shape)) / _STEPS,
        (own[:rows] / _STEPS, own_new[:rows] / _STEPS),
        (own[rows:] / _STEPS, own_new[rows:] / _STEPS),
        lengths[:rows],
        lengths[rows:],
    )


def weights(units: int) -> Floats:
    """The weight of a trigram, in whole steps, by how many of so many units have it.

    >>> weights(2).tolist()
    [0.0, 281.0, 177.0]
    """
    found = np.zeros(units + 1)
    found[1:] = np.floor(np.log1p(units / np.arange(1, units + 1)) * _STEPS)
    return found


def _shared(
    ours: Sequence[Numbers], theirs: Sequence[Numbers], weights: Floats, shape: tuple[int, int]
) -> Floats:
    """The weight that each pair of units shares; trigrams and units of either side, sorted."""
    grams, units = ours
    held = np.bincount(theirs[0], minlength=len(weights))
    first = np.cumsum(held) - held
    ends = np.cumsum(held[grams])
    sums = np.zeros(shape[0] * shape[1])
    start = done = 0
    while start < len(ends):
        stop = max(start + 1, int(np.searchsorted(ends, done + _AT_ONCE, "right")))
        here = grams[start:stop]
        times = held[here]
        shift = first[here] - (ends[start:stop] - times - done)
        places = np.arange(times.sum()) + np.repeat(shift, times)
        cells = np.repeat(units[start:stop] * shape[1], times) + theirs[1][places]
        sums += np.bincount(cells, np.repeat(weights[here], times), len(sums))
        start, done = stop, int(ends[stop - 1])
    return sums.reshape(shape)


def _trigrams(texts: Sequence[str]) -> tuple[NDArray[np.uint64], Floats]:
    """Trigrams with the units that have them, sorted by trigram, and the letters of each unit.

    Chinese and Japanese, where a character is half a word, count in pairs.
    """
    plain = [f" {_OTHER.sub(' ', text.lower()).strip()} " for text in texts]
    lengths = np.array([len(text) for text in plain])
    codes = np.frombuffer("".join(plain).encode("utf-32-le", "surrogatepass"), np.uint32)
    codes = codes.astype(np.uint64)
    units = np.repeat(np.arange(len(plain), dtype=np.uint64), lengths)
    first, second, third = codes[:-2].copy(), codes[1:-1], codes[2:]
    first[(second >= _CJK) & (third >= _CJK)] = 0
    keys = ((first << np.uint64(42)) | (second << np.uint64(21)) | third) * _MIX
    entries = (keys & ~_UNIT | units[2:])[units[:-2] == units[2:]]
    entries.sort()
    return entries[np.diff(entries, prepend=np.uint64(0)) > 0], lengths.astype(float)


def _numbered(entries: NDArray[np.uint64]) -> tuple[Numbers, Numbers, Numbers]:
    """The number of each entry's trigram, its unit, and how many units each trigram has."""
    starts = np.diff(entries & ~_UNIT, prepend=np.uint64(0)) != 0
    if len(starts):
        starts[0] = True
    grams = np.cumsum(starts) - 1
    return grams, (entries & _UNIT).astype(np.int64), np.bincount(grams)


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
