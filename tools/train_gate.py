"""Make the classifier that tells at a look whether a text may be spun.

    python tools/train_gate.py SHARED -o src/unspun/data/thesaurus.npz

Logistic regression over words and pairs of neighbours (`unspun.channel.gate`), by AdaGrad (Duchi,
Hazan, Singer, JMLR 12, 2011) on stretches of 80 to 400 words: originals of the training part of
the pairs and copies with a random subset of their forms replaced, and a sample of SHARED/data/
lm-text as it stands and put through the thesaurus channel. Documents whose SHA-1 is 0 (test) or 1
(development) modulo 20, and the blocks that `bench/restore.py` counts false edits in, are left out.
Takes about four minutes.
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
from unspun.channel.gate import FIRST, Vocabulary, hashed, stripped
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
SAMPLE = 12  # of a hundred blocks of running text
RATES = (0.08, 0.07, 0.06, 0.04, 0.02, 0.01)  # of learning, one an epoch
BATCH = 256
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
            if _draw(name) and _draw(f"gate:{name}") < SAMPLE:
                yield name, lines[at : at + 32]


def _draw(name: str) -> int:
    return int.from_bytes(hashlib.blake2b(name.encode(), digest_size=8).digest(), "big") % 100


def stretches(ids: Ints, rng: random.Random) -> Iterator[Ints]:
    """A text cut into stretches."""
    at = 0
    while at < len(ids):
        size = rng.choice(SIZES)
        size = len(ids) - at if len(ids) - at < size * 1.4 else size
        yield ids[at : at + size]
        at += size


class Trainer:
    """Weights of words, then of hashed pairs."""

    def __init__(self, words: list[str]) -> None:
        self.first_pair = len(words) + FIRST
        self.weights = np.zeros(self.first_pair + (1 << BITS))
        self.squares = np.ones(len(self.weights))
        self.bias, self.bias_square = 0.0, 0.01

    def epoch(self, examples: list[tuple[Ints, float]], rate: float) -> float:
        """One pass; the mean loss."""
        loss = 0.0
        for at in range(0, len(examples), BATCH):
            batch = [(ids, label) for ids, label in examples[at : at + BATCH] if len(ids) > 1]
            loss += self._step(batch, rate)
        return loss / len(examples)

    def _step(self, batch: list[tuple[Ints, float]], rate: float) -> float:
        rows = [np.concatenate([ids, hashed(ids, BITS) + self.first_pair]) for ids, _ in batch]
        label = np.array([label for _, label in batch])
        size = np.array([len(row) for row in rows])
        every = np.concatenate(rows)
        told = np.add.reduceat(self.weights[every], np.cumsum(size) - size) + self.bias
        share = 1.0 / (1.0 + np.exp(-np.clip(told, -30, 30)))
        error = share - label
        slope = np.bincount(every, np.repeat(error, size), minlength=len(self.weights))
        seen = np.flatnonzero(slope)
        slope = slope[seen] + DECAY * BATCH * self.weights[seen]
        self.squares[seen] += slope**2
        self.weights[seen] -= rate * slope / np.sqrt(self.squares[seen])
        total = float(error.sum())
        self.bias_square += total**2
        self.bias -= rate * total / self.bias_square**0.5
        return float(-np.log(np.where(label > 0, share, 1 - share) + 1e-12).sum())

    def save(self, words: list[str], path: Path) -> None:
        """Write the classifier, in steps of `STEP`."""
        units = np.clip(np.round(self.weights / STEP), -127, 127).astype(np.int8)
        pair = np.where(
            np.abs(self.weights[self.first_pair :]) < LEAST, 0, units[self.first_pair :]
        )
        np.savez_compressed(
            path,
            words=np.frombuffer("\n".join(words).encode(), np.uint8),
            single=units[: self.first_pair],
            pair=pair.astype(np.int8),
            scale=np.array([STEP, self.bias]),
        )


def main() -> None:
    """Train and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("shared", type=Path)
    parser.add_argument("-o", "--output", type=Path, required=True)
    options = parser.parse_args()
    rng = random.Random(1)  # noqa: S311  # a simulation
    documents = [
        [(o.split(), changes(o.split(), s.split())) for s, o in zip(spun, original, strict=True)]
        for spun, original in pairs(options.shared / "data/spun/parallel-train.jsonl.zst")
    ]
    texts = list(blocks(options.shared / "data/lm-text"))
    spinner = Spinner(Channel.open(tables.path("thesaurus.channel")))
    copies = [
        [spinner.spin(lines, rng.choice(TEXT_RATES), f"{name}:{draw}") for name, lines in texts]
        for draw in range(2)
    ]
    counts: Counter[str] = Counter()
    for document in documents:
        for original, replaced in document:
            counts.update(map(stripped, original))
            counts.update(stripped(word) for _, _, words in replaced for word in words)
    for lines in copies[0]:
        counts.update(stripped(word) for line in lines for word in line.split())
    words = [word for word, _ in counts.most_common(WORDS + 1) if word][:WORDS]
    vocabulary, trainer = Vocabulary(words), Trainer(words)
    for number, rate in enumerate(RATES):
        labelled: list[tuple[list[str], float]] = []
        for document in documents:
            labelled.append(([word for original, _ in document for word in original], 0.0))
            labelled.append((partly(document, rng.choice(PAIR_RATES), rng), 1.0))
        for (_, lines), copy in zip(texts, copies[number % 2], strict=True):
            labelled.append(([word for line in lines for word in line.split()], 0.0))
            labelled.append(([word for line in copy for word in line.split()], 1.0))
        examples = [
            (part, label)
            for text, label in labelled
            for part in stretches(vocabulary.ids(text), rng)
        ]
        rng.shuffle(examples)
        print(f"epoch {number + 1}: loss {trainer.epoch(examples, rate):.3f}", flush=True)
    trainer.save(words, options.output)


if __name__ == "__main__":
    main()
