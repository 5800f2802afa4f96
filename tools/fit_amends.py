"""Fit what the decoder thinks too little or too much of, phrase by phrase.

    python tools/fit_amends.py DATA -o src/unspun/data/context.npz

DATA holds ``lm-text/*.txt.zst`` and ``spun/parallel-train.jsonl.zst``. The blocks of text that the
language model keeps for development are spun by the thesaurus channel and read back by the decoder
as it stands; then the nats of each phrase are moved to where the originals are likeliest among all
readings (maximum conditional likelihood, as in conditional random fields: Lafferty, McCallum,
Pereira, ICML 2001; by AdaGrad, with a Gaussian prior). The model of contexts gets them as its
`amends`, beside what it has. Everything is drawn from seeds; some minutes of one core.
"""

from __future__ import annotations

import argparse
import itertools
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from train_lm import DEVELOPMENT, paragraphs

sys.path.insert(0, str(Path(__file__).parent.parent / "bench"))
from spinner import Spinner

from unspun import tables
from unspun.channel import paths
from unspun.channel.context import Context
from unspun.channel.decoder import Graph, counted
from unspun.channel.document import SPUN, Searched, consulted, search
from unspun.channel.habits import Prices
from unspun.channel.index import Index
from unspun.channel.model import Channel
from unspun.lm import LanguageModel
from unspun.lm.words import words_of

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]

WORDS = 500  # of a document, from which no paragraph is added
LEAST = 80  # words of a document
RATES = (0.96, 0.5)  # at which each document is spun
ROUNDS = 3  # over all documents
STEP, SQUARE = 0.24, 0.07  # of AdaGrad, and the square that it begins with
PRIOR = 15.0  # the inverse of the variance that amends have, in nats
TEMPER = 0.83  # of the decoder's scores: at this they are probabilities
NEVER = -30.0  # nats for what is not the original
LOST = 25.0  # nats from which the original had been dropped before
GRID = 64.0  # steps of a nat in the file


@dataclass(frozen=True, slots=True)
class Example:
    """A document as the decoder sees it last.

    Attributes:
        found: After the search.
        graph: The readings that are left.
        weight: Score of each step.
        wrong: Whether a step is no part of the original.
        rows: For each arc, the rows in the model of its original and of its spun phrase, the one
            behind the last for what has none.
    """

    found: Searched
    graph: Graph
    weight: Floats
    wrong: Bools
    rows: tuple[Ints, Ints]


def documents(data: Path) -> Iterator[list[str]]:
    """Paragraphs of development text that follow each other."""
    held = (part for part in paragraphs(data) if part.split == DEVELOPMENT)
    for _, block in itertools.groupby(held, key=lambda part: part.block):
        lines: list[str] = []
        for part in block:
            lines.append(part.text)
            if sum(map(len, map(str.split, lines))) > WORDS:
                yield lines
                lines = []
        if sum(map(len, map(str.split, lines))) >= LEAST:
            yield lines


def example(spun: str, original: str, index: Index) -> Example | None:
    """What is to be learned from a document; None if it is not taken for spun."""
    found = search(spun, index, Prices())
    if found is None or not (found.spun >= SPUN).any():
        return None
    graph, habits = consulted(found, Prices())
    count = len(index.context.weights.amends) if index.context else 0
    entry = found.table.entry
    taken, kept = (np.where(entry >= 0, rows[entry], -1) for rows in index.fits)
    both = (taken >= 0) & (kept >= 0)
    rows = np.where(both, taken, count), np.where(both, kept, count)
    return Example(
        found, graph, habits.weight(graph), wrong(found, original)[graph.step], rows
    )  # fmt: skip


def wrong(found: Searched, original: str) -> Bools:
    """Which arcs lie on no path that gives the original; none of a line that no path gives."""
    table, words = found.table, found.lattice.words
    lowered = np.append(found.lattice.index.lm.vocabulary.lowered, -1)
    ids = [
        tuple(row[:size])
        for row, size in zip(lowered[table.words].tolist(), table.size.tolist(), strict=True)
    ]
    ends = (table.end - table.segment).tolist()
    leaving: list[list[int]] = [[] for _ in range(len(words) + 1)]
    for arc, node in enumerate((table.start - table.segment).tolist()):
        leaving[node].append(arc)
    breaks = [at for at, sign in enumerate(words.text) if sign == "\n"]
    bounds = [0, *np.searchsorted(words.starts, breaks).tolist(), len(words)]
    out = np.zeros(len(ids), np.bool_)
    for nodes, line in zip(itertools.pairwise(bounds), original.split("\n"), strict=True):
        wanted = tuple(lowered[found.lattice.index.lm.encode(words_of(line))].tolist())
        true = _on_paths(leaving, ids, ends, nodes, wanted)
        every = [arc for node in range(*nodes) for arc in leaving[node]]
        out[every] = bool(true) & ~np.isin(every, list(true))
    return out


def _on_paths(
    leaving: list[list[int]],
    ids: list[tuple[int, ...]],
    ends: list[int],
    nodes: tuple[int, int],
    wanted: tuple[int, ...],
) -> set[int]:
    """The arcs between two nodes that lie on paths with the wanted words."""
    first, last = nodes
    reached: list[set[int]] = [set() for _ in range(last + 1)]  # how many of them, by node
    reached[first].add(0)
    steps = []
    for node in range(first, last):
        for arc, at in itertools.product(leaving[node], sorted(reached[node])):
            behind = at + len(ids[arc])
            if wanted[at:behind] == ids[arc]:
                reached[ends[arc]].add(behind)
                steps.append((node, at, arc, behind))
    leading = {(last, len(wanted))} & {(last, at) for at in reached[last]}
    true = set()
    for node, at, arc, behind in reversed(steps):
        if (ends[arc], behind) in leading:
            leading.add((node, at))
            true.add(arc)
    return true


def slope(one: Example, amends: Floats) -> tuple[float, Floats]:
    """Nats by which the original is less likely than all readings, and each arc's part in it."""
    table, graph, crest = one.found.table, one.graph, one.found.crest
    moved = amends[one.rows[0]] - amends[one.rows[1]]
    weight = TEMPER * (one.weight + moved[graph.step])
    every, whole = paths.posteriors(graph, table, weight, crest)
    true, part = paths.posteriors(graph, table, weight + NEVER * one.wrong, crest)
    lost = whole - part
    counts = lost < LOST
    share = (every - true) * counts[table.segment[graph.step]]
    return float(lost[counts].sum()), TEMPER * counted(graph.step, share, len(table.start))


def fitted(examples: list[Example], count: int) -> Floats:
    """The amends of so many phrases; behind them 0 for what is none."""
    rng = np.random.default_rng(0)
    amends, squares = np.zeros(count + 1), np.full(count + 1, SQUARE)
    prior = PRIOR / np.maximum(_meetings(examples, count), 1.0)  # its part in each meeting
    for number in range(ROUNDS):
        total, rate = 0.0, STEP * (1.0 - number / ROUNDS)
        for at in rng.permutation(len(examples)).tolist():
            one = examples[at]
            lost, parts = slope(one, amends)
            total += lost
            taken, kept = (np.bincount(row, parts, count + 1) for row in one.rows)
            slopes = taken - kept
            met = np.flatnonzero(slopes[:count])
            move = slopes[met] + prior[met] * amends[met]
            squares[met] += move**2
            amends[met] -= rate * move / np.sqrt(squares[met])
        print(f"round {number + 1}: {total:.0f} nats", flush=True)
    return amends


def _meetings(examples: list[Example], count: int) -> Floats:
    """In how many documents each phrase may stand."""
    out = np.zeros(count + 1)
    for one in examples:
        left = np.unique(one.graph.step)
        out[np.unique(np.concatenate([row[left] for row in one.rows]))] += 1.0
    return out


def main() -> None:
    """Fit, and write the model of contexts with what was found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("-o", "--output", type=Path, required=True)
    options = parser.parse_args()
    channel = Channel.open(tables.path("thesaurus.channel"))
    phrases = channel.originals(), channel.spun()
    old = Context.open(tables.path("context.npz"), *phrases).weights
    bare = Context(old._replace(amends=np.zeros_like(old.prior)), *phrases)
    index = Index(channel, LanguageModel.open(tables.path("english.lm")), bare)
    spinner, examples = Spinner(channel), []
    for number, lines in enumerate(documents(options.data)):
        for rate in RATES:
            spun = "\n".join(spinner.spin(lines, rate, f"{number} {rate}"))
            one = example(spun, "\n".join(lines), index)
            examples += [one] if one else []
    print(f"{len(examples)} documents", flush=True)
    amends = fitted(examples, len(old.prior))[:-1]
    rounded = (np.round(amends * GRID) / GRID).astype(np.float16)
    Context(old._replace(amends=rounded), *phrases).save(options.output)


if __name__ == "__main__":
    main()
