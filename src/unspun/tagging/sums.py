"""Sums of a table's rows over long stretches of text, gathered crosswise.

A sum down the columns of few rows is dear, a sum of long arrays is cheap. So each stretch is filled
up to whole blocks of rows, and one addition takes the same place of all blocks.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate

import numpy as np
from numpy.typing import NDArray

_BLOCK = 16  # rows; the sum of so many fits into 16 bits
_TOGETHER = 512  # blocks that are gathered at a time: they stay in the cache

Numbers = NDArray[np.uint8] | NDArray[np.uint16]
Rows = NDArray[np.unsignedinteger] | NDArray[np.signedinteger] | Sequence[int]


def over(table: Numbers, parts: Sequence[Rows], each: int = 1) -> NDArray[np.int64]:
    """Sums by column of the rows of every so many parts, of which the first is never empty.

    Args:
        table: By row and column, a whole number of 64-bit words wide; its first row is nothing.
        parts: Rows of the table.
        each: How many parts are summed together.
    """
    blocks = [0, *accumulate((len(part) + _BLOCK - 1) // _BLOCK for part in parts)]
    rows = np.zeros(blocks[-1] * _BLOCK, np.intp)
    for part, block in zip(parts, blocks, strict=False):
        rows[block * _BLOCK : block * _BLOCK + len(part)] = part
    across = rows.reshape(-1, _BLOCK).T
    sums = [
        _added(table.take(across[:, at : at + _TOGETHER], axis=0))
        for at in range(0, blocks[-1], _TOGETHER)
    ]
    return np.add.reduceat(np.concatenate(sums, dtype=np.int64), blocks[:-1:each], axis=0)


def _added(gathered: Numbers) -> NDArray[np.uint16]:
    """Sums down the first axis, four columns of 16 bits to an addition."""
    wide = gathered.astype(np.uint16, copy=False).view(np.uint64)
    found: NDArray[np.uint16] = np.add.reduce(wide, axis=0).view(np.uint16)
    return found
