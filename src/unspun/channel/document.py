"""Read a whole document back: one channel, one language model, one set of habits.

A spinner draws one alternative for each form of a document and uses it throughout, so what was
taken back in one place changes the odds in all others. After the search the price of each
substitution is replaced by its price given the rest of the document (a Chinese restaurant process
with the table as its base), a few times over; the share of phrases replaced is estimated likewise.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from unspun.channel import decoder
from unspun.channel.lattice import ARTICLE, KEEP, Arc, Arrays, Index, Lattice, arrays, build
from unspun.lm.model import LanguageModel

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Prices:
    """Weights of the decoder, tuned on the development part of the pairs.

    Attributes:
        lm: Weight of the language model.
        channel: Weight of the channel's probabilities.
        take: Nats added for every substitution taken back.
        concentration: Strength of the table against the rest of the document.
        rate: Share of phrases replaced that is assumed at first.
        article: Nats for 'a' read as 'an', or the reverse.
        prune: Natural logarithm of the posterior below which a reading is dropped.
        rounds: How often the document is consulted.
    """

    lm: float = 1.0
    channel: float = 1.0
    take: float = 0.0
    concentration: float = 0.5
    rate: float = 0.9
    article: float = -3.0
    prune: float = -8.0
    rounds: int = 2


@dataclass(frozen=True, slots=True)
class Reading:
    """One substitution that the decoder takes back.

    Attributes:
        arc: Where, and what stood there.
        log_share: Natural logarithm of its posterior.
        other: Posterior of the strongest different reading that crosses it.
    """

    arc: Arc
    share: float
    support: float


@dataclass(frozen=True, slots=True)
class Decoded:
    """The likeliest original of a text.

    Attributes:
        readings: Substitutions taken back, in order.
        gain: Nats by which the spun reading beats the text as it stands, by segment.
        rate: Estimated share of the table's phrases that was replaced.
        lattice: All readings.
    """

    readings: tuple[Reading, ...]
    gain: tuple[float, ...]
    rate: float
    lattice: Lattice


def decode(text: str, index: Index, lm: LanguageModel, prices: Prices) -> Decoded:
    """Find the likeliest original of a text that a spinner wrote."""
    lattice = build(text, index)
    if not lattice.segments:
        return Decoded((), (), 0.0, lattice)
    table = arrays(lattice, index, lm)
    stop = int(lm.encode(["."])[0])
    base = _prices(table, index, prices)
    graph = decoder.begin(table, lm, lattice.openings, stop)
    alive = np.arange(len(table.start), dtype=np.int32)
    share = np.zeros(0)
    for order in range(2, lm.order + 1):
        graph = decoder.expand(graph, table, lm, order, alive)
        plan = decoder.sweep(graph, table)
        weight = prices.lm * graph.score.astype(np.float64) + base[graph.step]
        share = _shares(graph, plan, weight, table)
        if order < lm.order:
            graph, alive = _pruned(graph, share, prices.prune)
    rate = prices.rate
    for _ in range(prices.rounds):
        base = _informed(table, index, prices, graph, share)
        weight = prices.lm * graph.score.astype(np.float64) + base[graph.step]
        share = _shares(graph, plan, weight, table)
    chosen, _ = decoder.best(graph, plan, weight)
    return _decoded(lattice, table, graph, chosen, share, rate)


def _prices(table: Arrays, index: Index, prices: Prices) -> Floats:
    """Price of each arc without regard to the rest of the document."""
    entries = index.channel.entries
    logp = np.array([entry.logp for entry in entries] + [0.0, 0.0])
    rates = np.array([*index.rates, 0.0])
    taken = table.entry >= 0
    # the table's prior
    replaced = np.clip(prices.rate * rates[table.original] / 0.96, 0.0, 0.995)
    price = np.where(
        taken, prices.channel * logp[table.entry] + np.log(replaced + 1e-9) + prices.take, 0.0
    )
    keep = (table.entry == KEEP) & (table.original >= 0)
    price = np.where(keep, np.log1p(-replaced), price)
    return np.where(table.entry == ARTICLE, prices.article, price)


def _informed(
    table: Arrays, index: Index, prices: Prices, graph: decoder.Graph, share: Floats
) -> Floats:
    """Price of each arc given how often the rest of the document bears it out."""
    expected = np.bincount(graph.step, np.exp(share), minlength=len(table.start))
    entries = index.channel.entries
    first = _prices(table, index, prices)
    form = table.original.astype(np.int64) * 2 + table.capital
    form = np.where(table.original >= 0, form, -1)
    draw = np.where(table.entry >= 0, table.entry.astype(np.int64) + 1, 0)
    known = form >= 0
    pair = form * (len(entries) + 2) + draw
    _, pair_of = np.unique(np.where(known, pair, -1), return_inverse=True)
    _, form_of = np.unique(form, return_inverse=True)
    by_pair = np.bincount(pair_of, expected)[pair_of] - expected
    by_form = np.bincount(form_of, expected)[form_of] - expected
    k = prices.concentration
    predictive = np.log((k * np.exp(first) + by_pair + 1e-6) / (k + by_form + 1e-6))
    return np.where(known, predictive, first)


def _shares(
    graph: decoder.Graph, plan: decoder.Sweep, weight: Floats, table: Arrays
) -> Floats:
    """Natural logarithm of each step's posterior."""
    through, alpha = decoder.posteriors(graph, plan, weight)
    totals = np.full(table.nodes, -np.inf)
    finals = np.flatnonzero(plan.finals)
    np.logaddexp.at(totals, graph.node[finals], alpha[finals])
    segment = np.searchsorted(table.first, table.start[graph.step], side="right") - 1
    return np.asarray(through - totals[table.last[segment]])


def _pruned(
    graph: decoder.Graph, share: Floats, limit: float
) -> tuple[decoder.Graph, NDArray[np.int32]]:
    keep = share > limit
    graph.source, graph.step = graph.source[keep], graph.step[keep]
    graph.target, graph.score = graph.target[keep], graph.score[keep]
    return graph, np.unique(graph.step)


def _decoded(
    lattice: Lattice,
    table: Arrays,
    graph: decoder.Graph,
    chosen: NDArray[np.intp],
    share: Floats,
    rate: float,
) -> Decoded:
    expected = np.bincount(graph.step, np.exp(share), minlength=len(table.start))
    readings = []
    for arc in sorted(graph.step[chosen].tolist(), key=lambda number: int(table.start[number])):
        if table.entry[arc] == KEEP:
            continue
        reading = lattice.arcs[int(table.order[arc])]
        readings.append(Reading(reading, float(min(expected[arc], 1.0)), 0.0))
    return Decoded(tuple(readings), (), rate, lattice)


def rewritten(decoded: Decoded) -> str:
    """The text with its readings taken back."""
    text, words = decoded.lattice.text, decoded.lattice.words
    out, at = [], 0
    for reading in decoded.readings:
        start, end = words.starts[reading.arc.start], words.ends[reading.arc.end - 1]
        out += [text[at:start], reading.arc.text]
        at = end
    return "".join([*out, text[at:]])
