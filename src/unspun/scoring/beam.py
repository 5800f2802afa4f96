"""The beam-limited edit distance of sacrebleu's TER, a row of the matrix in a few operations.

sacrebleu (`lib_ter.BeamEditDistance`) fills a band of cells around the pseudo-diagonal and treats
all others as infinite. Inside a band whose borders never move back, neighbouring cells still differ
by at most one, so Hyyrö's bit-vectors hold a row exactly (Hyyrö 2003, "A bit-vector algorithm for
computing Levenshtein and Damerau edit distances"; the limits are those of Tercom as sacrebleu has
them). Cells outside the band get the largest values that unit steps allow: they rise by one a
column to the right of it, fall by one a column to the left, and never match. No such cell can then
make a cell of the band cheaper.

Words are characters here. Bit ``j - 1`` of a vector stands for column ``j``, the first ``j`` words
of the reference.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

_BEAM_WIDTH = 25  # sacrebleu lib_ter._BEAM_WIDTH


@dataclass(frozen=True, slots=True)
class Band:
    """The cells that are filled.

    Attributes:
        low: First column of each row.
        high: One past the last column of each row.
        whole: Whether every cell is filled.
    """

    low: tuple[int, ...]
    high: tuple[int, ...]
    whole: bool

    @classmethod
    def of(cls, hyp: int, ref: int) -> Band:
        """The band of sacrebleu for a hypothesis and a reference of so many words."""
        if max(hyp, ref) < _BEAM_WIDTH:  # the usual sentence: no row reaches the border
            return cls((), (), whole=True)
        ratio = ref / hyp if hyp else 1.0
        width = _BEAM_WIDTH
        if width < ratio / 2:
            width = math.ceil(ratio / 2 + width)
        middles = [math.floor(i * ratio) for i in range(1, hyp + 1)]
        low = [0, *(max(0, middle - width) for middle in middles)]
        high = [ref + 1, *(min(ref + 1, middle + width) for middle in middles)]
        high[-1] = ref + 1
        return cls(tuple(low), tuple(high), whole=not any(low) and min(high) == ref + 1)

    @staticmethod
    def harmless(hyp: int, ref: int) -> int:
        """A distance up to which no optimal path leaves the band.

        A cell outside lies more than 24 columns off the pseudo-diagonal, and a path through
        ``(i, j)`` costs at least ``|j - i| + |(ref - j) - (hyp - i)|``.
        """
        return 2 * (_BEAM_WIDTH - 1) - abs(ref - hyp)

    def holds(self, path: Iterable[tuple[int, int]], ref: int) -> bool:
        """Whether a path lies in the band for sure; it is given by the ends of its diagonals.

        Between the ends a border comes nearer to a diagonal by less than one column, which the
        margin of one allows for.
        """
        low, high = self.low, self.high
        rows = ((i or 1, j) for i, j in path)  # row 0 is whole: what counts is the step from it
        return all(
            (not low[i] or low[i] < j) and (high[i] > ref or j + 1 < high[i]) for i, j in rows
        )

    def reverse(self, ref: int) -> Band:
        """The same cells counted from the other end.

        The last row then reaches only as far as the others would, which no caller looks at.
        """
        low = [0, *(ref + 1 - high for high in self.high[-2::-1])]
        high = [ref + 1 - low for low in reversed(self.low)]
        low[-1] = low[-2] if len(low) > 1 else 0
        return Band(tuple(low), tuple(high), whole=self.whole)


WHOLE = Band((), (), whole=True)
"""No beam at all."""


def columns(words: str) -> dict[str, int]:
    """For each word the bit-vector of the columns that it fills."""
    found: dict[str, int] = {}
    bit = 1
    for word in words:
        found[word] = found.get(word, 0) | bit
        bit <<= 1
    return found


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the matrix.

    Attributes:
        rises: Columns that cost one more than the column to their left.
        falls: Columns that cost one less.
        base: What the band's first column costs.
    """

    rises: int
    falls: int
    base: int


@dataclass(frozen=True, slots=True)
class Alignment:
    """The edit script of a hypothesis, as the search for shifts needs it.

    Attributes:
        before: For each reference word, how many hypothesis words stand before its place or in
            it: sacrebleu's ``align[j] + 1``.
        hyp_errors: For each hypothesis word, whether it is wrong.
        ref_errors: For each reference word, whether the hypothesis lacks it.
    """

    before: list[int]
    hyp_errors: bytearray
    ref_errors: bytearray


class Matrix:
    """The edit-distance matrix of a hypothesis against a reference."""

    @property
    def banded(self) -> bool:
        """Whether the beam cuts cells off; `rows` and `step` are there only then."""
        return not self._band.whole

    __slots__ = (
        "_band",
        "_flat",
        "_full",
        "_lefts",
        "_matches",
        "_places",
        "_ref",
        "_rights",
        "_up",
        "distance",
        "rows",
    )

    def __init__(self, hyp: str, ref: str, band: Band, places: dict[str, int]) -> None:
        """Fill the matrix; ``places`` are the `columns` of the reference."""
        self._band, self._places, self._ref = band, places, len(ref)
        self._full = (1 << len(ref)) - 1
        self._flat, self._up, self._matches = [0], [0], [0]
        self.rows = [Row(self._full, 0, 0)]
        if band.whole:
            rises, falls = self._fill(hyp)
            self.distance = len(hyp) + rises.bit_count() - falls.bit_count()
        else:
            self._lefts = [(1 << low) - 1 for low in band.low]
            self._rights = [self._full & ~((1 << high - 1) - 1) for high in band.high]
            for i, word in enumerate(hyp, 1):
                self.rows.append(self.step(i, self.rows[-1], word, keep=True))
            self.distance = self.values(len(hyp), self.rows[-1])[-1]

    def _fill(self, hyp: str) -> tuple[int, int]:
        """The steps of the last row, where the band is the whole matrix."""
        full, places = self._full, self._places
        rises, falls = full, 0
        keep_flat, keep_up, keep_match = self._flat.append, self._up.append, self._matches.append
        for word in hyp:
            match = places.get(word, 0)
            x = match | falls
            flat = ((((x & rises) + rises) ^ rises) | x) & full
            up = falls | (full ^ (rises | flat))
            x = (up << 1) | 1
            rises = (((rises & flat) << 1) | ~(x | flat)) & full
            falls = x & flat
            keep_flat(flat)
            keep_up(up)
            keep_match(match)
        return rises, falls

    def step(self, i: int, above: Row, word: str, *, keep: bool = False) -> Row:
        """Row ``i`` below the row above it."""
        full, left, right = self._full, self._lefts[i], self._rights[i]
        rises, falls, base = above.rises, above.falls, above.base
        match = self._places.get(word, 0)
        if match:  # a diagonal step needs the band at both ends
            match &= ~((left >> 1) | self._lefts[i - 1] | (self._rights[i - 1] << 1))
        x = match | falls
        flat = ((((x & rises) + rises) ^ rises) | x) & full
        up = falls | (full ^ (rises | flat))
        down = rises & flat
        if left:
            passed = left & ~self._lefts[i - 1]  # columns that leave the band
            if passed:
                base += (rises & passed).bit_count() - (falls & passed).bit_count()
            first = left ^ (left >> 1)
            base += 1 if up & first else -1 if down & first else 0
        else:
            base += 1
        x = (up << 1) | 1
        if keep:
            self._flat.append(flat)
            self._up.append(up)
            self._matches.append(match)
        rises = (((down << 1) | ~(x | flat)) & full & ~left) | right
        return Row(rises, ((x & flat) | left) & ~right, base)

    def values(self, i: int, row: Row) -> list[int]:
        """What the cells of the band cost in row ``i``."""
        low, high = self._band.low[i], self._band.high[i]
        value = row.base
        rises, falls = row.rises >> low, row.falls >> low
        values = [value]
        for _ in range(high - low - 1):
            value += (rises & 1) - (falls & 1)
            rises >>= 1
            falls >>= 1
            values.append(value)
        return values

    def alignment(self, within: Band | None = None) -> Alignment | None:
        """The script that sacrebleu traces: match or substitute, else delete, else insert.

        Args:
            within: A band that the whole matrix was filled without. A trace inside the band is
                the trace that the band's own cells would give: what is cheaper in the whole
                matrix is there at the same price. None is returned for any other trace.
        """
        i, j = len(self._flat) - 1, self._ref
        result = Alignment([0] * j, bytearray(b"\1") * i, bytearray(b"\1") * j)
        high = () if self._band.whole else self._band.high
        while i and j:
            if within and not within.low[i] <= j < within.high[i]:
                return None
            bit = 1 << (j - 1)
            if self._matches[i] & bit:
                result.before[j - 1] = i
                i -= 1
                j -= 1
                result.hyp_errors[i] = result.ref_errors[j] = 0
            elif not self._flat[i] & bit and (not high or j <= high[i - 1]):
                result.before[j - 1] = i
                i -= 1
                j -= 1
            elif self._up[i] & bit:
                i -= 1
            else:
                result.before[j - 1] = i
                j -= 1
        if i and within and within.low[i]:
            return None
        return result
