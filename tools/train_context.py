"""Make the model that tells from the words around what stood in a place.

    python tools/train_context.py DATA --start OLD --runs 4 -o src/unspun/data/context.npz

DATA holds ``lm-text/*.txt.zst`` and ``spun/parallel-train.jsonl.zst``; what `tools/train_lm.py`
keeps out of training is kept out here. The clean text is walked as the thesaurus channel's spinner
walks it, one alternative is drawn for each phrase that it would replace, and the model learns by
AdaGrad (Duchi, Hazan, Singer, JMLR 12, 2011) and Adam (Kingma and Ba, ICLR 2015) to tell what
stood there from all that may have: each original of the spun phrase, and the spun phrase itself,
which is learned where it stands in clean text. The channel's probabilities enter as they are and
the language model's by `TRUST`, so that the vectors learn what the context adds (a product of
experts: Hinton, Neural Computation 14(8), 2002).

Everything is drawn from seeds, and there is one thread: the same machine, NumPy and compiler make
the same file. OLD is the model of before, that the packaged one goes on from: several runs do so,
each by other draws, and the mean of their weights and OLD's is kept, which tells more of text that
is held out than any of them; what the decoder was found to think too little of stays as OLD has it.
Without OLD learning begins from nothing and wants one run of some 14,000 steps. Needs a C compiler,
ten gigabytes of memory and a quarter of an hour of one core. Where the channel was learned anew,
`--channel` gives the one that OLD belongs to: phrases that both have keep what was learned of them.
With `--steps 0` nothing is read or learned.
"""

from __future__ import annotations

import argparse
import os
from dataclasses import dataclass
from pathlib import Path

os.environ["OPENBLAS_NUM_THREADS"] = os.environ["OMP_NUM_THREADS"] = "1"

import numpy as np  # reads the number of threads
from context_examples import Candidates, Scores, Spinner, examples, thinned
from context_net import STEP, Bools, Ints, Net, Places, Text, step
from numpy.typing import NDArray
from train_lm import DEVELOPMENT, SHARES, TRAIN, Corpus, read_corpus

from unspun import tables
from unspun.channel.context import FAR, PARTS, Context, Weights
from unspun.channel.index import Index
from unspun.channel.model import Channel
from unspun.lm import LanguageModel
from unspun.lm.estimate import START_ID

STRETCH = 16_000  # words of a step
DROPPED = 0.2  # words that are left out of a step
TRUST = 0.25  # of the language model: by so much what it has read scores no better than other text
LOWEST = 0.02  # of the rate, at the end
TOLD = 4_000  # steps after which it is told how far it is


class Maker:
    """Texts to learn from."""

    def __init__(self, index: Index) -> None:
        self.candidates = Candidates(index)
        self._spinner, self._scores = Spinner(index), Scores(index)
        self._rng = np.random.default_rng(1)

    def text(self, ids: NDArray[np.int32], blocks: NDArray[np.int32], *, thin: bool) -> Text:
        """A text with its examples, fewer of what is common if that is asked."""
        every = examples(ids, self._spinner, self._rng)
        every = thinned(every, self._rng) if thin else every
        lm = self._scores.of(ids, every, self.candidates)
        return Text(ids, blocks, every, *self.candidates.said(every.form, np.float16(TRUST) * lm))


def chances(corpus: Corpus, ids: NDArray[np.int32]) -> NDArray[np.float64]:
    """How likely each stretch is drawn: a source weighs what it weighs in the language model."""
    kept = (corpus.splits == TRAIN) & (corpus.lengths > 0)
    middle = np.minimum(np.arange(0, len(ids), STRETCH) + STRETCH // 2, len(ids) - 1)
    source = corpus.sources[kept][(np.cumsum(ids == START_ID) - 1)[middle]]
    parts = [prefixes.split("+") for prefixes in SHARES]
    of = [
        next(number for number, names in enumerate(parts) if name.startswith(tuple(names)))
        for name in corpus.names
    ]
    part = np.array(of)[source]
    chance = np.array(list(SHARES.values()))[part] / np.bincount(part)[part]
    return np.asarray(chance / chance.sum())


@dataclass(frozen=True, slots=True)
class Lesson:
    """What is learned from, and what shows how well.

    Attributes:
        text: What is learned from.
        chances: Of each stretch of it.
        held: What is held out.
        candidates: What may have stood anywhere.
    """

    text: Text
    chances: NDArray[np.float64]
    held: Text
    candidates: Candidates


def learn(net: Net, lesson: Lesson, steps: int, seed: int) -> None:
    """Learn from so many stretches, drawn by chance, at a falling rate."""
    rng = np.random.default_rng(seed)
    begins = np.arange(0, len(lesson.text.ids), STRETCH)
    order = rng.choice(begins, steps, p=lesson.chances)
    for number, at in enumerate(order.tolist()):
        if number % TOLD == 0:
            told = measured(net, lesson.held, lesson.candidates)
            print(f"{number} of {steps} steps: {told}", flush=True)
        keep = rng.random(STRETCH + 2 * FAR) >= DROPPED
        places = Places(net, lesson.text, at, at + STRETCH, keep)
        if len(places.seen):
            step(net, places, lesson.candidates, STEP * max(1.0 - number / steps, LOWEST))


def measured(net: Net, held: Text, candidates: Candidates) -> str:
    """Loss and share of right choices on text that is held out."""
    keep: Bools = np.ones(STRETCH + 2 * FAR, np.bool_)
    begins: Ints = np.arange(0, len(held.ids), STRETCH)
    parts = (Places(net, held, at, at + STRETCH, keep) for at in begins.tolist())
    learned = [step(net, places, candidates, 0.0) for places in parts if len(places.seen)]
    loss, right, count = (sum(column) for column in zip(*learned, strict=True))
    return f"{loss / count:.4f} nats, {right / count:.4f} right of {count}"


def carried(old: Context, channel: Channel) -> Weights:
    """A model's arrays for another channel.

    A phrase that is new there begins as what it most often stands for, or as what most often
    stands for it: between the two the context decides nothing.
    """
    originals, spun = (dict(known) for known in old.rows)
    for entry in sorted(channel.entries, key=lambda entry: -entry.logp):
        if entry.original not in old.rows[0] and entry.spun in old.rows[1]:
            originals.setdefault(entry.original, old.rows[1][entry.spun])
        if entry.spun not in old.rows[1] and entry.original in old.rows[0]:
            spun.setdefault(entry.spun, old.rows[0][entry.original])
    rows = [originals.get(phrase, -1) for phrase in channel.originals()]
    rows += [spun.get(phrase, -1) for phrase in channel.spun()]
    known = np.array(rows) >= 0
    weights = old.weights
    phrases = np.where(known[:, None], weights.phrases[rows], 0).astype(np.int8)
    prior = np.where(known, weights.prior[rows], 0.0).astype(np.float16)
    amends = np.where(known, weights.amends[rows], 0.0).astype(np.float16)
    return weights._replace(phrases=phrases, prior=prior, amends=amends)


def parted(weights: Weights) -> Weights:
    """The arrays of a model from when far words of both sides were one sum, as they are now."""
    width = weights.words.shape[1]
    if len(weights.first) == PARTS * width:
        return weights
    far = weights.first[-width:].astype(np.float32) / np.sqrt(np.float32(2))
    first = np.concatenate([weights.first[:-width], far, far])
    return weights._replace(first=first.astype(np.float16))


def net_of(phrases: tuple[list[str], list[str]], weights: Weights | None) -> Net:
    """A network for some phrases that goes on from a model, or from nothing."""
    net = Net(sum(map(len, phrases)), np.random.default_rng(2))
    if weights is not None:
        net.resume(weights)
    return net


def prepared(data: Path, index: Index) -> Lesson:
    """Read the texts and find the places in them."""
    maker, vocabulary = Maker(index), index.lm.vocabulary
    corpus = read_corpus(data)
    texts = [corpus.ids(vocabulary, corpus.splits == split) for split in (TRAIN, DEVELOPMENT)]
    chance = chances(corpus, texts[0][0])
    del corpus
    text, held = (maker.text(*ids, thin=not number) for number, ids in enumerate(texts))
    print(f"{len(text.examples.place)} places to learn from, {len(held.examples.place)} held out")
    return Lesson(text, chance, held, maker.candidates)


def main() -> None:
    """Train, and write the model."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("-o", "--output", type=Path, required=True)
    parser.add_argument("--start", type=Path, help="a model to go on from, not from nothing")
    parser.add_argument("--channel", type=Path, help="the channel of that model, if another")
    parser.add_argument("--steps", type=int, default=3_000, help="of a run")
    parser.add_argument("--runs", type=int, default=1, help="how many go on from that model")
    options = parser.parse_args()
    channel = Channel.open(tables.path("thesaurus.channel"))
    index = Index(channel, LanguageModel.open(tables.path("english.lm")))
    phrases = channel.originals(), channel.spun()
    weights, nets = None, []
    if options.start:
        before = Channel.open(options.channel) if options.channel else channel
        old = Context.open(options.start, before.originals(), before.spun())
        weights = parted(carried(old, channel) if options.channel else old.weights)
        nets.append(net_of(phrases, weights))
    if options.steps or weights is None:
        lesson = prepared(options.data, index)
        for seed in range(options.runs):
            net = net_of(phrases, weights)
            learn(net, lesson, options.steps, seed)
            nets.append(net)
        mean = Net.averaged(nets)
        print(f"their mean: {measured(mean, lesson.held, lesson.candidates)}")
        made = mean.weights()
        weights = made if weights is None else made._replace(amends=weights.amends)
    Context(weights, *phrases).save(options.output)


if __name__ == "__main__":
    main()
