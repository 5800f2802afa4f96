"""Where a text is cut into stretches that are decoded by themselves."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from unspun.channel.forms import PAUSE, QUOTE, STOP
from unspun.lm.words import Tokens

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

_BREAK = re.compile("\n")
_LONGEST = 60  # words that are decoded together: beyond them probabilities leave what floats hold


def segments_of(words: Tokens, known: Ints) -> tuple[list[tuple[int, int]], list[bool]]:
    """First and last word of each stretch, and whether it opens a paragraph.

    Cut at line ends and after sentences.

    Args:
        words: A text's words.
        known: Their numbers (`forms.Forms`).
    """
    count = len(words)
    if not count:
        return [], []
    starts, ends = np.array(words.starts, np.int64), np.array(words.ends, np.int64)
    apart = np.zeros(count, np.bool_)
    apart[1:] = starts[1:] != ends[:-1]
    line = np.zeros(count + 1, np.bool_)
    breaks = np.array([match.start() for match in _BREAK.finditer(words.text)], np.int64)
    line[np.searchsorted(starts, breaks)] = True
    stop, quote, pause = known & STOP > 0, known & QUOTE > 0, known & PAUSE > 0
    after = np.zeros(count, np.bool_)
    after[1:] = stop[:-1]
    after[2:] |= quote[1:-1] & stop[:-2]
    cuts = np.flatnonzero(apart & (line[:-1] | after))
    cuts = cuts[cuts > 0]
    bounds = [0, *cuts.tolist(), count]
    for first, last in itertools.pairwise(tuple(bounds)):
        bounds += _pieces(pause, first, last)
    bounds.sort()
    return list(itertools.pairwise(bounds)), [True, *line[bounds[1:-1]].tolist()]


def _pieces(pause: Bools, first: int, last: int) -> Iterator[int]:
    """Where to cut a sentence that is too long: behind a mark, if there is one."""
    while last - first > _LONGEST:
        cut = first + _LONGEST
        for at in range(cut, first + _LONGEST // 2, -1):
            if pause[at - 1]:
                cut = at
                break
        yield cut
        first = cut
