"""Full-evidence naive Bayes over langdetect's n-gram profiles, vectorised.

langdetect (Shuyo 2010) draws n-grams of a text at random until one language stands out. Here all
of them are read, once, so the answer is the one that its sampling scatters around. The profiles
are folded to lower case. One table serves the scripts that several languages share; a column
means a language within its script.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from unspun import tables
from unspun.tagging import sums

_NONE = 65535  # stands before a gram shorter than three letters
_TOGETHER = 1 << 12  # words whose weights are gathered at a time: stays in the cache
COLUMNS = 32
STEPS = 16  # of evidence to one nat
LONGEST = 128  # letters of a word: 16 bits hold that many letters' evidence


class Profiles(NamedTuple):
    """The table.

    Attributes:
        code: Letter code of each code point below 0x3000, 0 for what is no letter here, and at
            the end for every other.
        letters: Letter codes, 0 among them.
        pair: Number of each pair of letters, by ``first * letters + second``.
        triple: Row of each triple, by ``pair * letters + third``, falling back on its last two
            letters. An unknown pair has the number of its second letter.
        back: Row of each pair, by ``first * letters + second``, falling back on its second letter:
            where the triples begin.
        weights: Evidence of the n-grams that end at a character, by row and column, in 1/16 nat:
            the sum of log(1 + p / floor). Four columns of 16 bits lie in each 64-bit number, so
            that one addition adds four of them.
        languages: Languages of each reading script, in the order of the columns.
    """

    code: NDArray[np.int32]
    letters: int
    pair: NDArray[np.int32]
    triple: NDArray[np.uint16]
    back: NDArray[np.uint16]
    weights: NDArray[np.uint64]
    languages: dict[str, tuple[str, ...]]

    def rows(self, points: NDArray[np.uint32]) -> NDArray[np.uint16]:
        """Row of the longest known n-gram that ends at each character."""
        codes = np.zeros(len(points) + 2, np.int32)  # no letters come before the first
        self.code.take(points, mode="clip", out=codes[2:])
        two = codes[:-2] * self.letters
        two += codes[1:-1]
        three = self.pair.take(two)
        three *= self.letters
        three += codes[2:]
        row: NDArray[np.uint16] = self.triple.take(three)
        return row

    def words(
        self, rows: NDArray[np.uint16], starts: NDArray[np.intp], sizes: NDArray[np.intp]
    ) -> NDArray[np.uint32]:
        """Evidence of words for each column.

        Args:
            rows: Row of each character, 0 of what is not read.
            starts: First character of each word, ascending.
            sizes: Letters of each word, at most ``LONGEST``.
        """
        out = np.empty((len(starts), COLUMNS // 4), np.uint64)
        behind = np.append(starts[1:], len(rows)) - starts  # also what ends right behind a word
        length = np.minimum(sizes + 1, behind)
        for first in range(0, len(starts), _TOGETHER):
            some = slice(first, first + _TOGETHER)
            out[some] = self._added(rows, starts[some], length[some])
        return out.view(np.uint16).astype(np.uint32)

    def _added(
        self, rows: NDArray[np.uint16], starts: NDArray[np.intp], length: NDArray[np.intp]
    ) -> NDArray[np.uint64]:
        """Sums of the rows of each word: of all first letters, then of all second ones, ..."""
        short = (LONGEST + 1 - length).astype(np.uint8)
        order = np.argsort(short, kind="stable")  # of octets, by radix
        starts = starts.take(order)
        longer = np.bincount(short, minlength=LONGEST + 1).cumsum().tolist()
        sums = self.weights.take(rows.take(starts), axis=0)
        for k in range(1, int(length.max())):
            count = longer[LONGEST - k]  # so many words are longer
            sums[:count] += self.weights.take(rows.take(starts[:count] + k), axis=0)
        out = np.empty_like(sums)
        out[order] = sums
        return out


@lru_cache(maxsize=1)
def load() -> Profiles:
    """The packaged profiles, expanded for direct look-up."""
    with np.load(tables.path("tag_profiles.npz")) as data:
        points, codes, grams = data["points"], data["codes"], data["grams"].astype(np.int64)
        row, column, weight = data["row"], data["column"], data["weight"]
        readers = [str(line).split() for line in data["readers"]]
    letters = int(codes.max()) + 1
    code = np.zeros(0x3001, np.int32)
    code[points] = codes
    weights = np.zeros((len(grams) + 1, COLUMNS), np.float32)
    weights[row, column] = weight
    numbers = np.arange(1, len(grams) + 1, dtype=np.uint16)  # 65535 are enough
    single = grams[:, 1] == _NONE
    double = ~single & (grams[:, 0] == _NONE)
    full = ~single & ~double
    one = np.zeros(letters, np.uint16)
    one[grams[single, 2]] = numbers[single]
    back = np.tile(one, letters)
    key = grams[double, 1] * letters + grams[double, 2]
    weights[numbers[double]] += weights[one[grams[double, 2]]]
    back[key] = numbers[double]
    heads = np.unique(np.concatenate([key, grams[full, 0] * letters + grams[full, 1]]))
    pair = np.tile(np.arange(letters, dtype=np.int32), letters)
    pair[heads] = np.arange(letters, letters + len(heads))
    weights[numbers[full]] += weights[back[grams[full, 1] * letters + grams[full, 2]]]
    pairs = back.reshape(letters, letters)
    triple = np.concatenate([pairs, pairs[heads % letters]]).ravel()
    triple[pair[grams[full, 0] * letters + grams[full, 1]] * letters + grams[full, 2]] = numbers[
        full
    ]
    packed = sums.zeros(*weights.shape, np.uint16)
    packed[:] = np.rint(weights * STEPS)
    languages = {name: tuple(rest) for name, *rest in readers}
    return Profiles(code, letters, pair, triple, back, packed.view(np.uint64), languages)
