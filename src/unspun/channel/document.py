"""Read a whole document back: how it was spun, which of its passages, and what stood there."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from unspun.channel import decoder
from unspun.channel.decoder import Arrays
from unspun.channel.habits import Habits, Prices
from unspun.channel.index import Index
from unspun.channel.lattice import KEEP, Arc, Lattice, arrays, build

Floats = NDArray[np.float64]

RATES = (0.95, 0.5, 0.15)  # shares of phrases replaced that are tried
SPUN = 0.5  # posterior from which a sentence counts as spun
_CLEARLY = 0.5  # nats a word from which no other rate is tried


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
    """

    readings: tuple[Reading, ...]
    gains: tuple[float, ...]
    spun: tuple[float, ...]
    rate: float
    lattice: Lattice


@dataclass(frozen=True, slots=True)
class Searched:
    """A text after the search: whether it was spun is known, not yet what is taken back.

    Attributes:
        lattice: All readings.
        table: The same as arrays.
        graph: What is left of them.
        plan: The graph's levels.
        rate: Estimated share of the table's phrases that was replaced.
        habits: Prices at that rate.
        share: Natural logarithm of each step's posterior.
        gains: For each segment, nats by which the spun reading beats the text as it stands.
        spun: For each segment, the posterior probability that it is spun.
    """

    lattice: Lattice
    table: Arrays
    graph: decoder.Graph
    plan: decoder.Sweep
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
    """Find out whether and how a text was spun; None if it has no words."""
    lattice = build(text, index)
    if not lattice.segments:
        return None
    table = arrays(lattice, index)
    graph, plan = _search(table, index, lattice, prices)
    plain = _plain(lattice, table, index, prices)
    rate, habits, share, gains = _rated(
        table, graph, plan, index, prices, plain, len(lattice.words)
    )
    spun = _passages(gains, lattice, prices)
    return Searched(lattice, table, graph, plan, rate, habits, share, gains, spun)


def read(found: Searched, prices: Prices) -> Decoded:
    """The likeliest original, by the habits of the document."""
    table, graph, plan = found.table, found.graph, found.plan
    habits, share = found.habits, found.share
    for _ in range(prices.rounds):
        habits = habits.informed(graph, share)
        share, _ = _shares(graph, plan, habits.weight(graph), table)
    expected = decoder.counted(graph.step, np.exp(share), len(table.start))
    chosen = decoder.best(graph, plan, habits.weight(graph))
    readings = _readings(found.lattice, table, graph.step[chosen], expected)
    taken = tuple(r for r in readings if found.spun[r.segment] >= SPUN)
    gains, spun = tuple(found.gains.tolist()), tuple(found.spun.tolist())
    return Decoded(taken, gains, spun, found.rate, found.lattice)


def _search(
    table: Arrays, index: Index, lattice: Lattice, prices: Prices
) -> tuple[decoder.Graph, decoder.Sweep]:
    """Search in passes of growing order."""
    stop = int(index.lm.encode(["."])[0])
    habits = Habits.first_guess(table, index, prices, prices.rate)
    graph = decoder.begin(table, index.lm, lattice.openings, stop)
    alive = np.arange(len(table.start), dtype=np.int32)
    for order in range(2, index.lm.order + 1):
        graph = decoder.expand(graph, table, index.lm, index.phrases, order, alive)
        plan = decoder.sweep(graph, table)
        if order < index.lm.order:
            share, _ = _shares(graph, plan, habits.weight(graph), table)
            graph, alive = _pruned(graph, share, prices.prune)
    return graph, plan


def _rated(
    table: Arrays,
    graph: decoder.Graph,
    plan: decoder.Sweep,
    index: Index,
    prices: Prices,
    plain: Floats,
    words: int,
) -> tuple[float, Habits, Floats, Floats]:
    """The replacement rate that explains the document best, with what follows from it."""
    best = None
    for rate in RATES:
        habits = Habits.first_guess(table, index, prices, rate)
        share, totals = _shares(graph, plan, habits.weight(graph), table)
        gains = totals - plain
        value = float(np.maximum(gains, 0.0).sum())
        if best is None or value > best[0]:
            best = (value, rate, habits, share, gains)
        if rate == RATES[0] and value > _CLEARLY * words:
            break
    assert best is not None  # noqa: S101  # RATES is not empty
    return best[1:]


def _plain(lattice: Lattice, table: Arrays, index: Index, prices: Prices) -> Floats:
    """Score of each segment as it stands."""
    lm = index.lm
    keep = np.flatnonzero(table.entry == KEEP)
    keep = keep[np.argsort(table.start[keep])]
    ids = table.words[keep, 0]
    stop = int(lm.encode(["."])[0])
    rows = []
    for (begin, end), opening in zip(lattice.segments, lattice.openings, strict=True):
        front = np.full(lm.order - 1, -1, np.int32)
        front[-1] = lm.start if opening else stop
        line = np.concatenate([front, ids[begin:end]])
        rows.append(np.lib.stride_tricks.sliding_window_view(line, lm.order))
    scores = prices.lm * lm.score(np.concatenate(rows)).astype(np.float64)
    bounds = [begin for begin, _ in lattice.segments]
    return np.asarray(np.add.reduceat(scores, bounds))


def _passages(gains: Floats, lattice: Lattice, prices: Prices) -> Floats:
    """Posterior probability of each segment to be spun: a chain of two states."""
    clipped = np.clip(gains, -prices.trust, prices.trust)
    stay = np.where(np.array(lattice.openings), prices.turn_line, prices.turn)
    alpha = np.zeros((len(gains), 2))
    state = np.log([0.5, 0.5])
    for at in range(len(gains)):
        if at:
            state = _turned(state, stay[at])
        state = state + np.array([0.0, clipped[at]])
        alpha[at] = state
    beta = np.zeros((len(gains), 2))
    state = np.zeros(2)
    for at in range(len(gains) - 1, 0, -1):
        state = _turned(state + np.array([0.0, clipped[at]]), stay[at])
        beta[at - 1] = state
    both = alpha + beta
    return np.asarray(1.0 / (1.0 + np.exp(np.clip(both[:, 0] - both[:, 1], -50, 50))))


def _turned(state: Floats, turn: float) -> Floats:
    """One step of the chain, in logarithms."""
    stay, change = np.log1p(-turn), np.log(turn)
    return np.asarray(np.logaddexp(state + stay, state[::-1] + change))


def _shares(
    graph: decoder.Graph, plan: decoder.Sweep, weight: Floats, table: Arrays
) -> tuple[Floats, Floats]:
    """Natural logarithm of each step's posterior, and of each segment's total."""
    through, alpha = decoder.posteriors(graph, plan, weight)
    totals = np.full(table.nodes, -np.inf)
    finals = np.flatnonzero(plan.finals)
    np.logaddexp.at(totals, graph.node[finals], alpha[finals])
    segment = np.searchsorted(table.first, table.start[graph.step], side="right") - 1
    return np.asarray(through - totals[table.last[segment]]), totals[table.last]


def _pruned(
    graph: decoder.Graph, share: Floats, limit: float
) -> tuple[decoder.Graph, NDArray[np.int32]]:
    """Drop what has no share worth naming; the text as it stands is never dropped."""
    keep = share > limit
    kept = decoder.Graph(
        graph.arc,
        graph.node,
        graph.tail,
        graph.source[keep],
        graph.step[keep],
        graph.target[keep],
        graph.score[keep],
        graph.missed[keep],
    )
    return kept, np.unique(kept.step)


def _readings(
    lattice: Lattice, table: Arrays, chosen: NDArray[np.int32], expected: Floats
) -> list[Reading]:
    """The substitutions on the best path."""
    form = table.form.astype(np.int64) * (1 << 24) + table.entry + 2
    _, form_of = np.unique(form, return_inverse=True)
    seen = np.bincount(form_of, expected)[form_of]
    segment = np.searchsorted(table.first, table.start, side="right") - 1
    readings = []
    for arc in chosen[np.argsort(table.start[chosen])].tolist():
        if table.entry[arc] != KEEP:
            share = float(min(expected[arc], 1.0))
            odds = float(np.log((share + 1e-9) / (1.0 - share + 1e-9)))
            reading = lattice.arcs[arc]
            named = reading.text[:1].isupper() and not lattice.opens[reading.start]
            readings.append(
                Reading(reading, int(segment[arc]), share, odds, float(seen[arc]), named)
            )
    return readings


def rewritten(decoded: Decoded) -> str:
    """The text with its readings taken back."""
    text = decoded.lattice.text
    out, at = [], 0
    for reading in decoded.readings:
        out += [text[at : reading.arc.first], reading.arc.text]
        at = reading.arc.last
    return "".join([*out, text[at:]])
