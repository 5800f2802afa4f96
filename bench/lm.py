"""The language model's speed and perplexity.

    python bench/lm.py [--model FILE] [--data FOLDER]

Prints how fast the model opens, cuts text and scores n-grams (on this machine, one core), and
where FOLDER (``../shared/data``) is there, its perplexity on the paragraphs that training left
out (tools/train_lm.py says which), by source.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "tools"), str(ROOT / "src")]

from train_lm import DEVELOPMENT, TEST, paragraphs  # noqa: E402

from unspun.lm import LanguageModel, tokenise  # noqa: E402
from unspun.lm.vocabulary import SPECIAL  # noqa: E402
from unspun.lm.words import words_of  # noqa: E402

SAMPLE = (
    "The committee met on Tuesday and said it would look again at the figures, which were lower "
    "than those of last year. Two of its members didn't agree. “We have seen this before,” the "
    "chairman told reporters in New York, “and it won't change the outcome.” Shares in the "
    "company's start-up unit fell 2.5 per cent to $17m after the news. "
)


def best_of(action: Callable[[], object], times: int = 7) -> float:
    """Return the least processor time an action takes, in seconds."""
    action()
    least = float("inf")
    for _ in range(times):
        began = time.process_time()
        action()
        least = min(least, time.process_time() - began)
    return least


def decoder_rows(lm: LanguageModel, count: int) -> NDArray[np.int32]:
    """Make n-grams as a decoder asks for them: real contexts, a third of the last words real."""
    windows = lm.windows(lm.encode(words_of(SAMPLE), initial=True))
    rng = np.random.default_rng(0)
    rows = windows[rng.integers(0, len(windows), count)].copy()
    drawn = rng.random(count) < 2 / 3
    rows[drawn, -1] = rng.integers(len(SPECIAL), 20_000, int(drawn.sum()))
    return rows


def speed(path: Path) -> LanguageModel:
    """Print what opening, cutting and scoring cost."""
    began = time.perf_counter()
    lm = LanguageModel.open(path)
    opened = time.perf_counter()
    lm.encode(["the"])
    read = time.perf_counter()
    counts = " + ".join(f"{count:,}" for count in lm.counts)
    print(f"model: order {lm.order}, {counts} n-grams, {path.stat().st_size / 1e6:.1f} MB")
    print(f"open {(opened - began) * 1e3:.1f} ms, vocabulary {(read - opened) * 1e3:.1f} ms")
    text = SAMPLE * 500
    print(f"cut with spans: {len(text) / best_of(lambda: tokenise(text)) / 1e6:.1f} MB/s")
    words = words_of(text)
    print(f"words to ids: {len(words) / best_of(lambda: lm.encode(words)) / 1e6:.1f} M words/s")
    for size in (1, 100, 1_000, 10_000, 100_000):
        rows = decoder_rows(lm, size)
        seconds = best_of(lambda rows=rows: lm.score(rows))  # type: ignore[misc]
        print(f"score {size:>7,} a call: {size / seconds / 1e6:8.3f} M n-grams/s")
    return lm


def perplexities(lm: LanguageModel, data: Path) -> None:
    """Print perplexity and unknown words on what training left out."""
    sums: defaultdict[tuple[str, int], list[float]] = defaultdict(lambda: [0.0, 0.0, 0.0])
    for paragraph in paragraphs(data):
        if paragraph.split not in {TEST, DEVELOPMENT}:
            continue
        ids = lm.encode(words_of(paragraph.text), initial=True)
        if len(ids):
            for name in (paragraph.source, "all " + paragraph.source.partition("_")[0]):
                total = sums[name, paragraph.split]
                total[0] += float(lm.score(lm.windows(ids)).sum(dtype=np.float64))
                total[1] += len(ids)
                total[2] += int(np.count_nonzero(ids < len(SPECIAL)))
    print("\nsource, tokens, perplexity, unknown % (development | test)")
    for name in sorted({name for name, _ in sums}):
        cells = []
        for split in (DEVELOPMENT, TEST):
            score, tokens, unknown = sums.get((name, split), [0.0, 0.0, 0.0])
            if tokens:
                perplexity = float(np.exp(-score / tokens))
                cells.append(f"{tokens:9,.0f} {perplexity:7.1f} {100 * unknown / tokens:5.2f}")
        print(f"{name:24} {' | '.join(cells)}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--model", type=Path, default=ROOT / "src/unspun/data/english.lm")
    parser.add_argument("--data", type=Path, default=ROOT.parent / "shared" / "data")
    options = parser.parse_args()
    lm = speed(options.model)
    if (options.data / "lm-text").is_dir():
        perplexities(lm, options.data)
    else:
        print(f"no text to measure perplexity on: {options.data / 'lm-text'} is not there")


if __name__ == "__main__":
    main()
