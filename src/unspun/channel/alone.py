"""What odd places say, each phrase taken back alone: as telling as a search, and far cheaper.

All else stands as it stands, so nothing is searched for: the words of each reading, and those that
follow it, are priced in the text's own surroundings against what stands there. A spun text of
which little was replaced is a mixture: each phrase was replaced at a small rate, or it was not.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from unspun.channel.habits import Choices, Prices, guess
from unspun.channel.index import Index
from unspun.channel.lattice import Lattice, build
from unspun.channel.numbering import kept_ids, read_as

Ints = NDArray[np.int64]
Int32s = NDArray[np.int32]
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
    rows = lattice.readings
    if not len(rows.text):
        return 0.0
    gains = alone(lattice, prices) - _DOUBT
    order = np.argsort(-gains, kind="stable")
    forms = 2 * index.form[rows.entry] + rows.capital
    _, one = np.unique(forms[order], return_index=True)
    told = np.exp(np.clip(gains[order[one]], _LEAST, _MOST))
    return math.fsum(np.log1p(_RATE * (told - 1.0)).tolist())


def alone(lattice: Lattice, prices: Prices) -> Floats:
    """Nats that each substitution of a lattice gains where all else stays."""
    rows, lm = lattice.readings, lattice.index.lm
    width, texts = lm.order - 1, _Texts(lattice)
    words, size = read_as(lattice)
    follow = np.minimum(texts.close[rows.start] - rows.end, width)
    longest, back = words.shape[1], np.arange(width)
    line = np.full((len(size), width + longest + width), -1, np.int32)
    line[:, :width] = texts.grams[rows.start, :width]
    line[:, width : width + longest] = words
    row, at = np.nonzero(back < follow[:, None])
    line[row, width + size[row] + at] = texts.words[rows.end[row] + at]
    row, at = np.nonzero(np.arange(longest + width) < (size + follow)[:, None])
    grams = np.lib.stride_tricks.sliding_window_view(line, width + 1, axis=1)[row, at]
    count = len(texts.words)
    scores = lm.score(np.concatenate([texts.grams, grams])).astype(np.float64)
    crest = np.append(0.0, np.cumsum(prices.lm * scores[:count]))
    told = np.bincount(row, scores[count:], len(size)) * prices.lm
    price = guess(_choices(lattice), lattice.index, prices, _FULL)
    return np.asarray(told - (crest[rows.end + follow] - crest[rows.start]) + price)


class _Texts:
    """A text as it stands.

    Attributes:
        words: Language model ids of its words.
        close: For each, where its stretch ends.
        grams: Each word behind those before it, as the language model needs them; -1 if there is
            none.
    """

    def __init__(self, lattice: Lattice) -> None:
        lm = lattice.index.lm
        bounds = np.array(lattice.segments, np.int64)
        stretch = np.repeat(np.arange(len(bounds)), bounds[:, 1] - bounds[:, 0])
        stop = int(lm.encode(["."])[0])
        self.words = kept_ids(lattice)
        first, self.close = bounds[stretch].T
        places = np.arange(len(self.words))[:, None] + np.arange(1 - lm.order, 1)
        apart = places - first[:, None]
        opening = np.where(lattice.openings, lm.start, stop)[stretch][:, None]
        before = np.where(apart == -1, opening, -1)
        self.grams = np.where(apart >= 0, self.words[np.maximum(places, 0)], before)


def _choices(lattice: Lattice) -> Choices:
    rows, whole = lattice.readings, np.ascontiguousarray(lattice.readings.whole)
    entry, start, end = (c.astype(np.int32) for c in (rows.entry, rows.start, rows.end))
    owner = lattice.index.owner[rows.entry]
    return Choices(entry, owner, start, end, whole, np.zeros(len(whole), np.bool_))
