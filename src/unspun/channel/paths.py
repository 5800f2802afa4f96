"""Paths through a graph of readings: how likely each step is, and which path is the best.

Posteriors are found by forward-backward (Rabiner, "A tutorial on hidden Markov models", Proc. IEEE
77(2), 1989). A graph has a few steps a word, and each pass over them is one plain loop: shorter
than the NumPy calls for each level of it would take. Probabilities are kept beside those of one
path to the same node, so that they neither vanish nor overflow.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from unspun import kernels
from unspun.channel.decoder import Arrays, Graph

kernel = kernels.load("unspun.channel._paths", revision=1)

Ints = NDArray[np.int64]
Int32s = NDArray[np.int32]
Floats = NDArray[np.float64]

_FAR = 600.0  # nats between two paths that a float can still tell apart
_NOWHERE = -1e30  # score of what no path reaches


def weigh(graph: Graph, lm: float, arc: Floats, missed: Floats) -> Floats:
    """Score of each step.

    Args:
        graph: The graph.
        lm: Weight of the language model.
        arc: Price of each arc.
        missed: Price of each phrase that is left in place; at the end, that of none.
    """
    if kernel is None:
        return weigh_plain(graph, lm, arc, missed)
    return np.frombuffer(kernel.weigh(graph.score, graph.step, graph.missed, arc, missed, lm))


def weigh_plain(graph: Graph, lm: float, arc: Floats, missed: Floats) -> Floats:
    """What `weigh` gives, without the compiled kernel."""
    model = lm * graph.score.astype(np.float64)
    return np.asarray(model + arc[graph.step] + missed[graph.missed])


def posteriors(
    graph: Graph, lattice: Arrays, weight: Floats, crest: Floats
) -> tuple[Floats, Floats]:
    """Each step's share of all readings, and each segment's total, a natural logarithm.

    Args:
        graph: The graph.
        lattice: The readings.
        weight: Score of each step.
        crest: For each node, the score of one path to it.
    """
    if kernel is None:
        shares, mass = shares_plain(graph, lattice, weight, crest)
    else:
        ends = lattice.start, lattice.end, crest
        odds = np.frombuffer(kernel.beside(weight, graph.step, *ends, _FAR))
        np.exp(odds, out=odds)
        rows = graph.source, graph.target, odds, graph.arc, graph.node
        found = kernel.shares(*rows, lattice.last, graph.step, lattice.segment, lattice.nodes)
        shares, mass = map(np.frombuffer, found)
    return shares, np.log(mass) + crest[lattice.last] - crest[lattice.first]


def shares_plain(
    graph: Graph, lattice: Arrays, weight: Floats, crest: Floats
) -> tuple[Floats, Floats]:
    """Each step's share, and the odds of all readings of a segment, without the compiled kernel."""
    source, target = graph.source, graph.target
    beside = weight - (crest[lattice.end] - crest[lattice.start])[graph.step]
    odds = np.exp(np.clip(beside, -_FAR, _FAR))
    final = _finals(graph, lattice)
    alpha, beta = (graph.arc < 0).astype(np.float64), final.astype(np.float64)
    _flow(source, target, odds, alpha, beta)
    ends = np.flatnonzero(final)
    masses = np.bincount(graph.node[ends], alpha[ends], minlength=lattice.nodes)
    mass = masses.astype(np.float64)[lattice.last]
    return alpha[source] * odds * beta[target] / mass[lattice.segment[graph.step]], mass


def _flow(source: Int32s, target: Int32s, odds: Floats, past: Floats, future: Floats) -> None:
    """Add to each state the odds of all paths that lead to it, and from it."""
    sources, targets, odds_of = source.tolist(), target.tolist(), odds.tolist()
    here_past, here_future = past.tolist(), future.tolist()
    for here, there, share in zip(sources, targets, odds_of, strict=True):
        here_past[there] += here_past[here] * share
    sources.reverse()
    targets.reverse()
    odds_of.reverse()
    for here, there, share in zip(sources, targets, odds_of, strict=True):
        here_future[here] += here_future[there] * share
    past[:], future[:] = here_past, here_future


def pruned(graph: Graph, share: Floats, limit: float) -> tuple[Graph, Floats]:
    """Drop the steps that have no share worth naming.

    Args:
        graph: The graph.
        share: Each step's share.
        limit: Natural logarithm of the least that is.
    """
    source, step, target, missed = graph.source, graph.step, graph.target, graph.missed
    score, least = graph.score, float(np.exp(limit))
    if kernel is None:
        keep = share > least
        source, step, target, missed = source[keep], step[keep], target[keep], missed[keep]
        share, score = share[keep], score[keep]
    else:
        found = kernel.kept(share, source, step, target, missed, score, least)
        share, *numbers, told = found
        share, score = np.frombuffer(share), np.frombuffer(told, np.float32)
        source, step, target, missed = (np.frombuffer(row, np.int32) for row in numbers)
    kept = Graph(graph.arc, graph.node, graph.tail, source, step, target, score, missed)
    return kept, share


def best(graph: Graph, lattice: Arrays, weight: Floats) -> Ints:
    """Steps of the best path of every segment, in no order."""
    if kernel is None:
        return best_plain(graph, lattice, weight)
    rows = graph.source, graph.target, weight, graph.arc, graph.node
    return np.frombuffer(kernel.best(*rows, lattice.last, lattice.nodes), np.int64)


def best_plain(graph: Graph, lattice: Arrays, weight: Floats) -> Ints:
    """What `best` gives, last steps first, without the compiled kernel."""
    top, by = _climbed(graph, weight)
    ends = np.flatnonzero(_finals(graph, lattice))
    ends = ends[np.lexsort((-top[ends], graph.node[ends]))]
    ends = ends[np.flatnonzero(np.diff(graph.node[ends], prepend=-1))]
    sources = graph.source.tolist()
    chosen: list[int] = []
    for state in ends.tolist():
        here = by[state]
        while here >= 0:
            chosen.append(here)
            here = by[sources[here]]
    return np.array(chosen, np.int64)


def _climbed(graph: Graph, weight: Floats) -> tuple[Floats, list[int]]:
    """The best score of each state, and the step by which it is reached."""
    tops = np.where(graph.arc < 0, 0.0, _NOWHERE).tolist()
    by = [-1] * len(tops)
    steps = zip(graph.source.tolist(), graph.target.tolist(), weight.tolist(), strict=True)
    for number, (here, there, score) in enumerate(steps):
        value = tops[here] + score
        if value > tops[there]:
            tops[there] = value
            by[there] = number
    return np.array(tops), by


def _finals(graph: Graph, lattice: Arrays) -> NDArray[np.bool_]:
    """States that end a segment."""
    finals = np.zeros(lattice.nodes, np.bool_)
    finals[lattice.last] = True
    return finals[graph.node]
