"""Make the classifier that tells at a look whether a text may be spun.

    python tools/train_gate.py SHARED -o src/unspun/data/thesaurus.npz

Logistic regression over words and pairs of neighbours (`unspun.channel.gate`), by AdaGrad (Duchi,
Hazan, Singer, JMLR 12, 2011) on stretches of 80 to 400 words: originals of the training part of
the pairs and copies with a random subset of their forms replaced; a sample of SHARED/data/lm-text
as it stands and put through the thesaurus channel; and, as English that is odd but not spun, what
machines made of the Chinese news of SHARED/data/mt/wmt21_zhen. Documents whose SHA-1 is 0 (test)
or 1 (development) modulo 20, and the blocks that `bench/restore.py` counts false edits in, are left
out. Takes about twelve minutes.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import random
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import zstandard
from numpy.typing import NDArray
from rapidfuzz.distance import Levenshtein
from train_channel import pairs

from unspun import tables
from unspun.channel.gate import FIRST, Vocabulary, hashed
from unspun.channel.keys import Words
from unspun.channel.model import Channel

sys.path.insert(0, str(Path(__file__).parent.parent / "bench"))
from spinner import Spinner

Ints = NDArray[np.int64]
Change = tuple[int, int, list[str]]  # first and last word of an original, what stands there instead

WORDS, BITS = 30_000, 20
STEP = 1 / 32  # nats of one unit in the file
LEAST = 0.05  # nats; weaker pairs are left out
SIZES = (80, 120, 200, 300, 400)  # words of a stretch
PAIR_RATES = (0.06, 0.08, 0.1, 0.1, 0.12, 0.15, 0.2, 0.3, 1.0)
TEXT_RATES = (0.06, 0.08, 0.1, 0.1, 0.12, 0.15, 0.2, 0.3)
SAMPLE = 30  # of a hundred blocks of running text
COPIES = 5  # of each document
RATES = (0.07, 0.06, 0.04, 0.02, 0.01)  # of learning, one an epoch
BATCH = 256
POOL = 20_000  # stretches that are shuffled together
LEAST_WORDS = 20  # of a stretch
DECAY = 1e-6


def changes(original: list[str], spun: list[str]) -> list[Change]:
    """Where two paragraphs differ, word by word."""
    numbers: dict[str, int] = {}
    rows = [[numbers.setdefault(w, len(numbers)) for w in side] for side in (original, spun)]
    found: list[Change] = []
    for op in Levenshtein.opcodes(*rows):
        if op.tag == "equal":
            continue
        words = spun[op.dest_start : op.dest_end]
        if found and found[-1][1] == op.src_start:
            first, _, before = found.pop()
            found.append((first, op.src_end, before + words))
        else:
            found.append((op.src_start, op.src_end, words))
    return found


def partly(
    document: list[tuple[list[str], list[Change]]], rate: float, rng: random.Random
) -> list[str]:
    """A copy with a share of the document's forms replaced."""
    kept: dict[str, bool] = {}
    out: list[str] = []
    for original, replaced in document:
        at = 0
        for first, last, words in replaced:
            form = " ".join(original[first:last])
            if form not in kept:
                kept[form] = rng.random() < rate
            out += original[at:first] + (words if kept[form] else original[first:last])
            at = last
        out += original[at:]
    return out


def blocks(folder: Path) -> Iterator[tuple[str, list[str]]]:
    """A sample of blocks of 32 lines, without those that are held out."""
    for path in sorted(folder.glob("*.txt.zst")):
        source = path.name.removesuffix(".txt.zst")
        with path.open("rb") as file, zstandard.ZstdDecompressor().stream_reader(file) as stream:
            lines = [line.decode().rstrip("\n") for line in io.BufferedReader(stream, 1 << 20)]
        for number, at in enumerate(range(0, len(lines), 32)):
            name = f"{source}:{number}"
            if draw(name) and draw(f"gate:{name}") < SAMPLE:
                yield name, lines[at : at + 32]


def draw(name: str) -> int:
    """A number below a hundred for a name."""
    return int.from_bytes(hashlib.blake2b(name.encode(), digest_size=8).digest(), "big") % 100


def examples(shared: Path, rng: random.Random) -> Iterator[tuple[list[str], list[str]]]:
    """Clean texts that belong together, and spun copies of them."""
    for spun, original in pairs(shared / "data/spun/parallel-train.jsonl.zst"):
        lines = zip(spun, original, strict=True)
        document = [(o.split(), changes(o.split(), s.split())) for s, o in lines]
        copies = [partly(document, rng.choice(PAIR_RATES), rng) for _ in range(COPIES)]
        yield ["\n".join(original)], [" ".join(copy) for copy in copies]
    spinner = Spinner(Channel.open(tables.path("thesaurus.channel")))
    for name, lines in blocks(shared / "data/lm-text"):
        yield ["\n".join(lines)], ["\n".join(spinner.spin(lines, rng.choice(TEXT_RATES), name))]
    for path in sorted((shared / "data/mt/wmt21_zhen").glob("*.hyp.*.en")):
        yield [path.read_text(encoding="utf-8")], []


def vocabulary(texts: list[tuple[list[str], list[str]]]) -> list[str]:
    """The commonest words of originals and of one copy each."""
    counts: Counter[str] = Counter()
    for clean, spun in texts:
        for text in (*clean, *spun[:1]):
            counts.update(Words.of(text).texts())
    return [word for word, _ in counts.most_common(WORDS)]


def stretches(text: str, known: Vocabulary, rng: random.Random) -> Iterator[Ints]:
    """A text cut into stretches, each its distinct features: pairs, then words."""
    words = Words.of(text)
    ids, at = known.ids(words), 0
    while at < len(ids) - LEAST_WORDS:
        size = rng.choice(SIZES)
        size = len(ids) - at if len(ids) - at < size * 1.4 else size
        part = ids[at : at + size]
        joined = words.joined[at : at + len(part) - 1]
        yield np.unique(np.concatenate([hashed(part, joined, BITS), part + (1 << BITS)]))
        at += size


class Trainer:
    """Weights of hashed pairs, then of words."""

    def __init__(self, words: list[str]) -> None:
        self.words = words
        self.vocabulary = Vocabulary(words)
        self.weights = np.zeros((1 << BITS) + len(words) + FIRST)
        self.squares = np.ones(len(self.weights))
        self.bias, self.bias_square = 0.0, 0.01

    def epoch(self, labelled: list[tuple[str, float]], rate: float, rng: random.Random) -> float:
        """One pass; the mean loss."""
        loss, seen = 0.0, 0
        pool: list[tuple[Ints, float]] = []
        for text, label in labelled:
            pool += [(part, label) for part in stretches(text, self.vocabulary, rng)]
            while len(pool) >= POOL:
                rng.shuffle(pool)
                for at in range(0, POOL - BATCH, BATCH):
                    loss += self._step(pool[at : at + BATCH], rate)
                    seen += BATCH
                del pool[:POOL]
        return loss / max(seen, 1)

    def _step(self, batch: list[tuple[Ints, float]], rate: float) -> float:
        label = np.array([label for _, label in batch])
        size = np.array([len(row) for row, _ in batch])
        every = np.concatenate([row for row, _ in batch])
        told = np.add.reduceat(self.weights[every], np.cumsum(size) - size) + self.bias
        share = 1.0 / (1.0 + np.exp(-np.clip(told, -30, 30)))
        error = share - label
        seen, back = np.unique(every, return_inverse=True)
        slope = np.bincount(back, np.repeat(error, size)) + DECAY * BATCH * self.weights[seen]
        self.squares[seen] += slope**2
        self.weights[seen] -= rate * slope / np.sqrt(self.squares[seen])
        total = float(error.sum())
        self.bias_square += total**2
        self.bias -= rate * total / self.bias_square**0.5
        return float(-np.log(np.where(label > 0, share, 1 - share) + 1e-12).sum())

    def save(self, path: Path) -> None:
        """Write the classifier, in steps of `STEP`."""
        units = np.clip(np.round(self.weights / STEP), -127, 127).astype(np.int8)
        units[: 1 << BITS][np.abs(self.weights[: 1 << BITS]) < LEAST] = 0
        np.savez_compressed(
            path,
            words=np.frombuffer("\n".join(self.words).encode(), np.uint8),
            single=units[1 << BITS :],
            pair=units[: 1 << BITS],
            scale=np.array([STEP, self.bias]),
        )


def main() -> None:
    """Train and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("shared", type=Path)
    parser.add_argument("-o", "--output", type=Path, required=True)
    options = parser.parse_args()
    rng = random.Random(1)  # noqa: S311  # a simulation
    texts = list(examples(options.shared, rng))
    trainer = Trainer(vocabulary(texts))
    for number, rate in enumerate(RATES):
        labelled = [(text, 0.0) for clean, _ in texts for text in clean]
        labelled += [(spun[number % len(spun)], 1.0) for _, spun in texts if spun]
        rng.shuffle(labelled)
        loss = trainer.epoch(labelled, rate, rng)
        print(f"epoch {number + 1}: loss {loss:.3f}", flush=True)
    trainer.save(options.output)


if __name__ == "__main__":
    main()
