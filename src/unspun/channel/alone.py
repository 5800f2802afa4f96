"""What odd places say, each phrase taken back alone: as telling as a search, and far cheaper.

All else stands as it stands, so nothing is searched for: the words of each reading, and those that
follow it, are priced in the text's own surroundings against what stands there. A spun text of
which little was replaced is a mixture: each phrase was replaced at a small rate, or it was not.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from unspun.channel.decoder import Arrays
from unspun.channel.document import crest_of
from unspun.channel.habits import Habits, Prices
from unspun.channel.index import Index
from unspun.channel.lattice import Lattice, build
from unspun.channel.numbering import arrays

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

_FULL = 0.96  # rate at which the channel's prices are those of a phrase that was replaced
_RATE = 0.1  # share of the odd phrases that was replaced, in text of which little was
_DOUBT = 2.5  # nats that taking back gains in clean text, where the table happens to read well
_LEAST, _MOST = -20.0, 9.0  # nats of a phrase that count


def evidence(text: str, first: Ints, last: Ints, index: Index, prices: Prices) -> float:
    """Nats by which some places speak for a text's being spun, each spun phrase counted once.

    Args:
        text: The text.
        first: The first code point of each place, in order.
        last: One past its last.
        index: The channel.
        prices: The decoder's weights.
    """
    lattice = build(text, index, (first, last))
    arcs = np.arange(len(lattice.readings.text))
    if not len(arcs):
        return 0.0
    table = arrays(lattice)
    gains = alone(lattice, table, arcs, index, prices) - _DOUBT
    order = np.argsort(-gains, kind="stable")
    _, one = np.unique(table.form[arcs[order]], return_index=True)
    told = np.exp(np.clip(gains[order[one]], _LEAST, _MOST))
    return math.fsum(np.log1p(_RATE * (told - 1.0)).tolist())


def alone(lattice: Lattice, table: Arrays, arcs: Ints, index: Index, prices: Prices) -> Floats:
    """Nats that each of some substitutions gains where all else stays."""
    lm, width = index.lm, index.lm.order - 1
    kept = table.words[len(table.start) - len(lattice.words) :, 0]
    nodes = np.full(table.nodes + 2 * width, -1, np.int32)  # the word that begins at each node
    stop = int(lm.encode(["."])[0])
    segment = np.repeat(np.arange(len(table.first)), table.last - table.first)
    nodes[width + np.arange(len(kept)) + segment] = kept
    start, end = table.start[arcs].astype(np.int64), table.end[arcs].astype(np.int64)
    own = table.segment[arcs]
    begin, close = table.first[own].astype(np.int64), table.last[own].astype(np.int64)
    size = table.size[arcs].astype(np.int64)
    follow = np.minimum(close - end, width)
    longest = int(size.max())
    line = np.full((len(arcs), width + longest + width), -1, np.int32)
    back = np.arange(width)
    before = start[:, None] - width + back
    opening = np.where(np.array(lattice.openings, np.bool_), lm.start, stop)[own]
    line[:, :width] = np.where(
        before >= begin[:, None],
        nodes[width + before],
        np.where(before == begin[:, None] - 1, opening[:, None], -1),
    )
    line[:, width : width + longest] = table.words[arcs, :longest]
    row, at = np.nonzero(back < follow[:, None])
    line[row, width + size[row] + at] = nodes[width + end[row] + at]
    row, at = np.nonzero(np.arange(longest + width) < (size + follow)[:, None])
    grams = np.lib.stride_tricks.sliding_window_view(line, width + 1, axis=1)[row, at]
    told = np.bincount(row, lm.score(grams), len(arcs)) * prices.lm
    crest = crest_of(lattice, table, index, prices)
    price = Habits.first_guess(table, index, prices, _FULL).arc[arcs]
    return np.asarray(told - (crest[end + follow] - crest[start]) + price)
