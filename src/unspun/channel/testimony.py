"""What a text's odd phrases say together: how much likelier it is if some were replaced.

Each phrase that a spinner may have written is weighed once, however often it stands there: what
taking it back alone gains, what the words around say, whether its original was left standing
elsewhere, and what the table knows of the two. A logistic regression makes odds of that, fitted on
clean texts and on copies of which little was replaced. Such a copy is a mixture: each phrase was
replaced at a small rate, or its author chose it; so what no phrase says for it speaks against it.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from unspun.channel import rescore
from unspun.channel.alone import alone
from unspun.channel.document import Laid, around
from unspun.channel.habits import Prices
from unspun.neural import Reader

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

_RATE = 0.05  # share of the phrases that a spinner may have written which it wrote
_MOST = 7.0  # nats that one phrase can say
_LEAST, _BEST = -4.0, 10.0  # nats that taking back gains: below, it is no phrase; at most
_AROUND, _COMMONER, _AMENDS = (-5.0, 6.0), 8.0, 4.0  # nats that count
_TIMES = 3  # that an original stands in the text, at most
# What counts, and its weight; `tools/fit_decision.py` prints them.
_WEIGHTS = {
    "bias": -1.848,
    "alone": 0.639,
    "around": 0.506,
    "commoner": -0.531,
    "left": -0.863,
    "support": 0.183,
    "amends": 0.428,
}
NAMES, VALUES = tuple(_WEIGHTS), np.array(list(_WEIGHTS.values()))
# The same, and what a neural model says, of phrases that one is asked about
# (`tools/fit_second_opinion.py`).
_ASKED = np.array([0.097, 0.212, 0.236, -0.758, -1.025, 0.161, 0.272, 0.496])
_MOST_ASKED, _LEAST_ASKED = 32, -2.5  # how many, and from what nats
_SAID, MOST_SAID = (-8.0, 20.0), 10.0  # nats of it that count; nats that such a phrase can say


def weigh(laid: Laid, prices: Prices, reader: Reader | None = None) -> float:
    """Nats by which a text's phrases speak for its having been spun.

    Args:
        laid: The text.
        prices: The decoder's weights.
        reader: A neural model that is asked about the oddest phrases.
    """
    arcs, known = phrases(laid, prices)
    odds = known @ VALUES
    if reader is not None:
        some = oddest(odds)
        odds[some] = np.column_stack([known[some], said(laid, arcs[some], reader)]) @ _ASKED
    start, end = laid.table.start[arcs], laid.table.end[arcs]
    return together(start, end, odds, _MOST if reader is None else MOST_SAID)


def oddest(odds: Floats) -> Ints:
    """The phrases that a neural model is asked about."""
    some = np.argsort(-odds, kind="stable")[:_MOST_ASKED]
    return some[odds[some] > _LEAST_ASKED]


def said(laid: Laid, arcs: Ints, reader: Reader) -> Floats:
    """Nats by which a neural model likes the text better with each phrase alone taken back."""
    nothing = np.empty(0, np.int64)
    return np.clip(rescore.odds(laid.lattice, arcs, nothing, reader), *_SAID)


def together(
    start: NDArray[np.int32], end: NDArray[np.int32], odds: Floats, most: float = _MOST
) -> float:
    """The nats of all phrases together, of those that share words the strongest alone.

    Args:
        start: The first node of each.
        end: Its last node.
        odds: Nats by which it speaks for having been written by a spinner.
        most: Nats that one phrase can say.
    """
    free = np.ones(int(end.max(initial=0)), np.bool_)
    kept = odds <= 0.0  # what says nothing for it stands in nobody's way
    strong = np.flatnonzero(~kept)
    for at in strong[np.argsort(-odds[strong], kind="stable")].tolist():
        kept[at] = free[start[at] : end[at]].all()
        if kept[at]:
            free[start[at] : end[at]] = False
    spoken = np.expm1(np.minimum(odds[kept], most))
    return math.fsum(np.log1p(_RATE * spoken).tolist())


def phrases(laid: Laid, prices: Prices) -> tuple[Ints, Floats]:
    """The arc that best takes each phrase back, and what is known of it in the order of `NAMES`."""
    table, index = laid.table, laid.lattice.index
    gains = alone(laid.lattice, prices)
    arcs = np.flatnonzero((table.entry[: len(gains)] >= 0) & (gains > _LEAST))
    arcs = arcs[np.argsort(-gains[arcs], kind="stable")]
    arcs = arcs[np.unique(table.form[arcs], return_index=True)[1]]
    entry = table.entry[arcs]
    columns = (
        np.ones(len(arcs)),
        np.minimum(gains[arcs], _BEST),
        np.clip(_fits(laid, arcs), *_AROUND),
        np.clip(index.commoner[entry], -_COMMONER, _COMMONER),
        _left(laid, arcs),
        index.support[entry],
        np.clip(index.amends[entry], -_AMENDS, _AMENDS),
    )
    return arcs, np.column_stack(columns)


def _fits(laid: Laid, arcs: Ints) -> Floats:
    """Nats by which the words around each arc, as the text stands, speak for taking it back."""
    if laid.lattice.index.context is None or not len(arcs):
        return np.zeros(len(arcs))
    count = len(laid.table.start)
    return around(laid, arcs, np.arange(count - len(laid.lattice.words), count))


def _left(laid: Laid, arcs: Ints) -> Ints:
    """How often the original of each arc stands in the text, with a capital or without as it."""
    table, first = laid.table, len(laid.table.start) - len(laid.lattice.words)
    number = 2 * table.original.astype(np.int64) + table.capital
    stands = number[first:][table.original[first:] >= 0]
    times = np.bincount(stands, minlength=int(number.max(initial=0)) + 1)
    return np.minimum(times[number[arcs]], _TIMES)
