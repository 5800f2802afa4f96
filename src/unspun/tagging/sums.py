"""Sums of a table's rows over long stretches of text.

A sum of 16-bit numbers is cheap where four of them lie in one 64-bit number. So each stretch is
added up in pieces that 16 bits hold, and then its pieces.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

_LINE = 64  # octets
_MOST = 128  # rows of a piece; the sum of so many fits into 16 bits
_TOGETHER = 64  # pieces that are gathered at a time: they stay in the cache

Numbers = NDArray[np.uint8] | NDArray[np.uint16]
Rows = NDArray[np.unsignedinteger] | NDArray[np.signedinteger]


def zeros(rows: int, columns: int, kind: type[np.generic]) -> NDArray[Any]:
    """A table of zeros; rows as long as a line of the processor's cache lie in one."""
    size = rows * columns * np.dtype(kind).itemsize
    room = np.zeros(size + _LINE, np.uint8)
    start = -room.ctypes.data % _LINE
    return room[start : start + size].view(kind).reshape(rows, columns)


def over(table: Numbers, rows: Rows, starts: Sequence[int]) -> NDArray[np.integer]:
    """Sums by column of the rows from each start to the next.

    Args:
        table: By row and column, a whole number of 64-bit words wide.
        rows: Rows of the table.
        starts: Where each stretch begins, ascending; the last one ends where the rows end.
    """
    cuts: list[int] = []
    first: list[int] = []
    for start, stop in pairwise([*starts, len(rows)]):
        first.append(len(cuts))
        cuts += range(start, stop, _MOST)
    ends = [*cuts[_TOGETHER::_TOGETHER], len(rows)]
    sums = [
        _added(table, rows[cuts[at] : end], cuts[at : at + _TOGETHER])
        for at, end in zip(range(0, len(cuts), _TOGETHER), ends, strict=True)
    ]
    pieces = sums[0] if len(sums) == 1 else np.concatenate(sums)
    if len(first) == len(cuts):
        return pieces
    found: NDArray[np.int64] = np.add.reduceat(pieces, first, axis=0, dtype=np.int64)
    return found


def _added(table: Numbers, rows: Rows, cuts: Sequence[int]) -> NDArray[np.uint16]:
    """Sums from each cut to the next, four columns of 16 bits to an addition."""
    wide = table.take(rows, axis=0).astype(np.uint16, copy=False).view(np.uint64)
    places = [cut - cuts[0] for cut in cuts]
    found: NDArray[np.uint16] = np.add.reduceat(wide, places, axis=0).view(np.uint16)
    return found
