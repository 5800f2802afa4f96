"""Texts laid end to end as arrays: words, runs of one script, and their evidence.

A word is a stretch of letters of one script group; a run is a stretch of words of one group in one
text. All arrays of one batch are made by a fixed number of NumPy calls.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from unspun.tagging import blanks, profiles, scripts

Ints = NDArray[np.intp]


class Batch(NamedTuple):
    """Texts laid end to end, one line feed between them.

    Attributes:
        texts: The texts.
        joined: All of them.
        offsets: First character of each text, and one past the last text's line feed.
        points: Code points, all texts, 0 where a blank is.
        groups: Script group of each character, 0 of what is no letter.
        rows: Row of the profiles for each character.
        start: First character of each word.
        stop: One past the last letter of each word.
        group: Script group of each word.
        size: Letters of each word.
        text: Text of each word.
        run: First word of each run.
        blanks: What is no language though it has letters, in order.
    """

    texts: Sequence[str]
    joined: str
    offsets: list[int]
    points: NDArray[np.uint32]
    groups: NDArray[np.uint8]
    rows: NDArray[np.uint16]
    start: Ints
    stop: Ints
    group: NDArray[np.uint8]
    size: Ints
    text: Ints
    run: Ints
    blanks: list[tuple[int, int]]

    @property
    def evidence(self) -> NDArray[np.uint32]:
        """Evidence of each word for each column of its group."""
        return profiles.load().words(self.rows, self.start, self.size)


def read(texts: Sequence[str]) -> Batch:
    """Lay out texts, at least one, and read their evidence."""
    joined = "\n".join([*texts, ""])
    offsets = [0, *accumulate(len(text) + 1 for text in texts)]
    points = scripts.code_points(joined)
    nothing = [
        (at + begin, at + end)
        for at, text in zip(offsets, texts, strict=False)
        for begin, end in blanks.find(text)
    ]
    if nothing:
        points = points.copy()
        for begin, end in nothing:
            points[begin:end] = 0
    rows = profiles.load().rows(points)
    group = scripts.load().group.take(points)
    change = group.astype(bool)
    np.not_equal(group[1:], group[:-1], out=change[1:])
    edge = change.nonzero()[0]
    kind = group[edge]
    letter = kind.astype(bool)  # the last is a line feed, so a word always ends before the end
    stops = edge[1:][letter[:-1]]
    start, stops, size, kind = _cut(edge[letter], stops, kind[letter])
    turn = np.empty(len(start), bool)
    turn[:1] = True
    np.not_equal(kind[1:], kind[:-1], out=turn[1:])
    if len(texts) == 1:
        text = np.zeros(len(start), np.intp)
    else:
        text = np.searchsorted(offsets, start, side="right") - 1
        turn[1:] |= text[1:] != text[:-1]
    run = turn.nonzero()[0]
    return Batch(
        texts, joined, offsets, points, group, rows, start, stops, kind, size, text, run, nothing
    )


def _cut(
    start: Ints, stop: Ints, kind: NDArray[np.uint8]
) -> tuple[Ints, Ints, Ints, NDArray[np.uint8]]:
    """Cut words that are longer than the evidence of a word may be; start, stop, size, group."""
    length = stop - start
    if not len(start) or length[length.argmax()] <= profiles.LONGEST:
        return start, stop, length, kind
    pieces = (length - 1) // profiles.LONGEST + 1
    first = np.repeat(np.cumsum(pieces) - pieces, pieces)
    begin = np.repeat(start, pieces) + profiles.LONGEST * (np.arange(len(first)) - first)
    end = np.minimum(begin + profiles.LONGEST, np.repeat(stop, pieces))
    return begin, end, end - begin, np.repeat(kind, pieces)
