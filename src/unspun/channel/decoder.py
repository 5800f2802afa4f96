"""The noisy channel: the likeliest original of a spun text, and how sure that is.

A lattice is searched in passes of growing order. Each pass joins every state (a reading with its
history) with every arc that may follow, and scores the new words with the language model, all in
one call. What has no share worth naming (`paths.py`) is dropped before the next pass. (Coarse to
fine: Charniak et al., "Multilevel coarse-to-fine PCFG parsing", NAACL 2006.)
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from unspun import kernels
from unspun.channel.standing import Phrases, hashed
from unspun.lm.model import LanguageModel

_kernel = kernels.load("unspun.channel._search", revision=3)

Int32s = NDArray[np.int32]
Float32s = NDArray[np.float32]
Floats = NDArray[np.float64]


@dataclass(slots=True)
class Arrays:
    """A lattice as arrays, one element an arc.

    Attributes:
        start: First node; each segment has nodes of its own.
        end: Last node.
        level: Words from the segment's first node to the arc's last.
        words: Language model ids, -1 behind the last.
        size: How many.
        entry: Substitution that is taken back, `KEEP` or `ARTICLE`.
        original: Original phrase in the table, that is taken back or kept, or -1.
        claim: Words that the original phrase has in the table, 0 for words that stay.
        capital: Whether its capitalised form is meant.
        whole: Whether the table's word boundaries are kept.
        apart: Whether it keeps a per cent sign apart from its figure, where 'percent' stood.
        choice: Whether it is contracted or written out, in quotes or not (`contractions`).
        form: A number for the spun phrase as it stands, of taking back and of keeping alike.
        stem: A number for the beginning of the reading's longest word, or -1.
        segment: The segment that it is in.
        nodes: How many nodes.
        first: First node of each segment.
        last: Last node of each segment.
    """

    start: Int32s
    end: Int32s
    level: Int32s
    words: Int32s
    size: Int32s
    entry: Int32s
    original: Int32s
    claim: Int32s
    capital: NDArray[np.bool_]
    whole: NDArray[np.bool_]
    apart: NDArray[np.bool_]
    choice: NDArray[np.int8]
    form: Int32s
    stem: Int32s
    segment: Int32s
    nodes: int
    first: Int32s
    last: Int32s


@dataclass(slots=True)
class Graph:
    """States and the steps between them, for one order.

    Attributes:
        arc: The last arc of each state; -1 for the states that begin a segment.
        node: The node at which each state stands.
        tail: The last words before that node, (states, order - 1).
        source: The state that each step leaves.
        step: The arc that each step takes.
        target: The state that each step reaches.
        score: Language model score of each step's words.
        missed: The longest phrase of the table that each step leaves in the original although
            the spinner would have replaced it, or -1.
    """

    arc: Int32s
    node: Int32s
    tail: Int32s
    source: Int32s
    step: Int32s
    target: Int32s
    score: Float32s
    missed: Int32s


def begin(lattice: Arrays, lm: LanguageModel, openings: list[bool], stop: int) -> Graph:
    """A graph without steps: one state a segment, behind a paragraph's start or a full stop."""
    count = len(lattice.first)
    tail = np.full((count, 1), stop, np.int32)
    tail[np.array(openings, np.bool_)] = lm.start
    none = np.empty(0, np.int32)
    return Graph(
        np.full(count, -1, np.int32), lattice.first, tail, none, none, none,
        np.empty(0, np.float32), none,
    )  # fmt: skip


def expand(graph: Graph, lattice: Arrays, lm: LanguageModel, phrases: Phrases, order: int) -> Graph:
    """Join states with the arcs that may follow, and score the steps with `order` words.

    A state of the order is a step of the order below; what may follow it are the steps that leave
    where it leads.

    Args:
        graph: The graph of the order below, or one without steps.
        lattice: The readings.
        lm: The language model.
        phrases: What the spinner would have replaced.
        order: Words the model may look at.
    """
    if not len(graph.step):
        graph = every_arc(graph, lattice)
    if _kernel is None:
        return expand_plain(graph, lattice, lm, phrases, order)
    rows = (graph.arc, graph.node, graph.tail, graph.source, graph.step, graph.target, graph.missed)
    shape = (lattice.start, lattice.end, lattice.level, lattice.words, lattice.size, lattice.claim)
    found = _kernel.expand(
        order,
        (*rows, *shape),
        phrases.keys, phrases.originals, phrases.heads, phrases.ends, phrases.sizes,
    )  # fmt: skip
    arc, node, tail, source, step, target, missed, row, grams = (
        np.frombuffer(part, np.int32) for part in found
    )
    told = lm.score(grams.reshape(-1, order))
    score = np.bincount(row, told, len(step)).astype(np.float32)
    return Graph(arc, node, tail.reshape(len(arc), -1), source, step, target, score, missed)


def expand_plain(
    graph: Graph, lattice: Arrays, lm: LanguageModel, phrases: Phrases, order: int
) -> Graph:
    """What `expand` gives for a graph with steps, without the compiled kernel."""
    arc, node, tail, lower, reached = _states(graph, lattice, order)
    leaving = np.argsort(graph.source, kind="stable")
    counts = np.bincount(graph.source, minlength=len(graph.arc))
    offsets = np.cumsum(counts) - counts
    fan = counts[lower]
    source = np.repeat(np.arange(len(arc), dtype=np.int32), fan)
    within = np.arange(len(source)) - np.repeat(np.cumsum(fan) - fan, fan)
    below = leaving[offsets[lower[source]] + within]
    below_level = lattice.level[graph.step[below]]
    by_level = np.argsort(below_level, kind="stable")
    source, below = source[by_level], below[by_level]
    step = graph.step[below]
    score = _scores(tail, source, step, lattice, lm, order)
    missed = _missed(arc, tail, source, step, graph.missed[below], lattice, phrases)
    return Graph(arc, node, tail, source, step, reached[below], score, missed)


def every_arc(graph: Graph, lattice: Arrays) -> Graph:
    """A graph whose states are the nodes of the lattice, and whose steps all its arcs."""
    count = len(lattice.start)
    nodes = np.arange(lattice.nodes, dtype=np.int32)
    tail = np.full((lattice.nodes, 1), -1, np.int32)
    tail[graph.node] = graph.tail
    arc = np.zeros(lattice.nodes, np.int32)
    arc[graph.node] = -1
    return Graph(
        arc,
        nodes,
        tail,
        lattice.start,
        np.arange(count, dtype=np.int32),
        lattice.end,
        np.zeros(count, np.float32),
        np.full(count, -1, np.int32),
    )


def _missed(
    arc: Int32s,
    tail: Int32s,
    source: Int32s,
    step: Int32s,
    known: Int32s,
    lattice: Arrays,
    phrases: Phrases,
) -> Int32s:
    """Phrases of the table that stand across the joint of two readings.

    A spinner takes the longest phrases first, so such a phrase would have been replaced, unless a
    longer one had taken some of its words. What fewer words of the past show is known already.
    """
    found = known.copy()
    claim = np.maximum(lattice.claim[step], np.where(arc >= 0, lattice.claim[arc], 0)[source])
    claim = np.maximum(claim, phrases.sizes[known])
    size, width = lattice.size[step], lattice.words.shape[1]
    before = tail.shape[1]
    for own in range(1, len(phrases.keys) + 2 - before):
        length = own + before
        if own > width:
            break
        able = (size >= own) & (claim < length)
        able &= phrases.ends[length - 2][lattice.words[step, own - 1]]
        able &= phrases.heads[length - 2][tail[:, 0]][source]
        rows = np.flatnonzero(able)
        if not len(rows):
            continue
        grams = np.concatenate([tail[source[rows]], lattice.words[step[rows], :own]], axis=1)
        hits = phrases.find(grams)
        found[rows] = np.where(hits >= 0, hits, found[rows])
    return found


def _scores(
    tail: Int32s, source: Int32s, step: Int32s, lattice: Arrays, lm: LanguageModel, order: int
) -> Float32s:
    """Sum of the language model's scores of each step's words, given the state it leaves."""
    size = lattice.size[step]
    context = min(order - 1, tail.shape[1])
    rows, grams = [], []
    for at in range(int(size.max(initial=0))):
        row = np.flatnonzero(size > at)
        own = lattice.words[step[row], max(0, at - order + 1) : at + 1]
        need = min(order - own.shape[1], context)
        gram = np.full((len(row), order), -1, np.int32)
        gram[:, order - own.shape[1] :] = own
        if need > 0:
            gram[:, order - own.shape[1] - need : order - own.shape[1]] = tail[
                source[row], context - need :
            ]
        rows.append(row)
        grams.append(gram)
    if not rows:
        return np.zeros(len(step), np.float32)
    told = lm.score(np.concatenate(grams))
    return np.bincount(np.concatenate(rows), told, len(step)).astype(np.float32)


def _states(
    graph: Graph, lattice: Arrays, order: int
) -> tuple[Int32s, Int32s, Int32s, Int32s, Int32s]:
    """States of the next order: what the steps reach, told apart by `order - 1` words.

    Returns:
        Each state's arc, node, last words, and state of the order below; each step's state.
    """
    width = order - 1
    begin = np.flatnonzero(graph.arc < 0)
    tails = _tails(graph.tail[graph.source], graph.step, lattice, width)
    key = hashed(np.concatenate([graph.step[:, None], tails], axis=1))
    _, one, reached = np.unique(key, return_index=True, return_inverse=True)
    arc = np.concatenate([graph.arc[begin], graph.step[one]])
    node = np.concatenate([graph.node[begin], lattice.end[graph.step[one]]])
    tail = np.concatenate([_padded(graph.tail[begin], width), tails[one]])
    lower = np.concatenate([begin, graph.target[one]])
    return arc, node, tail, lower.astype(np.int32), (reached + len(begin)).astype(np.int32)


def _tails(tail: Int32s, step: Int32s, lattice: Arrays, width: int) -> Int32s:
    """The last `width` words after each step."""
    out = np.full((len(step), width), -1, np.int32)
    size = lattice.size[step]
    have = tail.shape[1]
    for back in range(width):  # the word `back` places before the end
        column = width - 1 - back
        inside = size > back
        out[inside, column] = lattice.words[step[inside], size[inside] - 1 - back]
        at = have - 1 - (back - size)
        outside = ~inside & (at >= 0)
        out[outside, column] = tail[outside, at[outside]]
    return out


def _padded(tail: Int32s, width: int) -> Int32s:
    missing = width - tail.shape[1]
    if missing <= 0:
        return tail[:, -width:]
    return np.concatenate([np.full((len(tail), missing), -1, np.int32), tail], axis=1)


def counted(keys: Int32s, weights: Floats, size: int) -> Floats:
    """Sum of the weights that each key has."""
    return np.bincount(keys, weights, minlength=size).astype(np.float64)
