"""The noisy channel: the likeliest original of a spun text, and how sure that is.

A lattice is searched in passes of growing order. Each pass joins every state (a reading with its
history) with every arc that may follow, scores the new words with the language model, all in one
call, and runs forward-backward over the result, level by level for all segments at once. What
has no share worth naming is dropped before the next pass. (Coarse to fine: Charniak et al.,
"Multilevel coarse-to-fine PCFG parsing", NAACL 2006; posteriors by forward-backward: Rabiner,
"A tutorial on hidden Markov models", Proc. IEEE 77(2), 1989.)
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from unspun.lm.model import LanguageModel

Int32s = NDArray[np.int32]
Float32s = NDArray[np.float32]
Floats = NDArray[np.float64]

_FACTOR = np.uint64(0x9E3779B97F4A7C15)  # 2^64 divided by the golden ratio (Knuth 6.4)


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
        form: A number for the spun phrase as it stands, of taking back and of keeping alike.
        stem: A number for the beginning of the reading's longest word, or -1.
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
    form: Int32s
    stem: Int32s
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


@dataclass(frozen=True, slots=True)
class Phrases:
    """Phrases of several words that a spinner replaces, as the language model's words.

    Attributes:
        keys: For each length from two words up, the sorted hashes.
        originals: For each length, the number of the original phrase behind each hash.
        heads: For each length, which words begin such a phrase.
        ends: For each length, which words end one.
    """

    keys: tuple[NDArray[np.uint64], ...]
    originals: tuple[Int32s, ...]
    heads: tuple[NDArray[np.bool_], ...]
    ends: tuple[NDArray[np.bool_], ...]

    def find(self, grams: Int32s) -> Int32s:
        """The phrase that each row is, or -1."""
        length = grams.shape[1] - 2
        if length >= len(self.keys) or not len(self.keys[length]):
            return np.full(len(grams), -1, np.int32)
        keys = self.keys[length]
        wanted = hashed(grams)
        at = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
        return np.where(keys[at] == wanted, self.originals[length][at], -1).astype(np.int32)


def hashed(rows: Int32s) -> NDArray[np.uint64]:
    """A number for each row (multiplicative hashing, 64 bits)."""
    key = np.full(len(rows), 7, np.uint64)
    for column in range(rows.shape[1]):
        key = (key * _FACTOR) ^ (key >> np.uint64(29))
        key += (rows[:, column].astype(np.int64) + 2).astype(np.uint64)
    return (key * _FACTOR) ^ (key >> np.uint64(32))


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


def expand(
    graph: Graph,
    lattice: Arrays,
    lm: LanguageModel,
    phrases: Phrases,
    order: int,
    alive: Int32s,
) -> Graph:
    """Join states with the arcs that may follow, and score the steps with `order` words.

    Args:
        graph: The graph of the order below.
        lattice: The readings.
        lm: The language model.
        phrases: What the spinner would have replaced.
        order: Words the model may look at.
        alive: Arcs that may be taken.
    """
    if len(graph.step):
        arc, node, tail, source = _states(graph, lattice, order)
    else:
        arc, node, tail = graph.arc, graph.node, graph.tail
        everything = alive[np.argsort(lattice.end[alive], kind="stable")]
        arc = np.concatenate([arc, everything]).astype(np.int32)
        node = np.concatenate([node, lattice.end[everything]]).astype(np.int32)
        last = lattice.words[everything, lattice.size[everything] - 1]
        tail = np.concatenate([tail, last[:, None]]).astype(np.int32)
    followers = alive[np.argsort(lattice.start[alive], kind="stable")]
    counts = np.bincount(lattice.start[followers], minlength=lattice.nodes)
    offsets = np.concatenate([[0], np.cumsum(counts)])
    fan = counts[node]
    source = np.repeat(np.arange(len(node), dtype=np.int32), fan)
    within = np.arange(len(source)) - np.repeat(np.cumsum(fan) - fan, fan)
    step = followers[offsets[node[source]] + within].astype(np.int32)
    score = _scores(tail, source, step, lattice, lm, order)
    missed = _missed(arc, tail, source, step, lattice, phrases)
    return _linked(Graph(arc, node, tail, source, step, step, score, missed), lattice)


def _missed(
    arc: Int32s, tail: Int32s, source: Int32s, step: Int32s, lattice: Arrays, phrases: Phrases
) -> Int32s:
    """Phrases of the table that stand across the joint of two readings.

    A spinner takes the longest phrases first, so such a phrase would have been replaced, unless a
    longer one had taken some of its words.
    """
    found = np.full(len(step), -1, np.int32)
    claim = np.maximum(lattice.claim[step], np.where(arc >= 0, lattice.claim[arc], 0)[source])
    size, width = lattice.size[step], lattice.words.shape[1]
    for length in range(2, len(phrases.keys) + 2):
        for own in range(1, length):
            before = length - own
            if before > tail.shape[1]:
                continue
            able = (size >= own) & (claim < length)
            able &= (
                phrases.ends[length - 2][lattice.words[step, own - 1]] if own <= width else False
            )
            able &= phrases.heads[length - 2][tail[:, tail.shape[1] - before]][source]
            rows = np.flatnonzero(able)
            if not len(rows):
                continue
            left = tail[source[rows]][:, tail.shape[1] - before :]
            grams = np.concatenate([left, lattice.words[step[rows], :own]], axis=1)
            hits = phrases.find(grams)
            found[rows] = np.where(hits >= 0, hits, found[rows])
    return found


def _scores(
    tail: Int32s, source: Int32s, step: Int32s, lattice: Arrays, lm: LanguageModel, order: int
) -> Float32s:
    """Sum of the language model's scores of each step's words, given the state it leaves."""
    total = np.zeros(len(step), np.float32)
    size = lattice.size[step]
    context = min(order - 1, tail.shape[1])
    for at in range(int(size.max(initial=0))):
        rows = np.flatnonzero(size > at)
        own = lattice.words[step[rows], max(0, at - order + 1) : at + 1]
        need = min(order - own.shape[1], context)
        if need > 0:
            grams = np.concatenate([tail[source[rows]][:, context - need :], own], axis=1)
            total[rows] += lm.score(grams)
        else:  # nothing of the state is seen: one score an arc will do
            arcs, back = np.unique(step[rows], return_inverse=True)
            own = lattice.words[arcs, max(0, at - order + 1) : at + 1]
            total[rows] += lm.score(own)[back]
    return total


def _states(graph: Graph, lattice: Arrays, order: int) -> tuple[Int32s, Int32s, Int32s, Int32s]:
    """States of the next order: what the steps reach, told apart by `order - 1` words."""
    width = order - 1
    tails = _tails(graph.tail[graph.source], graph.step, lattice, width)
    begin_states = np.flatnonzero(graph.arc < 0)
    begin_tail = _padded(graph.tail[begin_states], width)
    arc = np.concatenate([np.full(len(begin_states), -1, np.int32), graph.step])
    node = np.concatenate([graph.node[begin_states], lattice.end[graph.step]])
    tail = np.concatenate([begin_tail, tails])
    key = _key(arc, tail)
    key[: len(begin_states)] = np.arange(len(begin_states), dtype=np.uint64)
    _, one = np.unique(key, return_index=True)
    one.sort()
    empty = np.empty(0, np.int32)
    return arc[one].astype(np.int32), node[one].astype(np.int32), tail[one], empty


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


def _key(arc: Int32s, tail: Int32s) -> NDArray[np.uint64]:
    """A number that tells states apart."""
    return hashed(np.concatenate([arc[:, None], tail], axis=1)) | np.uint64(1 << 63)


def _linked(graph: Graph, lattice: Arrays) -> Graph:
    """Find the state that each step reaches; steps ordered by the level they reach."""
    width = graph.tail.shape[1]
    tails = _tails(graph.tail[graph.source], graph.step, lattice, width)
    keys = _key(graph.arc, graph.tail)
    ranks = np.argsort(keys, kind="stable")
    wanted = _key(graph.step, tails)
    found = np.minimum(np.searchsorted(keys[ranks], wanted), len(ranks) - 1)
    target = ranks[found]
    known = keys[target] == wanted
    by_level = np.lexsort((target, lattice.level[graph.step]))
    by_level = by_level[known[by_level]]
    return Graph(
        graph.arc,
        graph.node,
        graph.tail,
        graph.source[by_level],
        graph.step[by_level],
        target[by_level].astype(np.int32),
        graph.score[by_level],
        graph.missed[by_level],
    )


@dataclass(slots=True)
class Sweep:
    """Levels of a graph, laid out once for several runs of forward-backward.

    Attributes:
        forward: For each level, its slice of steps, where each target begins, the targets.
        backward: For each level, the steps that leave it, where each source begins, the sources.
        finals: States that end a segment.
    """

    forward: list[tuple[slice, NDArray[np.intp], Int32s]]
    backward: list[tuple[NDArray[np.intp], NDArray[np.intp], Int32s]]
    finals: NDArray[np.bool_]


def sweep(graph: Graph, lattice: Arrays) -> Sweep:
    """Lay out the levels of a graph."""
    level = lattice.level[graph.step]
    forward = [
        (slice(lo, hi), starts, goals) for lo, hi, starts, goals in _levels(level, graph.target)
    ]
    depth = np.where(graph.arc < 0, 0, lattice.level[graph.arc])[graph.source]
    order = np.lexsort((graph.source, -depth))
    backward = [
        (order[lo:hi], starts, origins)
        for lo, hi, starts, origins in _levels(depth[order], graph.source[order])
    ]
    finals = np.zeros(lattice.nodes, np.bool_)
    finals[lattice.last] = True
    return Sweep(forward, backward, finals[graph.node])


def _levels(level: Int32s, state: Int32s) -> Iterator[tuple[int, int, NDArray[np.intp], Int32s]]:
    """For steps in order of level and state: each level's steps, and where its states begin."""
    if not len(level):
        return
    turn = level[1:] != level[:-1]
    bounds = [0, *(np.flatnonzero(turn) + 1).tolist(), len(level)]
    begins = np.concatenate([[0], np.flatnonzero(turn | (state[1:] != state[:-1])) + 1])
    states = state[begins]
    cuts = np.searchsorted(begins, bounds).tolist()
    for at in range(len(bounds) - 1):
        lo, hi = bounds[at], bounds[at + 1]
        mine = slice(cuts[at], cuts[at + 1])
        yield lo, hi, begins[mine] - lo, states[mine]


def counted(keys: Int32s, weights: Floats, size: int) -> Floats:
    """Sum of the weights that each key has."""
    return np.bincount(keys, weights, minlength=size).astype(np.float64)


def posteriors(graph: Graph, plan: Sweep, weight: Floats) -> tuple[Floats, Floats]:
    """Natural logarithm of each step's share of all readings, and of each state's past.

    Args:
        graph: The graph.
        plan: Its levels.
        weight: Score of each step.
    """
    alpha = np.full(len(graph.arc), -np.inf)
    alpha[graph.arc < 0] = 0.0
    for steps, starts, goals in plan.forward:
        alpha[goals] = np.logaddexp.reduceat(alpha[graph.source[steps]] + weight[steps], starts)
    beta = np.full(len(graph.arc), -np.inf)
    beta[plan.finals] = 0.0
    for leaving, starts, origins in plan.backward:
        value = beta[graph.target[leaving]] + weight[leaving]
        beta[origins] = np.logaddexp.reduceat(value, starts)
    through = alpha[graph.source] + weight + beta[graph.target]
    return through, alpha


def best(graph: Graph, plan: Sweep, weight: Floats) -> NDArray[np.intp]:
    """Steps of the best path of every segment, in no order."""
    alpha = np.full(len(graph.arc), -np.inf)
    alpha[graph.arc < 0] = 0.0
    back = np.full(len(graph.arc), -1, np.intp)
    for steps, starts, goals in plan.forward:
        value = alpha[graph.source[steps]] + weight[steps]
        top = np.maximum.reduceat(value, starts)
        alpha[goals] = top
        spread = np.repeat(top, np.diff(starts, append=len(value)))
        hit = np.flatnonzero(value == spread)[::-1]
        back[graph.target[steps][hit]] = hit + steps.start
    chosen: list[int] = []
    ends = np.flatnonzero(plan.finals)
    ends = ends[np.lexsort((-alpha[ends], graph.node[ends]))]
    ends = ends[np.flatnonzero(np.diff(graph.node[ends], prepend=-1))]
    for state in ends.tolist():
        here = int(back[state])
        while here >= 0:
            chosen.append(here)
            here = int(back[graph.source[here]])
    return np.array(chosen, np.intp)
