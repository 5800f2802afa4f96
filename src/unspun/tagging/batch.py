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
        points: Code points, all texts.
        groups: Script group of each character, 0 of what is no letter.
        rows: Row of the profiles for each character.
        start: First character of each word.
        stop: One past the last letter of each word.
        group: Script group of each word.
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
    text: Ints
    run: Ints
    blanks: list[tuple[int, int]]

    @property
    def evidence(self) -> NDArray[np.uint32]:
        """Evidence of each word for each column of its group."""
        return profiles.load().words(self.rows, self.start)


def read(texts: Sequence[str]) -> Batch:
    """Lay out texts, at least one, and read their evidence."""
    joined = "\n".join([*texts, ""])
    offsets = [0, *accumulate(len(text) + 1 for text in texts)]
    points = scripts.code_points(joined)
    group = scripts.load().group.take(points)
    nothing = [
        (at + begin, at + end)
        for at, text in zip(offsets, texts, strict=False)
        for begin, end in blanks.find(text)
    ]
    for begin, end in nothing:
        group[begin:end] = 0
    change = group > 0
    rows = profiles.load().rows(points * change)
    np.not_equal(group[1:], group[:-1], out=change[1:])
    edge = change.nonzero()[0]
    kind = group.take(edge)
    letter = kind > 0  # the last character is a line feed, so a word always ends before the end
    stops = edge[1:][letter[:-1]]
    start, stops, kind = _cut(edge[letter], stops, kind[letter])
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
        texts, joined, offsets, points, group, rows, start, stops, kind, text, run, nothing
    )


def _cut(start: Ints, stop: Ints, kind: NDArray[np.uint8]) -> tuple[Ints, Ints, NDArray[np.uint8]]:
    """Cut words that are longer than the evidence of a word may be."""
    length = stop - start
    if not len(start) or int(length.max()) <= profiles.LONGEST:
        return start, stop, kind
    pieces = (length - 1) // profiles.LONGEST + 1
    first = np.repeat(np.cumsum(pieces) - pieces, pieces)
    begin = np.repeat(start, pieces) + profiles.LONGEST * (np.arange(len(first)) - first)
    end = np.minimum(begin + profiles.LONGEST, np.repeat(stop, pieces))
    return begin, end, np.repeat(kind, pieces)
