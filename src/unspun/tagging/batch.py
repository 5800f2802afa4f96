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

from unspun.tagging import profiles, scripts

Ints = NDArray[np.intp]

_CODE = np.zeros(128, np.int64)
_CODE[[ord(c) for c in "{};=<>"]] = 0x10001  # marks of code, counted twice over in the high half
_CODE[[ord(c) for c in "()[]_/\\|&$#*+^~"]] = 1
_CODE_SHARE = 0.2  # marks among the characters of a line, blanks aside
_CODE_LEAST = 4


class Batch(NamedTuple):
    """Texts laid end to end, one line feed between them.

    Attributes:
        joined: The texts.
        offsets: First character of each text, and one past the last text's line feed.
        points: Code points, all texts.
        letters: Letters before each character, and at the end.
        start: First character of each word.
        stop: One past the last letter of each word.
        group: Script group of each word.
        text: Text of each word.
        evidence: Evidence of each word for each column of its group.
        run: First word of each run.
        blanks: Links, addresses and lines of code, in order.
    """

    joined: str
    offsets: Ints
    points: NDArray[np.uint32]
    letters: NDArray[np.int64]
    start: Ints
    stop: Ints
    group: NDArray[np.uint8]
    text: Ints
    evidence: NDArray[np.uint32]
    run: Ints
    blanks: tuple[tuple[int, int], ...]


def read(texts: Sequence[str]) -> Batch:
    """Lay out texts, at least one, and read their evidence."""
    joined = "\n".join([*texts, ""])
    offsets = np.array([0, *accumulate(len(text) + 1 for text in texts)])
    points = scripts.code_points(joined)
    group = scripts.load().group.take(points)
    blanks = _blanks(joined, points)
    for begin, end in blanks:
        group[begin:end] = 0
    change = group > 0
    letters = np.zeros(len(points) + 1, np.int64)
    change.cumsum(out=letters[1:])
    read = points * change
    np.not_equal(group[1:], group[:-1], out=change[1:])
    edge = change.nonzero()[0]
    kind = group.take(edge)
    letter = kind > 0  # the last character is a line feed, so a word always ends before the end
    stops = edge[1:][letter[:-1]]
    start, stops, kind = _cut(edge[letter], stops, kind[letter])
    evidence = profiles.load().words(read, start)
    turn = np.ones(len(start), bool)
    np.not_equal(kind[1:], kind[:-1], out=turn[1:])
    if len(texts) == 1:
        text = np.zeros(len(start), np.intp)
    else:
        text = offsets.searchsorted(start, side="right") - 1
        turn[1:] |= text[1:] != text[:-1]
    run = turn.nonzero()[0]
    return Batch(joined, offsets, points, letters, start, stops, kind, text, evidence, run, blanks)


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


def _blanks(joined: str, points: NDArray[np.uint32]) -> tuple[tuple[int, int], ...]:
    """What is no language though it has letters: links, addresses, lines of code."""
    found = scripts.links(joined)
    if "{" in joined or ";" in joined or "=" in joined or "<" in joined:
        code = _code_lines(points)
        found = [link for link in found if not any(a <= link[0] < b for a, b in code)]
        found = sorted([*found, *code])
    return tuple(found)


def _code_lines(points: NDArray[np.uint32]) -> list[tuple[int, int]]:
    """Lines that are code, by their marks."""
    feeds = np.flatnonzero(points == ord("\n"))
    begins = np.concatenate([[0], feeds + 1])
    ends = np.append(feeds, len(points))
    marks = np.concatenate([[0], np.cumsum(_CODE[np.where(points < 128, points, 0)])])  # noqa: PLR2004
    blanks = np.concatenate([[0], np.cumsum(points == ord(" "))])
    found = marks[ends] - marks[begins]
    solid = (ends - begins) - (blanks[ends] - blanks[begins])
    strong, count = found >> 16, found & 0xFFFF
    code = (strong > 0) & (count >= _CODE_LEAST) & (count > _CODE_SHARE * solid)
    return list(zip(begins[code].tolist(), ends[code].tolist(), strict=True))
