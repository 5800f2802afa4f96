"""Train the language model of clean English that restoration stands on.

    python tools/train_lm.py DATA -o src/unspun/data/english.lm

DATA holds ``lm-text/*.txt.zst`` (one paragraph a line) and ``spun/parallel-train.jsonl.zst``,
whose test and development documents are kept out of training. Needs zstandard, NumPy, and about
ten gigabytes of memory.

What is kept out, so that perplexity and restoration are measured on unseen text:

- every block of 32 lines whose hash (BLAKE2b of ``source:block``) is 0 (test) or 1 (development)
  modulo 100;
- every paragraph of the original side of parallel documents whose SHA-1 is 0 (test) or 1
  (development) modulo 20, found by its letters;
- every repetition of a paragraph, by its letters.

A block is what counts as one document: an n-gram of three words and more is only kept where two
blocks have it.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import json
import time
from array import array
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import zstandard
from numpy.typing import NDArray

from unspun.lm.build import costs, to_bytes
from unspun.lm.estimate import START_ID, Grams, estimate
from unspun.lm.mixture import mix_models
from unspun.lm.prune import prune
from unspun.lm.vocabulary import SPECIAL, Vocabulary, lowered_ids, plain_form
from unspun.lm.words import SENTENCE_OPENERS, words_of

TRAIN, TEST, DEVELOPMENT, PARALLEL_TEST, PARALLEL_DEVELOPMENT = range(5)
LINES_A_BLOCK = 32
# Shares of the mixture (docs/models.md has what else was tried). American political news is half
# of the text but not of what is restored, so other newsrooms, finance and prose weigh more than
# their size.
SHARES = {
    "news_allsides": 0.45,
    "news_bbc+news_abc+news_agnews+news_dynnmf+fin_reutersc50+fin_wsj": 0.33,
    "gov": 0.07,
    "fin_ectsum+fin_fed": 0.11,
    "prose+tech": 0.04,
}
_NO_LETTERS = bytes(byte for byte in range(256) if not 97 <= byte <= 122)


@dataclass(frozen=True, slots=True)
class Corpus:
    """Tokens as numbers of written forms, and what paragraph, block, source each belongs to.

    Attributes:
        types: the written forms.
        tokens: (tokens,) number of each token's form.
        lengths: (paragraphs,) tokens in each.
        blocks, sources, splits: (paragraphs,) block number, number of the source, split.
        names: the sources' names.
    """

    types: list[str]
    tokens: NDArray[np.int32]
    lengths: NDArray[np.int32]
    blocks: NDArray[np.int32]
    sources: NDArray[np.int32]
    splits: NDArray[np.int32]
    names: list[str]

    def ids(
        self, vocabulary: Vocabulary, paragraphs: NDArray[np.bool_]
    ) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
        """Return the ids of chosen paragraphs, each behind the start id, and their blocks."""
        by_type = np.array([vocabulary.id_of(word) for word in self.types], dtype=np.int32)
        opener = np.array([word in SENTENCE_OPENERS for word in self.types])
        chosen = np.repeat(paragraphs, self.lengths)
        tokens = self.tokens[chosen]
        lengths = self.lengths[paragraphs]
        begins = np.cumsum(lengths) - lengths
        begins = begins[lengths > 0]
        initial = np.zeros(len(tokens), dtype=bool)
        initial[1:] = opener[tokens[:-1]]
        initial[begins] = True
        ids = by_type[tokens]
        ids = np.where(initial, vocabulary.lowered[ids], ids)
        blocks = np.repeat(self.blocks[paragraphs], lengths)
        return np.insert(ids, begins, START_ID), np.insert(blocks, begins, blocks[begins])


def letters(paragraph: bytes) -> bytes:
    """Digest a paragraph's letters, to know it again under other spacing and punctuation."""
    plain = paragraph.lower().translate(None, _NO_LETTERS)
    return hashlib.blake2b(plain, digest_size=8).digest()


def lines_of(path: Path) -> Iterator[bytes]:
    """Read a compressed file line by line."""
    with path.open("rb") as file, zstandard.ZstdDecompressor().stream_reader(file) as stream:
        yield from io.BufferedReader(stream, 1 << 20)


def parallel_held_out(path: Path) -> dict[bytes, int]:
    """Find the paragraphs that restoration is tested on, by their letters."""
    held: dict[bytes, int] = {}
    for line in lines_of(path):
        document = json.loads(line)
        digest = hashlib.sha1(document["doc"].encode(), usedforsecurity=False).hexdigest()
        remainder = int(digest, 16) % 20
        if remainder < 2:
            for paragraph in document["original"]:
                held[letters(paragraph.encode())] = PARALLEL_TEST + remainder
    return held


def split_of(source: str, block: int) -> int:
    """Say what a block of lines serves for."""
    digest = hashlib.blake2b(f"{source}:{block}".encode(), digest_size=8).digest()
    return {0: TEST, 1: DEVELOPMENT}.get(int.from_bytes(digest, "big") % 100, TRAIN)


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph as read, the number of its block in the whole corpus, and what it serves for."""

    text: str
    source: str
    block: int
    split: int


def paragraphs(folder: Path) -> Iterator[Paragraph]:
    """Read all sources in the order of their names, each paragraph once."""
    held = parallel_held_out(folder / "spun" / "parallel-train.jsonl.zst")
    seen: set[bytes] = set()
    block = 0
    for path in sorted((folder / "lm-text").glob("*.txt.zst")):
        name = path.name.removesuffix(".txt.zst")
        for line_number, line in enumerate(lines_of(path)):
            block += line_number % LINES_A_BLOCK == 0
            digest = letters(line)
            if digest not in seen:
                seen.add(digest)
                split = held.get(digest, split_of(name, line_number // LINES_A_BLOCK))
                yield Paragraph(line.decode("utf-8", "replace"), name, block, split)


def read_corpus(folder: Path) -> Corpus:
    """Read and cut the whole corpus once."""
    numbers: defaultdict[str, int] = defaultdict()
    numbers.default_factory = numbers.__len__
    tokens, columns = array("i"), [array("i") for _ in range(4)]
    names: dict[str, int] = {}
    for paragraph in paragraphs(folder):
        words = words_of(paragraph.text)
        tokens.extend([numbers[word] for word in words])
        source = names.setdefault(paragraph.source, len(names))
        row = (len(words), paragraph.block, source, paragraph.split)
        for column, value in zip(columns, row, strict=True):
            column.append(value)
    lengths, blocks, sources, splits = (np.frombuffer(c, dtype=np.int32) for c in columns)
    return Corpus(
        list(numbers),
        np.frombuffer(tokens, dtype=np.int32),
        lengths,
        blocks,
        sources,
        splits,
        list(names),
    )


def choose_vocabulary(corpus: Corpus, min_count: int) -> Vocabulary:
    """Take the forms that training text has at least ``min_count`` times, commonest first."""
    chosen = np.repeat(corpus.splits == TRAIN, corpus.lengths)
    opener = np.array([word in SENTENCE_OPENERS for word in corpus.types])
    initial = np.insert(opener[corpus.tokens[:-1]], 0, True)
    initial[(np.cumsum(corpus.lengths) - corpus.lengths)[corpus.lengths > 0]] = True
    size = len(corpus.types)
    counts = np.bincount(corpus.tokens[chosen], minlength=size)
    inner = np.bincount(corpus.tokens[chosen & ~initial], minlength=size)
    forms: dict[str, list[int]] = {}
    for word, count, inside in zip(corpus.types, counts.tolist(), inner.tolist(), strict=True):
        total = forms.setdefault(plain_form(word), [0, 0])
        total[0] += count
        total[1] += inside
    ranked = sorted(forms.items(), key=lambda item: (-item[1][0], item[0]))
    words = [*SPECIAL, *(form for form, (count, _) in ranked if count >= min_count)]
    within = np.array([forms.get(form, [0, 0])[1] for form in words], dtype=np.int64)
    return Vocabulary(words, lowered_ids(words, within))


@dataclass(frozen=True, slots=True)
class Settings:
    """What was chosen by measurement (docs/models.md has the figures)."""

    order: int
    min_word_count: int
    megabytes: float
    shares: dict[str, float]  # source-name prefixes, joined by '+', to their share


def component(corpus: Corpus, prefixes: str) -> NDArray[np.bool_]:
    """Choose the training paragraphs whose source begins with one of the prefixes."""
    starts = tuple(prefixes.split("+"))
    named = np.array([name.startswith(starts) for name in corpus.names])
    chosen: NDArray[np.bool_] = named[corpus.sources] & (corpus.splits == TRAIN)
    return chosen


def estimate_parts(
    corpus: Corpus, vocabulary: Vocabulary, parts: Iterable[str], order: int
) -> tuple[list[list[Grams]], dict[str, int]]:
    """Estimate a model of each part of the corpus; also count its tokens."""
    models, tokens = [], {}
    for prefixes in parts:
        ids, blocks = corpus.ids(vocabulary, component(corpus, prefixes))
        tokens[prefixes] = len(ids) - int(np.count_nonzero(ids == START_ID))
        models.append(estimate(ids, blocks, len(vocabulary), order))
    return models, tokens


def train(corpus: Corpus, settings: Settings) -> tuple[list[Grams], Vocabulary, dict[str, Any]]:
    """Estimate each part, mix, prune to the budget."""
    vocabulary = choose_vocabulary(corpus, settings.min_word_count)
    models, tokens = estimate_parts(corpus, vocabulary, settings.shares, settings.order)
    model = mix_models(models, list(settings.shares.values())) if models[1:] else models[0]
    del models
    kept = prune(model, costs(settings.order), settings.megabytes * 1e6)
    return kept, vocabulary, {"tokens": tokens, "shares": settings.shares}


def arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("data", type=Path, help="folder with lm-text/ and spun/")
    parser.add_argument("-o", "--output", type=Path, required=True, help="model file to write")
    parser.add_argument(
        "--order", type=int, default=4, help="longest n-gram (default: %(default)s)"
    )
    parser.add_argument(
        "--min-word-count", type=int, default=5, help="rarer words are unknown (%(default)s)"
    )
    parser.add_argument(
        "--megabytes", type=float, default=32.0, help="room for n-grams (%(default)s)"
    )
    parser.add_argument(
        "--share",
        action="append",
        metavar="SOURCES=SHARE",
        help="source-name prefixes joined by '+', and their share (default: SHARES, above)",
    )
    return parser.parse_args(argv)


def main(argv: Sequence[str] | None = None) -> None:
    """Train, and write the model."""
    options = arguments(argv)
    began = time.perf_counter()
    shares = dict(item.split("=") for item in options.share) if options.share else SHARES
    settings = Settings(
        options.order,
        options.min_word_count,
        options.megabytes,
        {prefixes: float(share) for prefixes, share in shares.items()},
    )
    model, vocabulary, info = train(read_corpus(options.data), settings)
    data = to_bytes(model, vocabulary, info)
    options.output.write_bytes(data)
    counts = ", ".join(f"{len(grams):,}" for grams in model)
    print(f"{len(data) / 1e6:.1f} MB, n-grams by order: {counts}")
    print(f"{time.perf_counter() - began:.0f} s; BLAKE2b {hashlib.blake2b(data).hexdigest()[:16]}")


if __name__ == "__main__":
    main()
