"""Make the model that tells from the words around what stood in a place.

    python tools/train_context.py DATA -o src/unspun/data/context.npz

DATA holds ``lm-text/*.txt.zst`` and ``spun/parallel-train.jsonl.zst``; what `tools/train_lm.py`
keeps out of training is kept out here. The clean text is walked as the thesaurus channel's spinner
walks it, one alternative is drawn for each phrase that it would replace, and the model learns by
AdaGrad (Duchi, Hazan, Singer, JMLR 12, 2011) and Adam (Kingma and Ba, ICLR 2015) to tell what
stood there from all that may have: each original of the spun phrase, and the spun phrase itself,
which is learned where it stands in clean text. The channel's probabilities enter as they are, so
that the vectors learn what the context adds. Needs ten gigabytes of memory and an hour of one core.
"""

from __future__ import annotations

import argparse
import time
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from train_lm import DEVELOPMENT, TRAIN, read_corpus

from unspun import tables
from unspun.channel.context import CLOSE, FAR, PARTS, Context, Weights, close, running, spans
from unspun.channel.index import Index, Texts
from unspun.channel.model import Channel
from unspun.channel.standing import hashed
from unspun.lm import LanguageModel
from unspun.lm.vocabulary import SPECIAL

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
Float32s = NDArray[np.float32]
Table = dict[int, tuple[NDArray[np.uint64], Ints]]  # by length: hashes, phrases

WORDS, WIDTH, HIDDEN, SIZE = 20_000, 48, 128, 48
CHUNK = 2_000_000  # words that are walked together
OFTEN = 2_000  # examples of a spun phrase from which they are thinned
STRETCH = 16_000  # words of a step
STEP = 0.05  # of AdaGrad; Adam's is smaller by
FINER = 0.04
DROPPED = 0.1  # words that are left out of a step
LONGEST = 8  # words of a phrase
QUANTUM = 0.3  # root mean squares in a step of the file


class Examples(NamedTuple):
    """Places of a text, in order.

    Attributes:
        place: First word.
        size: How many words.
        form: The spun phrase that a spinner would leave there, or that stands there.
        truth: The number of the original, or behind the originals that of the spun phrase.
    """

    place: Ints
    size: Ints
    form: Ints
    truth: Ints

    def take(self, which: NDArray[np.generic]) -> Examples:
        """Some of them."""
        return Examples._make(column[which] for column in self)


@dataclass(frozen=True, slots=True)
class Text:
    """Words as ids, the block of each, and the examples in them."""

    ids: NDArray[np.int32]
    blocks: NDArray[np.int32]
    examples: Examples


class Spinner:
    """The channel as a spinner that works on ids."""

    def __init__(self, index: Index) -> None:
        self.originals = phrase_table(index.texts)
        self.forms = phrase_table(Texts.of(index.forms, index.lm))
        owner = index.owner[:-2].astype(np.int64)
        self._entries = np.argsort(owner, kind="stable")
        self._form = index.form.astype(np.int64)
        self._bounds = np.searchsorted(owner[self._entries], np.arange(len(index.originals) + 1))
        self._sums = np.concatenate([[0.0], np.cumsum(np.exp(index.logp[:-2])[self._entries])])
        self._rates = index.rates[:-1]
        self._count = len(index.originals)

    def walk(self, ids: Ints, rng: np.random.Generator) -> Examples:
        """What it would replace, and what of its own phrases stands there anyway."""
        taken, replaced = np.zeros((2, len(ids) + LONGEST), np.bool_)
        rows: list[tuple[Ints, ...]] = []
        for size in sorted(self.originals, reverse=True):
            place, phrase = found(self.originals, ids, size, taken)
            apart = np.diff(place, prepend=-LONGEST) >= size
            place, phrase = place[apart], phrase[apart]
            cover(taken, place, size)
            drawn = rng.random(len(place)) < self._rates[phrase]
            place, phrase = place[drawn], phrase[drawn]
            cover(replaced, place, size)
            rows.append((place, np.full(len(place), size), self._draw(phrase, rng), phrase))
        for size in self.forms:
            place, form = found(self.forms, ids, size, replaced)
            rows.append((place, np.full(len(place), size), form, form + self._count))
        return Examples._make(np.concatenate(column) for column in zip(*rows, strict=True))

    def _draw(self, phrases: Ints, rng: np.random.Generator) -> Ints:
        """An alternative for each phrase."""
        low, high = self._sums[self._bounds[phrases]], self._sums[self._bounds[phrases + 1]]
        at = np.searchsorted(self._sums, low + rng.random(len(phrases)) * (high - low), "right")
        last = self._bounds[phrases + 1] - 1
        return self._form[self._entries[np.minimum(at - 1, last)]]


def phrase_table(texts: Texts) -> Table:
    """Phrases by their length, those of unknown words left out."""
    tables_: Table = {}
    for size in range(1, LONGEST + 1):
        rows = np.flatnonzero(texts.sizes == size)
        grams = texts.words[0, rows, :size]
        known = grams.min(axis=1, initial=len(SPECIAL)) >= len(SPECIAL)
        if known.any():
            keys, first = np.unique(hashed(grams[known]), return_index=True)
            tables_[size] = keys, rows[known][first] // 2
    return tables_


def found(table: Table, ids: Ints, size: int, taken: Bools) -> tuple[Ints, Ints]:
    """Where phrases of a length stand among words that are not taken, and which."""
    keys, phrases = table[size]
    grams = np.lib.stride_tricks.sliding_window_view(ids.astype(np.int32), size)
    wanted = hashed(grams)
    at = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    place = np.flatnonzero(keys[at] == wanted)
    free = ~np.logical_or.reduce([taken[place + step] for step in range(size)])
    return place[free], phrases[at[place[free]]]


def cover(taken: Bools, place: Ints, size: int) -> None:
    """Mark the words of phrases."""
    for step in range(size):
        taken[place + step] = True


def examples(ids: NDArray[np.int32], spinner: Spinner, rng: np.random.Generator) -> Examples:
    """All places of a text."""
    parts = []
    for at in range(0, len(ids), CHUNK):
        part = spinner.walk(ids[at : at + CHUNK].astype(np.int64), rng)
        parts.append(part._replace(place=part.place + at))
    every = Examples._make(np.concatenate(column) for column in zip(*parts, strict=True))
    return every.take(np.argsort(every.place, kind="stable"))


def thinned(every: Examples, rng: np.random.Generator) -> Examples:
    """Fewer of what is very common."""
    counts = np.bincount(every.form)
    share = np.minimum(1.0, np.sqrt(OFTEN / np.maximum(counts, 1)))
    return every.take(rng.random(len(every.form)) < share[every.form])


class Candidates:
    """What may have stood where a spun phrase stands: itself, then its originals."""

    def __init__(self, index: Index) -> None:
        form = index.form.astype(np.int64)
        self.counts = np.bincount(form, minlength=len(index.forms)) + 1
        self.begins = np.cumsum(self.counts) - self.counts
        self.phrases = np.empty(int(self.counts.sum()), np.int64)
        self.prior = np.empty(len(self.phrases), np.float32)
        rates = dict(zip(index.originals, index.rates[:-1].tolist(), strict=True))
        self.phrases[self.begins] = len(index.originals) + np.arange(len(index.forms))
        self.prior[self.begins] = [np.log1p(-rates.get(phrase, 0.0)) for phrase in index.forms]
        others = np.ones(len(self.phrases), np.bool_)
        others[self.begins] = False
        order = np.argsort(form, kind="stable")
        self.phrases[others] = index.owner[:-2][order]
        self.prior[others] = index.logp[:-2][order]

    def of(self, forms: Ints) -> tuple[Ints, Ints]:
        """For each candidate of some spun phrases, which of them it belongs to, and its place."""
        counts = self.counts[forms]
        row = np.repeat(np.arange(len(forms)), counts)
        within = np.arange(len(row)) - np.repeat(np.cumsum(counts) - counts, counts)
        return row, self.begins[forms[row]] + within


class Net:
    """The weights while they learn."""

    def __init__(self, phrases: int, rng: np.random.Generator) -> None:
        def drawn(*shape: int, by: float) -> Float32s:
            return (rng.normal(size=shape) * by).astype(np.float32)

        self.words = drawn(WORDS + 1, WIDTH, by=0.1)
        self.words[-1] = 0.0
        self.first = drawn(PARTS * WIDTH, HIDDEN, by=1.5 / np.sqrt(PARTS * WIDTH))
        self.bias = np.zeros(HIDDEN, np.float32)
        self.second = drawn(HIDDEN, SIZE, by=1 / np.sqrt(HIDDEN))
        self.phrases = drawn(phrases, SIZE, by=0.02)
        self.prior = np.zeros((phrases, 1), np.float32)
        self._squares = {
            "words": np.full((WORDS + 1, 1), 0.01, np.float32),
            "phrases": np.full((phrases, 1), 0.01, np.float32),
            "prior": np.full((phrases, 1), 0.1, np.float32),
        }
        self._moments = {
            name: np.zeros((2, *getattr(self, name).shape), np.float32)
            for name in ("first", "bias", "second")
        }
        self._steps = 0

    def sparse(self, name: str, rows: Ints, slopes: Float32s, rate: float) -> None:
        """AdaGrad for some rows of an array, one rate a row."""
        rows, slopes = summed(rows, slopes)
        squares = self._squares[name]
        squares[rows] += (slopes**2).mean(axis=1, keepdims=True)
        getattr(self, name)[rows] -= rate * slopes / np.sqrt(squares[rows])

    def dense(self, slopes: dict[str, Float32s], rate: float) -> None:
        """Adam for whole arrays."""
        self._steps += 1
        for name, slope in slopes.items():
            one, two = self._moments[name]
            one += 0.1 * (slope - one)
            two += 0.01 * (slope**2 - two)
            mean, square = one / (1 - 0.9**self._steps), two / (1 - 0.99**self._steps)
            array = getattr(self, name)
            array -= rate * mean / (np.sqrt(square) + 1e-6)

    def weights(self) -> Weights:
        """The model as the file has it."""
        word_step, phrase_step = (
            QUANTUM * float(np.sqrt((part**2).mean())) for part in (self.words, self.phrases)
        )
        half = np.float16
        return Weights(
            np.clip(np.round(self.words[:-1] / word_step), -127, 127).astype(np.int8),
            self.first.astype(half),
            self.bias.astype(half),
            self.second.astype(half),
            np.clip(np.round(self.phrases / phrase_step), -127, 127).astype(np.int8),
            self.prior[:, 0].astype(half),
            np.array([word_step, phrase_step], np.float32),
        )


def summed(rows: Ints, values: Float32s) -> tuple[Ints, Float32s]:
    """The sum of the values of each row."""
    order = np.argsort(rows, kind="stable")
    ordered = rows[order]
    begins = np.flatnonzero(np.diff(ordered, prepend=-1))
    return ordered[begins], np.add.reduceat(values[order], begins, axis=0)


class Places:
    """The places of one step: what is seen around them, and the way back."""

    def __init__(self, net: Net, text: Text, begin: int, end: int, keep: Bools) -> None:
        first, last = max(begin - FAR, 0), min(end + FAR, len(text.ids))
        self.examples = text.examples.take(
            np.arange(*np.searchsorted(text.examples.place, [begin, end]))
        )
        ids = text.ids[first:last].astype(np.int64)
        self.known = np.where((ids < WORDS) & keep[: len(ids)], ids, WORDS)
        edges = np.flatnonzero(np.diff(text.blocks[first:last])) + 1
        edges = np.concatenate([[0], edges, [len(ids)]])
        place = self.examples.place - first
        block = np.searchsorted(edges, place, side="right") - 1
        low, high = edges[block], edges[block + 1]
        after = place + self.examples.size
        self._around = close(place, after, len(ids))
        outside = (self._around < low[:, None]) | (self._around >= high[:, None])
        self._around[outside] = len(ids)
        bounds = spans(place, after, len(ids))
        self._bounds = [tuple(np.clip(bound, low, high) for bound in pair) for pair in bounds]
        self._widths = [
            np.sqrt(np.maximum(stop - start, 1)).astype(np.float32)[:, None]
            for start, stop in self._bounds
        ]
        vectors = net.words[self.known]
        self.seen = np.empty((len(place), PARTS, WIDTH), np.float32)
        self.seen[:, : 2 * CLOSE] = net.words[np.append(self.known, WORDS)[self._around]]
        total = running(vectors)
        for part, (start, stop) in enumerate(self._bounds):
            self.seen[:, 2 * CLOSE + part] = (total[stop] - total[start]) / self._widths[part]

    def back(self, slopes: Float32s) -> tuple[Ints, Float32s]:
        """What the words' vectors have to learn: rows and slopes."""
        count = len(self.known)
        ends = np.zeros((count + 1, WIDTH))
        for part, (start, stop) in enumerate(self._bounds):
            slope = slopes[:, 2 * CLOSE + part] / self._widths[part]
            for places, sign in ((stop, 1.0), (start, -1.0)):
                rows, sums = summed(places, slope)
                ends[rows] += sign * sums
        far = np.cumsum(ends[::-1], axis=0)[::-1][1:].astype(np.float32)
        near = np.append(self.known, WORDS)[self._around].ravel()
        return (
            np.concatenate([self.known, near]),
            np.concatenate([far, slopes[:, : 2 * CLOSE].reshape(-1, WIDTH)]),
        )


def step(net: Net, places: Places, candidates: Candidates, rate: float) -> tuple[float, int]:
    """Learn from the places, if there is a rate; the loss in nats, and how many are right."""
    seen = places.seen.reshape(len(places.seen), -1)
    before = seen @ net.first + net.bias
    hidden = np.maximum(before, 0.0)
    told = hidden @ net.second
    row, place = candidates.of(places.examples.form)
    phrase = candidates.phrases[place]
    score = np.einsum("ij,ij->i", net.phrases[phrase], told[row])
    score += net.prior[phrase, 0] + candidates.prior[place]
    begins = np.flatnonzero(np.diff(row, prepend=-1))
    top = np.maximum.reduceat(score, begins)[row]
    odds = np.exp(score - top)
    share = odds / np.add.reduceat(odds, begins)[row]
    true = phrase == places.examples.truth[row]
    loss = -float(np.log(np.maximum(share[true], 1e-9)).sum())
    right = int((true & (score >= top)).sum())
    if not rate:
        return loss, right
    slope = (share - true).astype(np.float32)[:, None]
    to_told = np.add.reduceat(net.phrases[phrase] * slope, begins, axis=0)
    net.sparse("phrases", phrase, told[row] * slope, rate)
    net.sparse("prior", phrase, slope, 2 * rate)
    to_hidden = to_told @ net.second.T
    to_hidden[before <= 0] = 0.0
    share_of = 8.0 / len(seen)
    slopes = {
        "first": seen.T @ to_hidden * share_of,
        "bias": to_hidden.sum(axis=0) * share_of,
        "second": hidden.T @ to_told * share_of,
    }
    rows, values = places.back((to_hidden @ net.first.T).reshape(places.seen.shape))
    net.dense(slopes, rate * FINER)
    net.sparse("words", rows, values, rate)
    net.words[-1] = 0.0
    return loss, right


def learn(net: Net, text: Text, held: Text, candidates: Candidates, minutes: float) -> None:
    """Learn for so long, the rate falling as time goes by."""
    rng = np.random.default_rng(0)
    began, number = time.monotonic(), 0
    while True:
        for at in rng.permutation(np.arange(0, len(text.ids), STRETCH)).tolist():
            left = 1.0 - (time.monotonic() - began) / (60 * minutes)
            if left <= 0:
                return
            keep = rng.random(STRETCH + 2 * FAR) >= DROPPED
            places = Places(net, text, at, at + STRETCH, keep)
            if len(places.seen):
                step(net, places, candidates, STEP * max(left, 0.05))
            number += 1
            if number % 1000 == 0:
                print(f"{number} steps: {measured(net, held, candidates)}", flush=True)


def measured(net: Net, held: Text, candidates: Candidates) -> str:
    """Loss and share of right choices on text that is held out."""
    loss, right, count = 0.0, 0, 0
    keep = np.ones(STRETCH + 2 * FAR, np.bool_)
    for at in range(0, len(held.ids), STRETCH):
        places = Places(net, held, at, at + STRETCH, keep)
        if len(places.seen):
            one, other = step(net, places, candidates, 0.0)
            loss, right, count = loss + one, right + other, count + len(places.seen)
    return f"{loss / count:.4f} nats, {right / count:.4f} right of {count}"


def main() -> None:
    """Train, and write the model."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("-o", "--output", type=Path, required=True)
    parser.add_argument("--minutes", type=float, default=60.0)
    options = parser.parse_args()
    channel = Channel.open(tables.path("thesaurus.channel"))
    index = Index(channel, LanguageModel.open(tables.path("english.lm")))
    spinner, candidates, rng = Spinner(index), Candidates(index), np.random.default_rng(1)
    corpus = read_corpus(options.data)
    ids, blocks = corpus.ids(index.lm.vocabulary, corpus.splits == TRAIN)
    text = Text(ids, blocks, thinned(examples(ids, spinner, rng), rng))
    ids, blocks = corpus.ids(index.lm.vocabulary, corpus.splits == DEVELOPMENT)
    held = Text(ids, blocks, examples(ids, spinner, rng))
    print(f"{len(text.examples.place)} places to learn from, {len(held.examples.place)} held out")
    net = Net(len(index.originals) + len(index.forms), rng)
    learn(net, text, held, candidates, options.minutes)
    print(measured(net, held, candidates))
    Context(net.weights(), channel.originals(), channel.spun()).save(options.output)


if __name__ == "__main__":
    main()
