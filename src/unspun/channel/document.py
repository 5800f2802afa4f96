"""Read a whole document back: how it was spun, which of its passages, and what stood there."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from unspun.channel import contractions, decoder, paths, rescore
from unspun.channel.context import line_of
from unspun.channel.decoder import Arrays
from unspun.channel.habits import Habits, Prices
from unspun.channel.index import Index
from unspun.channel.lattice import KEEP, Arc, Lattice, build
from unspun.channel.numbering import arrays
from unspun.neural import Reader

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

RATES = (0.95, 0.5, 0.15)  # shares of phrases replaced that are tried
SPUN = 0.5  # posterior from which a sentence counts as spun
_MOST_READINGS, _FEW = 2.4, 40  # readings: spun prose has up to 1.4 a word, a list of words more
_SETTLED = 0.002  # posterior below which, or so close to one, nothing around is looked at
_DOUBTED = 0.02  # the same for asking a neural model


@dataclass(frozen=True, slots=True)
class Reading:
    """One substitution that the decoder takes back.

    Attributes:
        arc: Where, and what stood there.
        segment: In which stretch of the lattice.
        share: Posterior probability.
        margin: Natural logarithm of the odds against keeping the text as it stands.
        seen: How often the same substitution is expected elsewhere in the document.
        named: Whether it is written with a capital inside a sentence.
    """

    arc: Arc
    segment: int
    share: float
    margin: float
    seen: float
    named: bool


@dataclass(frozen=True, slots=True)
class Decoded:
    """The likeliest original of a text.

    Attributes:
        readings: Substitutions taken back in passages that are spun, in order.
        gains: For each segment, nats by which the spun reading beats the text as it stands.
        spun: For each segment, the posterior probability that it is spun.
        rate: Estimated share of the table's phrases that was replaced.
        lattice: All readings.
        rescored: Whether a neural model was asked.
    """

    readings: tuple[Reading, ...]
    gains: tuple[float, ...]
    spun: tuple[float, ...]
    rate: float
    lattice: Lattice
    rescored: bool = False


class Laid(NamedTuple):
    """A text before the search.

    Attributes:
        lattice: All readings.
        table: The same as arrays.
    """

    lattice: Lattice
    table: Arrays


@dataclass(frozen=True, slots=True)
class Searched:
    """A text after the search: which passages were spun is known, not yet what is taken back.

    Attributes:
        lattice: All readings.
        table: The same as arrays.
        graph: What is left of them.
        crest: For each node, the score of the text as it stands up to it.
        rate: Estimated share of the table's phrases that was replaced.
        habits: Prices at that rate.
        share: Each step's posterior.
        gains: For each segment, nats by which the spun reading beats the text as it stands.
        spun: For each segment, the posterior probability that it is spun.
    """

    lattice: Lattice
    table: Arrays
    graph: decoder.Graph
    crest: Floats
    rate: float
    habits: Habits
    share: Floats
    gains: Floats
    spun: Floats

    @property
    def gain(self) -> float:
        """Nats by which the spun reading of the spun passages beats the text as it stands."""
        return float(self.gains[self.spun >= SPUN].sum())


def decode(text: str, index: Index, prices: Prices) -> Decoded:
    """Find the likeliest original of a text that a spinner may have written."""
    found = search(text, index, prices)
    return read(found, prices) if found else Decoded((), (), (), 0.0, build(text, index))


def search(text: str, index: Index, prices: Prices) -> Searched | None:
    """Find out how a text was spun; None if it is no prose."""
    laid = laid_out(text, index)
    return searched(laid, prices) if laid else None


def laid_out(text: str, index: Index) -> Laid | None:
    """All readings of a text; None if it is no prose."""
    lattice = build(text, index)
    words = len(lattice.words)
    if not words or len(lattice.readings.text) > _MOST_READINGS * words + _FEW:
        return None
    return Laid(lattice, arrays(lattice))


def searched(laid: Laid, prices: Prices) -> Searched:
    """A text after the search."""
    lattice, table = laid
    index = lattice.index
    crest = crest_of(lattice, table, index, prices)
    graph = _search(table, index, lattice, prices, crest)
    rate, habits, share, gains = _rated(table, graph, index, prices, crest)
    spun = _passages(gains, lattice, prices)
    return Searched(lattice, table, graph, crest, rate, habits, share, gains, spun)


def read(found: Searched, prices: Prices, reader: Reader | None = None) -> Decoded:
    """The likeliest original, by the habits of the document.

    Args:
        found: The text after the search.
        prices: The decoder's weights.
        reader: A neural model that is asked about what is in doubt.
    """
    graph, habits = consulted(found, prices)
    weight = habits.weight(graph)
    if reader is not None:
        weight = _rescored(found, graph, weight, prices, reader)
    chosen, expected = _chosen(found, graph, weight)
    readings = _readings(found.lattice, found.table, chosen, expected)
    taken = tuple(r for r in readings if found.spun[r.segment] >= SPUN)
    gains, spun = tuple(found.gains.tolist()), tuple(found.spun.tolist())
    return Decoded(taken, gains, spun, found.rate, found.lattice, reader is not None)


def _chosen(
    found: Searched, graph: decoder.Graph, weight: Floats
) -> tuple[NDArray[np.int32], Floats]:
    """The arcs of the path on which as many words as can be are right; each arc's posterior."""
    table = found.table
    share, _ = paths.posteriors(graph, table, weight, found.crest)
    expected = decoder.counted(graph.step, share, len(table.start))
    words = table.end - table.start
    chosen = paths.best(graph, table, (expected * words)[graph.step])
    return graph.step[chosen], expected


def _rescored(
    found: Searched, graph: decoder.Graph, weight: Floats, prices: Prices, reader: Reader
) -> Floats:
    """Score of each step once a neural model was asked about what is in doubt."""
    table = found.table
    chosen, expected = _chosen(found, graph, weight)
    doubtful = (expected > _DOUBTED) & (expected < 1.0 - _DOUBTED) & (table.entry != KEEP)
    arcs = np.flatnonzero(doubtful & (found.spun[table.segment] >= SPUN))
    nats = np.zeros(len(expected))
    path = chosen[table.entry[chosen] != KEEP]
    nats[arcs] = prices.neural * rescore.odds(found.lattice, arcs, path, reader)
    return prices.tempered * weight + nats[graph.step]


def consulted(found: Searched, prices: Prices) -> tuple[decoder.Graph, Habits]:
    """The readings that are left, and their prices when the rest of the document has been asked."""
    table, habits = found.table, found.habits
    if found.lattice.index.context is not None:
        habits = replace(habits, prices=replace(prices, lm=prices.again))
    graph, share = paths.pruned(found.graph, found.share, prices.prune)
    for turn in range(prices.rounds):
        if turn:
            share, _ = paths.posteriors(graph, table, habits.weight(graph), found.crest)
        habits = habits.informed(graph, share, _beside(found, graph, share, habits))
    return graph, habits


def _beside(found: Searched, graph: decoder.Graph, share: Floats, habits: Habits) -> Floats:
    """What the words around say for each arc, as the likeliest reading of now has them."""
    table, index, prices = found.table, found.lattice.index, habits.prices
    expected = decoder.counted(graph.step, share, len(table.start))
    out = np.zeros(len(expected))
    if found.rate == RATES[0]:
        out += prices.contracted * contractions.odds(table.choice, expected)
    if index.context is None:
        return out
    if found.rate < RATES[0]:
        out[table.entry >= 0] = -prices.partly
    chosen = paths.best(graph, table, habits.weight(graph))
    doubtful = (expected > _SETTLED) & (expected < 1.0 - _SETTLED) & (table.entry >= 0)
    arcs, path = np.flatnonzero(doubtful), graph.step[chosen].astype(np.int64)
    out[arcs] += prices.context * around(Laid(found.lattice, table), arcs, path)
    return out + index.amends[table.entry]


def around(laid: Laid, arcs: Ints, path: Ints) -> Floats:
    """Nats by which the words of a reading around each arc speak for it.

    Args:
        laid: The text.
        arcs: Substitutions.
        path: Arcs of the reading.
    """
    lattice, table = laid
    index = lattice.index
    assert index.context is not None  # noqa: S101  # who asks has looked
    line = line_of(table, path, lattice.openings, index.lm.start)
    ends = table.start[arcs].astype(np.int64) * table.nodes + table.end[arcs]
    _, one, place = np.unique(ends, return_index=True, return_inverse=True)
    first, last = line.left[table.start[arcs[one]]], line.right[table.end[arcs[one]]]
    told = index.context.places(line.words, first, last)[place]
    taken, kept = (rows[table.entry[arcs]] for rows in index.fits)
    return index.context.odds(told, taken, kept)


def _search(
    table: Arrays, index: Index, lattice: Lattice, prices: Prices, crest: Floats
) -> decoder.Graph:
    """Search in passes of growing order."""
    stop = int(index.lm.encode(["."])[0])
    habits = Habits.first_guess(table, index, prices, prices.rate)
    graph = decoder.begin(table, index.lm, lattice.openings, stop)
    for order in range(2, index.lm.order + 1):
        graph = decoder.expand(graph, table, index.lm, index.phrases, order)
        if order < index.lm.order:
            share, _ = paths.posteriors(graph, table, habits.weight(graph), crest)
            graph, _ = paths.pruned(graph, share, prices.prune)
    return graph


def _rated(
    table: Arrays, graph: decoder.Graph, index: Index, prices: Prices, crest: Floats
) -> tuple[float, Habits, Floats, Floats]:
    """The replacement rate that explains the document best, with what follows from it."""
    best = None
    for rate in RATES:
        habits = Habits.first_guess(table, index, prices, rate)
        share, totals = paths.posteriors(graph, table, habits.weight(graph), crest)
        gains = totals - (crest[table.last] - crest[table.first])
        value = float(np.maximum(gains, 0.0).sum())
        if best is not None and value < best[0]:
            break  # what lies further off explains it worse still
        best = (value, rate, habits, share, gains)
    assert best is not None  # noqa: S101  # RATES is not empty
    return best[1:]


def crest_of(lattice: Lattice, table: Arrays, index: Index, prices: Prices) -> Floats:
    """Score of the text as it stands, from its beginning to each node."""
    lm, order = index.lm, index.lm.order
    ids = table.words[len(table.start) - len(lattice.words) :, 0]
    stop = int(lm.encode(["."])[0])
    sizes = table.last - table.first
    line = np.full(len(ids) + (order - 1) * len(sizes), -1, np.int32)
    nodes = np.repeat(np.arange(len(sizes)), sizes)
    place = np.arange(len(ids)) + (nodes + 1) * (order - 1)
    line[place] = ids
    heads = place[np.cumsum(sizes) - sizes]
    line[heads - 1] = np.where(lattice.openings, lm.start, stop)
    rows = np.lib.stride_tricks.sliding_window_view(line, order)[place - order + 1]
    told = np.zeros(table.nodes)
    told[np.arange(len(ids)) + nodes + 1] = prices.lm * lm.score(rows).astype(np.float64)
    return np.cumsum(told)


def _passages(gains: Floats, lattice: Lattice, prices: Prices) -> Floats:
    """Posterior probability of each segment to be spun: a chain of two states."""
    trust = prices.trust
    told = [min(max(gain, -trust), trust) for gain in gains.tolist()]
    turns = [prices.turn_line if opens else prices.turn for opens in lattice.openings]
    past, future = [0.0] * len(told), [0.0] * len(told)  # logarithms of the odds
    state = 0.0
    for at, gain in enumerate(told):
        state = (_turned(state, turns[at]) if at else state) + gain
        past[at] = state
    state = 0.0
    for at in range(len(told) - 1, 0, -1):
        state = _turned(state + told[at], turns[at])
        future[at - 1] = state
    odds = np.array(past) + np.array(future)
    return np.asarray(1.0 / (1.0 + np.exp(np.clip(-odds, -50, 50))))


def _turned(odds: float, turn: float) -> float:
    """One step of the chain: the logarithm of the odds behind it."""
    other = math.exp(-abs(odds))  # of the likelier state's probability
    apart = math.log((1.0 - turn + turn * other) / (turn + (1.0 - turn) * other))
    return apart if odds > 0 else -apart


def _readings(
    lattice: Lattice, table: Arrays, chosen: NDArray[np.int32], expected: Floats
) -> list[Reading]:
    """The substitutions on the best path."""
    form = table.form.astype(np.int64) * (1 << 24) + table.entry + 2
    _, form_of = np.unique(form, return_inverse=True)
    seen = np.bincount(form_of, expected)[form_of]
    chosen = chosen[table.entry[chosen] != KEEP]
    chosen = chosen[np.argsort(table.start[chosen])]
    segments = table.segment[chosen]
    shares = np.minimum(expected[chosen], 1.0)
    odds = np.log((shares + 1e-9) / (1.0 - shares + 1e-9))
    arcs = lattice.arcs(chosen)
    opens = lattice.opens[[arc.start for arc in arcs]].tolist() if arcs else []
    named = [
        arc.text[:1].isupper() and not opening for arc, opening in zip(arcs, opens, strict=True)
    ]
    columns = (segments, shares, odds, seen[chosen])
    rows = zip(arcs, *(column.tolist() for column in columns), named, strict=True)
    return [Reading(*row) for row in rows]


def rewritten(decoded: Decoded) -> str:
    """The text with its readings taken back."""
    text = decoded.lattice.text
    out, at = [], 0
    for reading in decoded.readings:
        out += [text[at : reading.arc.first], reading.arc.text]
        at = reading.arc.last
    return "".join([*out, text[at:]])
